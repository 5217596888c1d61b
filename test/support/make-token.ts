import assert from 'node:assert/strict';

import { parseNetwork, parsePattern } from '../../src/access/scope-text.ts';
import { Type } from '../../src/dns/codes.ts';
import type { Administration, CreatedToken, NewToken } from '../../src/registry/administration.ts';
import { changedValue } from './registry-fixture.ts';

/** What a test says of a token; types A and AAAA and from anywhere, unless it says otherwise. */
export interface TestToken {
  readonly patterns: readonly string[];
  readonly types?: readonly number[];
  readonly allowsAcme?: boolean;
  readonly networks?: readonly string[];
  readonly allowsPlainHttp?: boolean;
  readonly publicAddressesOnly?: boolean;
  readonly maxNames?: number;
  readonly expiresAtSeconds?: number;
  readonly description?: string;
  readonly tsig?: NewToken['tsig'];
}

export async function makeToken(administration: Administration, wanted: TestToken): Promise<CreatedToken> {
  return changedValue(
    await administration.createToken({
      description: wanted.description ?? 'of a test',
      scope: {
        patterns: wanted.patterns.map((text) => pieceValue(parsePattern(text))),
        types: wanted.types ?? [Type.A, Type.AAAA],
        allowsAcme: wanted.allowsAcme ?? false,
        networks: (wanted.networks ?? []).map((text) => pieceValue(parseNetwork(text))),
        allowsPlainHttp: wanted.allowsPlainHttp ?? true,
        publicAddressesOnly: wanted.publicAddressesOnly ?? false,
      },
      expiresAtSeconds: wanted.expiresAtSeconds,
      maxNames: wanted.maxNames ?? 100,
      tsig: wanted.tsig,
    }),
  );
}

export function pieceValue<Value>(
  piece: { readonly kind: 'value'; readonly value: Value } | { readonly kind: 'wrong'; readonly reason: string },
): Value {
  assert.ok(piece.kind === 'value', JSON.stringify(piece));
  return piece.value;
}

import { randomBytes } from 'node:crypto';

import type { TsigAlgorithm } from '../../src/dns/tsig.ts';

/** A TSIG key as configuration files write it. */
export interface TestKey {
  /** With or without the trailing dot. */
  readonly name: string;
  readonly algorithm: TsigAlgorithm;
  /** Base64. */
  readonly secret: string;
}

export function makeTestKey(name: string, algorithm: TsigAlgorithm = 'hmac-sha512'): TestKey {
  return { name, algorithm, secret: randomBytes(64).toString('base64') };
}

/** As `-y` of dig, kdig and nsupdate takes it. */
export function keyArgument({ name, algorithm, secret }: TestKey): string {
  return `${algorithm}:${name}:${secret}`;
}

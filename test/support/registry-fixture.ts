import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';

import { parsePattern } from '../../src/access/scope-text.ts';
import type { Scope } from '../../src/access/scope.ts';
import { Type } from '../../src/dns/codes.ts';
import type { Changed, HostDescription, NewToken } from '../../src/registry/administration.ts';
import type { Ledger } from '../../src/store/ledger.ts';
import { openSqliteZoneStore } from '../../src/store/sqlite/sqlite-zone-store.ts';
import { type CredentialIdentity, type Asker, administrator } from '../../src/updates/asker.ts';
import type { Fault } from '../../src/updates/fault.ts';
import type { NameOutcome } from '../../src/updates/outcome.ts';
import type { UpdateRequest } from '../../src/updates/request.ts';
import { hostnameOf } from './host-books.ts';
import { MemoryLedger } from './memory-ledger.ts';
import { createTemporaryDirectory } from './temporary-directory.ts';

/** Where a ledger is, which can be opened again after it was closed. */
export interface LedgerHome {
  /** @returns the ledger, and what closes it */
  open(): Promise<{ readonly ledger: Ledger; readonly close: () => Promise<void> }>;
}

/** Tries it with a ledger in memory, and with the one in SQLite. */
export function testOnLedgers(title: string, attempt: (home: LedgerHome) => Promise<void>): void {
  test(`${title} (in memory)`, async () => {
    const ledger = new MemoryLedger();
    await attempt({ open: () => Promise.resolve({ ledger, close: () => Promise.resolve() }) });
  });
  test(`${title} (SQLite)`, async () => {
    await using directory = await createTemporaryDirectory('registry');
    await attempt({
      open: async () => {
        const unixSeconds = () => Math.floor(Date.now() / 1000);
        const opened = await openSqliteZoneStore({ path: join(directory.path, 'dyndns.db'), unixSeconds });
        assert.ok(opened.kind === 'opened', JSON.stringify(opened));
        return { ledger: opened.store, close: async () => await opened.store[Symbol.asyncDispose]() };
      },
    });
  });
}

export function scopeOf(...patterns: readonly string[]): Scope {
  return {
    patterns: patterns.map((text) => {
      const parsed = parsePattern(text);
      assert.ok(parsed.kind === 'value', JSON.stringify(parsed));
      return parsed.value;
    }),
    types: [Type.A, Type.AAAA],
    allowsAcme: true,
    networks: [],
    allowsPlainHttp: true,
    publicAddressesOnly: false,
  };
}

export function newToken(special: Partial<NewToken> = {}): NewToken {
  return {
    description: 'the router at home',
    scope: scopeOf('zone:example.com'),
    expiresAtSeconds: undefined,
    maxNames: 100,
    tsig: undefined,
    ...special,
  };
}

export function hostDescription(special: Partial<HostDescription> = {}): HostDescription {
  return {
    description: '',
    ttlSeconds: undefined,
    interfaceId: undefined,
    follows: undefined,
    expiresAfterSeconds: undefined,
    hasWildcardTwin: false,
    ...special,
  };
}

/** What was changed; anything else fails the test. */
export function changedValue<Value>(changed: Changed<Value>): Value {
  assert.ok(changed.kind === 'changed', JSON.stringify(changed));
  return changed.value;
}

/** Why it was refused; anything else fails the test. */
export function refusalReason(changed: Changed<unknown>): string {
  assert.ok(changed.kind === 'refused', JSON.stringify(changed));
  return changed.reason;
}

export function askerOf(credential: CredentialIdentity): Asker {
  return { ...administrator({ kind: 'command' }, undefined), credential };
}

export function tokenAskerOf(id: string): Asker {
  return askerOf({ kind: 'token', id, description: '' });
}

/** A request to set one type of a name, and what becomes of it. */
export function setting(asker: Asker, name: string, type: number = Type.A): UpdateRequest {
  return {
    dialect: 'seed',
    asker,
    names: [{ hostname: hostnameOf(name), intents: [{ kind: 'replace', type, rdatas: [] }] }],
  };
}

export function done(name: string, type: number, ...after: readonly string[]): NameOutcome {
  return {
    kind: 'done',
    hostname: hostnameOf(name),
    records: [{ type, before: [], after, changed: after.length > 0 }],
  };
}

export function failed(name: string, fault: Fault): NameOutcome {
  return { kind: 'failed', hostname: hostnameOf(name), fault };
}

export const nothingBeside = { derived: [], skipped: [], notes: [] };

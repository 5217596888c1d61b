import assert from 'node:assert/strict';

import { Type } from '../../src/dns/codes.ts';
import { Name } from '../../src/dns/name.ts';
import type { TsigKey } from '../../src/dns/tsig.ts';
import { defaultPrimaryLimits, type PrimaryLimits } from '../../src/primary/limits.ts';
import { PrimaryPool } from '../../src/primary/primary-pool.ts';
import { parseAddress } from '../../src/updates/address.ts';
import { systemClock } from '../../src/updates/clock.ts';
import type { Change, CurrentRecords, TransactionResult } from '../../src/updates/ports.ts';
import { startFakeNameserver } from './fake-nameserver.ts';

export const zone = Name.parse('example.com.');
export const www = Name.parse('www.example.com.');
export const key: TsigKey = {
  name: zone,
  algorithm: 'hmac-sha256',
  secret: Buffer.from('0123456789abcdef0123456789abcdef'),
};

/** Short, so that silence ends soon; long enough for a busy machine. */
export const limits: PrimaryLimits = {
  nameserver: {
    ...defaultPrimaryLimits.nameserver,
    connectTimeoutMs: 500,
    backOff: { firstMs: 25, longestMs: 100 },
  },
  rfc2136: {
    ...defaultPrimaryLimits.rfc2136,
    queryTimeoutMs: 300,
    batch: { ...defaultPrimaryLimits.rfc2136.batch, timeoutMs: 300 },
  },
};

export async function openPrimary(chosen: PrimaryLimits = limits) {
  const fake = await startFakeNameserver(zone, key);
  const batches: number[] = [];
  const observer = { batchSent: (transactions: number) => void batches.push(transactions), primaryAnswered: () => {} };
  const pool = new PrimaryPool({ clock: systemClock, limits: chosen, observer });
  const primaryAt = (port: number, wrongKey?: TsigKey) => {
    const description = { kind: 'rfc2136', nameserver: '127.0.0.1', port, key: wrongKey ?? key } as const;
    const managed = pool.directory([{ name: zone, primary: description }]).find(zone);
    assert.ok(managed);
    return managed.primary;
  };
  return {
    fake,
    batches,
    primary: primaryAt(fake.port),
    primaryAt,
    /** The updates that were to change something; others only ask. */
    changing: () => fake.updates.filter(({ authorities }) => authorities.length > 0),
    held: (name: Name) => fake.records(name, Type.A).map(({ rdata }) => 'address' in rdata && rdata.address.join('.')),
    async [Symbol.asyncDispose]() {
      await pool[Symbol.asyncDispose]();
      await fake[Symbol.asyncDispose]();
    },
  };
}

type Opened = Awaited<ReturnType<typeof openPrimary>>;

export function set(primary: Opened['primary'], name: Name, text: string, timeoutMs = 3_000) {
  return primary.transact({
    reads: [{ name, type: Type.A }],
    plan: (current) => ({ changes: [replacement(name, current, text)] }),
    deadlineMs: performance.now() + timeoutMs,
  });
}

export function replacement(name: Name, current: CurrentRecords, text: string): Change {
  const address = parseAddress(text);
  assert.ok(address);
  const after = { name, type: Type.A, ttlSeconds: 60, rdatas: [{ kind: 'A' as const, address: address.octets }] };
  return { name, type: Type.A, before: current.recordSet(name, Type.A), after };
}

export function faultOf(result: TransactionResult<unknown>) {
  assert.ok(result.kind === 'failed', 'it was reported as done');
  return result.fault;
}

import assert from 'node:assert/strict';

import { Name } from '../../src/dns/name.ts';
import { openSqliteZoneStore } from '../../src/store/sqlite/sqlite-zone-store.ts';
import { storedContent } from '../support/stored-content.ts';

/** What a store-writer.ts has printed before it was killed. */
export interface WriterReport {
  /** A fault's code. */
  readonly openFault: string | undefined;
  readonly commits: readonly ReportedCommit[];
  /** The numbers that a load showed at the end; undefined when it did not come that far. */
  readonly visible: readonly number[] | undefined;
  readonly wasSuspended: boolean;
}

export interface ReportedCommit {
  readonly number: number;
  readonly kind: string;
  readonly detail: string;
  readonly serial: number;
}

const zone = Name.parse('dyn.example');

export function readReport(output: string): WriterReport {
  const commits = Array.from(
    output.matchAll(/^(\d+) (\S+) (\S+) (\d+)$/gm),
    ([, number, kind = '', detail = '', serial]) => ({
      number: Number(number),
      kind,
      detail,
      serial: Number(serial),
    }),
  );
  const visible = /^visible (.*)$/m.exec(output)?.[1];
  return {
    openFault: /^open-failed (\S+)$/m.exec(output)?.[1],
    commits,
    visible: visible?.split(',').filter(Boolean).map(Number),
    wasSuspended: output.includes('condition suspended'),
  };
}

/** Makes a database with the zone that the writer commits to, at serial 1. */
export async function seedDatabase(path: string): Promise<void> {
  const opened = await openSqliteZoneStore({ path, unixSeconds: () => 1_800_000_000 });
  assert.ok(opened.kind === 'opened', JSON.stringify(opened));
  await using store = opened.store;
  assert.deepEqual(await store.create({ zone, serial: 1, recordSets: [] }), { kind: 'committed' });
}

export interface Found {
  readonly numbers: ReadonlySet<number>;
  readonly serial: number;
}

/** Opens the database after the kill and looks what is in it. */
export async function findNumbers(path: string): Promise<Found> {
  const opened = await openSqliteZoneStore({ path, unixSeconds: () => 1_800_000_000 });
  assert.ok(opened.kind === 'opened', JSON.stringify(opened));
  await using store = opened.store;
  const content = await storedContent(store, zone);
  assert.ok(content);
  assert.deepEqual(await store.check(), { kind: 'sound' });
  const numbers = new Set(Object.keys(content.recordSets).map((key) => Number(/^h(\d+)\./.exec(key)?.[1])));
  // Each commit is one number and one step of the serial, so nothing went missing on the way either.
  assert.equal(content.serial, 1 + numbers.size);
  return { numbers, serial: content.serial };
}

/** What was acknowledged is there; what failed is not; the serial is none that somebody has seen rise above. */
export function assertKept(commits: readonly ReportedCommit[], found: Found, where: string): void {
  for (const { number, kind, serial } of commits) {
    if (kind === 'committed') {
      assert.ok(found.numbers.has(number), `${where}: ${number} was acknowledged and is gone`);
      assert.ok(found.serial >= serial, `${where}: the serial fell from ${serial} to ${found.serial}`);
    } else if (kind !== 'unconfirmed')
      assert.ok(!found.numbers.has(number), `${where}: ${number} was answered with ${kind} and is there`);
  }
}

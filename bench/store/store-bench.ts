import { stat } from 'node:fs/promises';
import { join } from 'node:path';

import { Name } from '../../src/dns/name.ts';
import { openSqliteZoneStore } from '../../src/store/sqlite/sqlite-zone-store.ts';
import type { StoredRecordSet, ZoneStore } from '../../src/store/zone-store.ts';
import { address, commitSteps, setTo, step } from '../../test/support/stored-content.ts';
import { createTemporaryDirectory } from '../../test/support/temporary-directory.ts';
import type { Bench, BenchReport, BenchSettings, Say } from '../bench.ts';
import { spreadText, table } from '../measure/figures.ts';
import type { Goal } from '../measure/goal.ts';
import { spreadOf } from '../measure/statistics.ts';

const zone = Name.parse('dyn.example');
const names = 1_000_000;
const callerCounts = [1, 64, 256];
const loadGoalSeconds = 3;

/** What the store alone can do: durable commits a second, and how long a large zone takes to come and to be loaded. */
export const storeBench: Bench = {
  name: 'store',
  summary: 'durable commits a second, and a zone of a million RRsets: how fast it is made and loaded',
  peers: [],
  run: async (settings, say): Promise<BenchReport> => {
    await using directory = await createTemporaryDirectory('bench-store');
    const path = join(directory.path, 'dyndns.db');
    const opened = await openSqliteZoneStore({ path, unixSeconds: () => Math.floor(Date.now() / 1000) });
    if (opened.kind === 'failed') throw new Error(`The store could not be opened: ${JSON.stringify(opened.fault)}`);
    await using store = opened.store;
    say(`a zone of ${names} RRsets is made`);
    const makingSeconds = await secondsOf(() => store.create({ zone, serial: 1, recordSets: manyAddresses() }));
    const { size } = await stat(path);
    const { loads, commits } = await measureRounds(store, settings, say);
    const loadSpread = spreadOf(loads);
    const goals: readonly Goal[] = [
      {
        title: `${names} RRsets loaded`,
        wanted: { kind: 'at most', value: loadGoalSeconds },
        unit: 's',
        measured: loadSpread,
      },
    ];
    const rows = [
      ['what', 'median (lowest–highest)'],
      ['zone made, once', `${makingSeconds.toFixed(2)} s, ${(size / 1e6).toFixed(0)} MB`],
      ['zone loaded', spreadText(loadSpread, 's')],
      ...callerCounts.map((count) => [
        `commits with ${count} at once`,
        spreadText(spreadOf(commits.get(count) ?? []), '/s'),
      ]),
    ];
    return { goals, faults: [], text: table(rows), data: { makingSeconds, size, loads, commits: [...commits] } };
  },
};

async function measureRounds(store: ZoneStore, { rounds, seconds }: BenchSettings, say: Say) {
  const loads: number[] = [];
  const commits = new Map<number, number[]>(callerCounts.map((count) => [count, []]));
  for (let round = 1; round <= rounds; round += 1) {
    say(`round ${round} of ${rounds}`);
    loads.push(await secondsOf(() => store.load(zone, { recordSet: () => {}, journalEntry: () => {} })));
    for (const [count, rates] of commits) rates.push(await commitRate(store, count, seconds));
  }
  return { loads, commits };
}

async function commitRate(store: ZoneStore, callers: number, seconds: number): Promise<number> {
  const zones = await store.zones();
  let serial = zones.kind === 'zones' ? (zones.zones[0]?.serial ?? 0) : 0;
  const beginMs = performance.now();
  let count = 0;
  const caller = async () => {
    while (performance.now() - beginMs < seconds * 1000) {
      const before = serial;
      serial += 1;
      const owner = zone.prepend(`host${Math.floor(Math.random() * names)}`);
      const result = await commitSteps(store, step(zone, before, [setTo(address(owner, before & 0xff))]));
      if (result.kind !== 'committed') throw new Error(`A commit ended as ${JSON.stringify(result)}`);
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return (count * 1000) / (performance.now() - beginMs);
}

function* manyAddresses(): Generator<StoredRecordSet, void, undefined> {
  for (let index = 0; index < names; index += 1) yield address(zone.prepend(`host${index}`), index & 0xff);
}

async function secondsOf(work: () => Promise<{ readonly kind: string }>): Promise<number> {
  const beginMs = performance.now();
  const { kind } = await work();
  if (kind !== 'committed' && kind !== 'loaded') throw new Error(`It ended as ${kind}`);
  return (performance.now() - beginMs) / 1000;
}

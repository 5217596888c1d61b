import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';

import fc from 'fast-check';

import {
  contentText,
  entryText,
  keyText,
  type StoredContent,
  storedContent,
} from '../../../test/support/stored-content.ts';
import { createTemporaryDirectory } from '../../../test/support/temporary-directory.ts';
import { Name } from '../../dns/name.ts';
import type { Batch, ZoneDifference, ZoneStore } from '../zone-store.ts';
import { openSqliteZoneStore } from './sqlite-zone-store.ts';

const zones = ['a.example', 'b.example', 'c.example'].map((text) => Name.parse(text));
const entriesPerZone = 4;

/** What a store has to do, without a disk. */
class NaiveStore {
  #zones = new Map(zones.slice(0, 2).map((zone) => [zone.key, emptyContent]));

  commit({ differences }: Batch): 'committed' | 'refused' {
    const after = new Map(this.#zones);
    for (const difference of differences) {
      const content = after.get(difference.zone.key);
      if (content?.serial !== difference.serialBefore) return 'refused';
      after.set(difference.zone.key, applied(content, difference));
    }
    this.#zones = after;
    return 'committed';
  }

  content(zone: Name): StoredContent | undefined {
    return this.#zones.get(zone.key);
  }
}

const emptyContent: StoredContent = { serial: 1, isDormant: false, recordSets: {}, journal: [] };

function applied(content: StoredContent, difference: ZoneDifference): StoredContent {
  const recordSets = { ...content.recordSets };
  for (const change of difference.recordSets)
    if (change.content) recordSets[keyText(change)] = contentText(change.content);
    else delete recordSets[keyText(change)];
  const journal =
    difference.journal.kind === 'restart'
      ? []
      : [...content.journal, entryText({ ...difference, ...difference.journal })].slice(-entriesPerZone);
  return { ...content, serial: difference.serialAfter, recordSets, journal };
}

const u32 = fc.integer({ min: 0, max: 0xffffffff });
const octets = fc.uint8Array({ maxLength: 40 });
const content = fc.record({
  ttlSeconds: u32,
  origin: fc.constantFrom('static' as const, 'dynamic' as const),
  rdatas: octets,
});
const owners = ['x', 'y', '*', '_z'].map((label) => Name.parse(label).wire);
const recordSets = fc.array(
  fc.record({
    owner: fc.constantFrom(...owners),
    type: fc.constantFrom(1, 28, 65_535),
    content: fc.option(content, { nil: undefined }),
  }),
  { maxLength: 4 },
);
const journal = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('append' as const), removed: octets, added: octets }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
);
const serial = fc.integer({ min: 1, max: 3 });
const difference = fc.record({
  zone: fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(zones[0]!, zones[1]!) },
    { weight: 1, arbitrary: fc.constant(zones[2]!) },
  ),
  // So few serials that many a difference fits.
  serialBefore: serial,
  serialAfter: serial,
  recordSets,
  journal,
});
const batch = fc.record({ differences: fc.array(difference, { maxLength: 3 }), remembered: fc.constant([]) });
/** Groups of batches that are handed over at once; between them the store may be closed and opened again. */
const run = fc.array(fc.record({ batches: fc.array(batch, { maxLength: 12 }), isReopened: fc.boolean() }), {
  maxLength: 5,
});

test('whatever is committed, and whenever it is opened again, a store holds what a naive one would', async () => {
  await using directory = await createTemporaryDirectory('store-random');
  let count = 0;
  await fc.assert(
    fc.asyncProperty(run, async (groups) => {
      count += 1;
      await compare(join(directory.path, `${count}.db`), groups);
    }),
    { numRuns: 15 },
  );
});

async function compare(path: string, groups: readonly { batches: readonly Batch[]; isReopened: boolean }[]) {
  const naive = new NaiveStore();
  let store = await open(path);
  try {
    for (const zone of zones.slice(0, 2)) await store.create({ zone, serial: 1, recordSets: [] });
    for (const { batches, isReopened } of groups) {
      const wanted = batches.map((each) => naive.commit(each));
      const results = await Promise.all(batches.map((each) => store.commit(each)));
      assert.deepEqual(
        results.map(({ kind }) => kind),
        wanted,
      );
      if (isReopened) {
        await store[Symbol.asyncDispose]();
        store = await open(path);
      }
      for (const zone of zones) assert.deepEqual(await storedContent(store, zone), naive.content(zone));
    }
  } finally {
    await store[Symbol.asyncDispose]();
  }
}

async function open(path: string): Promise<ZoneStore> {
  const opened = await openSqliteZoneStore({
    path,
    unixSeconds: () => 1_800_000_000,
    journal: { entriesPerZone, octetsPerZone: 1_000_000 },
    checkpointPages: 4,
  });
  assert.ok(opened.kind === 'opened', JSON.stringify(opened));
  return opened.store;
}

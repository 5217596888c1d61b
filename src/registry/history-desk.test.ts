import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import { hostnameOf } from '../../test/support/host-books.ts';
import { MemoryLedger } from '../../test/support/memory-ledger.ts';
import { openRegistry } from '../../test/support/open-registry.ts';
import { testOnLedgers } from '../../test/support/registry-fixture.ts';
import type { StoreFault } from '../store/store-fault.ts';
import type { HistoryEntry } from '../updates/history-entry.ts';
import { ZoneDirectory } from '../updates/zone-directory.ts';
import type { HistoryRead } from './administration.ts';
import { defaultRegistryLimits } from './limits.ts';

const zones = new ZoneDirectory([]);
const full: StoreFault = { code: 'full', path: 'dyndns.db', detail: 'no space' };

testOnLedgers(
  'history is read newest first and page by page, by name or of all, as soon as it is appended',
  async (ledgers) => {
    const { ledger, close } = await ledgers.open();
    await using opened = await openRegistry({ ledger, zones });
    const { registry } = opened;
    registry.append([entry('a', '1'), entry('b', '2')]);
    registry.append([entry('a', '3')]);
    assert.deepEqual(details(await registry.history(hostnameOf('a.example.com'), { atMost: 10 })), ['3', '1']);
    const page = await registry.history(undefined, { atMost: 2 });
    assert.deepEqual(details(page), ['3', '2']);
    assert.ok(page.kind === 'history');
    const before = page.entries.at(-1)!.sequence;
    const rest = await registry.history(undefined, { before, atMost: 2 });
    assert.deepEqual(details(rest), ['1']);
    assert.ok(rest.kind === 'history');
    const { sequence: _, ...first } = rest.entries[0]!;
    assert.deepEqual({ ...first, name: first.name.toString() }, { ...entry('a', '1'), name: 'a.example.com.' });
    await close();
  },
);

test('what comes within a moment goes into one write, soon', async () => {
  const ledger = new MemoryLedger();
  await using opened = await openRegistry({ ledger, zones });
  for (const detail of ['1', '2', '3']) opened.registry.append([entry('a', detail)]);
  assert.equal(ledger.writes.length, 0);
  await delay(200);
  assert.deepEqual(
    ledger.writes.map(({ history }) => history.length),
    [3],
  );
});

test('what comes after a moment in which nothing waited is written, too', async () => {
  const ledger = new MemoryLedger();
  await using opened = await openRegistry({ ledger, zones });
  const { registry } = opened;
  for (const count of [1, 2, 3]) {
    assert.equal(await registry.flush(), true);
    assert.equal(await registry.flush(), true);
    registry.append([entry('a', `${count}`)]);
    assert.equal(await registry.flush(), true);
    assert.equal(ledger.writes.length, count);
  }
});

test('where the database is away too long, the oldest go, and they are counted', async () => {
  const ledger = new MemoryLedger();
  const limits = { ...defaultRegistryLimits, waitingEntries: 3, documentsPerWrite: 2 };
  await using opened = await openRegistry({ ledger, zones, limits });
  const { registry, dropped, faults } = opened;
  ledger.fault = full;
  registry.append(['1', '2'].map((detail) => entry('a', detail)));
  assert.equal(await registry.flush(), false);
  registry.append(['3', '4', '5'].map((detail) => entry('a', detail)));
  assert.deepEqual(await registry.history(undefined, { atMost: 9 }), { kind: 'failed', fault: full });
  assert.deepEqual(dropped, []);
  ledger.fault = undefined;
  assert.deepEqual(details(await registry.history(undefined, { atMost: 9 })), ['5', '4', '3']);
  assert.deepEqual([dropped, faults], [[2], [full, undefined]]);
});

test('what a newer dyndns has written in another form is left out', async () => {
  const ledger = new MemoryLedger();
  const name = hostnameOf('a.example.com');
  await ledger.write({
    documents: [],
    history: [{ name: name.wire, atMs: 1, isAttempt: false, body: Buffer.of(99, 0, 0, 1) }],
  });
  await using opened = await openRegistry({ ledger, zones });
  opened.registry.append([entry('a', '1')]);
  assert.deepEqual(details(await opened.registry.history(name, { atMost: 9 })), ['1']);
});

function entry(label: string, detail: string): HistoryEntry {
  return {
    name: hostnameOf(`${label}.example.com`),
    type: 1,
    atMs: 1_800_000_000_000,
    outcome: 'changed',
    before: [],
    after: ['192.0.2.1'],
    credential: 'secret',
    dialect: 'seed',
    source: '192.0.2.7',
    detail,
  };
}

function details(read: HistoryRead): readonly (string | undefined)[] {
  assert.ok(read.kind === 'history', JSON.stringify(read));
  return read.entries.map(({ detail }) => detail);
}

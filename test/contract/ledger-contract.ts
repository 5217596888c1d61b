import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import { Name } from '../../src/dns/name.ts';
import type {
  DocumentKind,
  HistoryBounds,
  HistoryRange,
  HistoryRow,
  Ledger,
  LedgerChanges,
  Store,
} from '../../src/store/ledger.ts';
import { address, setTo, step } from '../support/stored-content.ts';

/** A place for one store, which can be opened again after it was closed. */
export interface LedgerPlace extends AsyncDisposable {
  open(history: HistoryBounds): Promise<Store>;
}

const bounds: HistoryBounds = { rowsPerName: 5, attemptsPerName: 3, days: 90, rows: 2000 };
const day = 86_400_000;
const octets = (text: string) => Buffer.from(text);
const nameOf = (label: string) => Name.parse(`${label}.dyn.example.`).wire;

/** Promises of every {@link Ledger}, tried on one of them. */
export function ledgerContract(title: string, make: (t: TestContext) => Promise<LedgerPlace>): void {
  for (const [promise, attempt] of Object.entries(promises))
    test(`${title}: ${promise}`, async (t) => {
      await using place = await make(t);
      await attempt(place);
    });
}

const promises: Record<string, (place: LedgerPlace) => Promise<void>> = {
  'documents are there until they go, each in its kind, also after a restart': async (place) => {
    {
      await using store = await place.open(bounds);
      assert.deepEqual(await documentsOf(store, 'token'), {});
      await write(store, {
        documents: [
          { kind: 'token', key: octets('a'), body: octets('first') },
          { kind: 'token', key: octets('b'), body: octets('second') },
          { kind: 'host', key: octets('a'), body: octets('a host') },
        ],
      });
      await write(store, { documents: [{ kind: 'token', key: octets('a'), body: octets('changed') }] });
      await write(store, { documents: [{ kind: 'token', key: octets('b'), body: undefined }] });
    }
    await using store = await place.open(bounds);
    assert.deepEqual(await documentsOf(store, 'token'), { a: 'changed' });
    assert.deepEqual(await documentsOf(store, 'host'), { a: 'a host' });
    assert.deepEqual(await documentsOf(store, 'sighting'), {});
  },

  'a hundred thousand documents come back': async (place) => {
    await using store = await place.open(bounds);
    const documents = Array.from({ length: 100_000 }, (_, index) => ({
      kind: 'host' as const,
      key: octets(`host ${index}`),
      body: octets(`{"description": "number ${index}"}`),
    }));
    for (let from = 0; from < documents.length; from += 10_000)
      await write(store, { documents: documents.slice(from, from + 10_000) });
    let count = 0;
    await store.documents('host', () => void (count += 1));
    assert.equal(count, documents.length);
  },

  'history is told newest first, of one name or of all, sorted or not yet': async (place) => {
    await using store = await place.open(bounds);
    const now = Date.now();
    for (const turn of [1, 2, 3]) {
      await write(store, {
        history: ['www', 'mail'].map((label) => ({
          name: nameOf(label),
          atMs: now + turn,
          isAttempt: false,
          body: octets(`${label} ${turn}`),
        })),
      });
      // Some of it is sorted by then.
      if (turn === 2) await delay(100);
    }
    assert.deepEqual(texts(await historyOf(store, 'www')), ['www 3', 'www 2', 'www 1']);
    const recent = await recentOf(store, { atMost: 4 });
    assert.deepEqual(texts(recent), ['mail 3', 'www 3', 'mail 2', 'www 2']);
    const { sequence } = recent.at(-1)!;
    assert.deepEqual(texts(await recentOf(store, { beforeSequence: sequence, atMost: 10 })), ['mail 1', 'www 1']);
    const page = await historyOf(store, 'www', { atMost: 1 });
    const rest = await historyOf(store, 'www', { beforeSequence: page[0]!.sequence, atMost: 10 });
    assert.deepEqual(texts(rest), ['www 2', 'www 1']);
    assert.deepEqual(await historyOf(store, 'nobody'), []);
  },

  'sequences rise, over restarts too': async (place) => {
    let last = 0;
    for (let life = 0; life < 3; life += 1) {
      await using store = await place.open(bounds);
      await write(store, {
        history: [{ name: nameOf('www'), atMs: Date.now(), isAttempt: false, body: octets(`life ${life}`) }],
      });
      const [newest] = await historyOf(store, 'www');
      assert.ok(newest);
      assert.deepEqual(texts([newest]), [`life ${life}`]);
      assert.ok(newest.sequence > last);
      last = newest.sequence;
    }
  },

  'history is bounded by name, by age and in all': async (place) => {
    await using store = await place.open(bounds);
    const now = Date.now();
    await write(store, {
      history: [{ name: nameOf('old'), atMs: now - 91 * day, isAttempt: false, body: octets('old') }],
    });
    for (let turn = 0; turn < 12; turn += 1)
      await write(store, {
        history: [{ name: nameOf('busy'), atMs: now, isAttempt: false, body: octets(`busy ${turn}`) }],
      });
    await until(async () => (await historyOf(store, 'busy')).length === bounds.rowsPerName);
    assert.deepEqual(texts(await historyOf(store, 'busy')), ['busy 11', 'busy 10', 'busy 9', 'busy 8', 'busy 7']);
    await until(async () => (await historyOf(store, 'old')).length === 0);
    for (let turn = 0; turn < 30; turn += 1) {
      const history = Array.from({ length: 100 }, (_, index) => ({
        name: nameOf(`n${turn}-${index}`),
        atMs: now,
        isAttempt: false,
        body: octets('x'),
      }));
      await write(store, { history });
    }
    await until(async () => (await historyOf(store, 'busy')).length === 0);
    await until(async () => (await recentOf(store, { atMost: 5000 })).length === bounds.rows);
  },

  'what has changed nothing makes nothing else go from the history of its name': async (place) => {
    await using store = await place.open(bounds);
    const rows = (isAttempt: boolean, count: number) =>
      Array.from({ length: count }, (_, turn) => ({
        name: nameOf('www'),
        atMs: Date.now(),
        isAttempt,
        body: octets(`${isAttempt ? 'attempt' : 'change'} ${turn}`),
      }));
    await write(store, { history: rows(false, 2) });
    await write(store, { history: rows(true, 700) });
    await until(async () => (await historyOf(store, 'www')).length === 5);
    const told = await historyOf(store, 'www');
    assert.deepEqual(texts(told), ['attempt 699', 'attempt 698', 'attempt 697', 'change 1', 'change 0']);
    assert.deepEqual(
      told.map(({ isAttempt }) => isAttempt),
      [true, true, true, false, false],
    );
    await write(store, { history: rows(false, 600) });
    await until(async () => (await historyOf(store, 'www')).length === 8);
    assert.equal(texts(await historyOf(store, 'www')).filter((text) => text.startsWith('attempt')).length, 3);
  },

  'the history of a batch is there with its change, and with no other': async (place) => {
    await using store = await place.open(bounds);
    const zone = Name.parse('dyn.example.');
    await store.create({ zone, serial: 10, recordSets: [address(zone.prepend('www'), 1)] });
    const history = [{ name: nameOf('www'), atMs: Date.now(), isAttempt: false, body: octets('of the change') }];
    const good = step(zone, 10, [setTo(address(zone.prepend('www'), 2))]);
    const stale = step(zone, 99, [setTo(address(zone.prepend('www'), 3))]);
    const results = await Promise.all([
      store.commit({ differences: [stale], remembered: [], history: [{ ...history[0]!, body: octets('of nothing') }] }),
      store.commit({ differences: [good], remembered: [], history }),
    ]);
    assert.deepEqual(
      results.map(({ kind }) => kind),
      ['refused', 'committed'],
    );
    assert.deepEqual(texts(await historyOf(store, 'www')), ['of the change']);
  },
};

async function write(ledger: Ledger, { documents = [], history = [] }: Partial<LedgerChanges>): Promise<void> {
  assert.deepEqual(await ledger.write({ documents, history }), { kind: 'committed' });
}

async function documentsOf(ledger: Ledger, kind: DocumentKind): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const answer = await ledger.documents(kind, ({ key, body }) => {
    found[Buffer.from(key).toString()] = Buffer.from(body).toString();
  });
  assert.deepEqual(answer, { kind: 'done' });
  return found;
}

async function historyOf(
  ledger: Ledger,
  label: string,
  range: HistoryRange = { atMost: 100 },
): Promise<readonly HistoryRow[]> {
  const answer = await ledger.history(nameOf(label), range);
  assert.ok(answer.kind === 'history', JSON.stringify(answer));
  return answer.rows;
}

async function recentOf(ledger: Ledger, range: HistoryRange): Promise<readonly HistoryRow[]> {
  const answer = await ledger.recentHistory(range);
  assert.ok(answer.kind === 'history', JSON.stringify(answer));
  return answer.rows;
}

function texts(rows: readonly HistoryRow[]): string[] {
  return rows.map(({ body }) => Buffer.from(body).toString());
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadlineMs = performance.now() + 10_000;
  while (!(await condition())) {
    assert.ok(performance.now() < deadlineMs, 'it did not come about in time');
    await delay(20);
  }
}

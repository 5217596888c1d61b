import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import {
  addRecords,
  configure,
  contentLines,
  hostZones,
  linesAt,
  openStore,
  origin,
  primaryOf,
  setAddress,
  startSeconds,
  update,
  zoneOf,
} from '../../../test/support/hosted-zones.ts';
import { createTemporaryDirectory } from '../../../test/support/temporary-directory.ts';
import { makeWillful } from '../../../test/support/willful-store.ts';
import { Rcode, Type } from '../../dns/codes.ts';
import type { UpdateOperation } from '../../dns/update.ts';
import type { RememberedRequest } from '../../store/zone-store.ts';

/** The zone with `www` at 192.0.2.1, over a store that fails on demand. */
async function open(t: TestContext) {
  const directory = await createTemporaryDirectory('hosted');
  const store = makeWillful(await openStore(directory.path));
  const zones = hostZones(store);
  t.after(async () => {
    await zones[Symbol.asyncDispose]();
    await store[Symbol.asyncDispose]();
    await directory[Symbol.asyncDispose]();
  });
  await configure(zones);
  const primary = primaryOf(zones);
  assert.equal((await setAddress(primary, 'www', '192.0.2.1')).kind, 'done');
  return { directory, store, zones, primary };
}

const first = ['www.dyn.example. 60 A 192.0.2.1'];
const second = ['www.dyn.example. 60 A 192.0.2.2'];

function addA(label: string, last: number): UpdateOperation {
  const address = Uint8Array.of(192, 0, 2, last);
  return { kind: 'add', name: origin.prepend(label), type: Type.A, ttl: 60, rdata: { kind: 'A', address } };
}

test('what is being committed is not served, and what is served is committed', async (t) => {
  const { store, zones, primary } = await open(t);
  store.fates.push('held');
  let isAnswered = false;
  const changes: number[] = [];
  zones.get(origin.key)?.onChange(() => void changes.push(zoneOf(zones).serial));
  const change = setAddress(primary, 'www', '192.0.2.2').finally(() => void (isAnswered = true));
  await delay(20);
  assert.deepEqual(linesAt(zoneOf(zones), 'www'), first);
  assert.equal(isAnswered, false);
  store.release();
  assert.equal((await change).kind, 'done');
  assert.deepEqual(linesAt(zoneOf(zones), 'www'), second);
  assert.deepEqual(changes, [startSeconds + 2]);
});

test('what waits while a commit is under way goes together into the next, as one step', async (t) => {
  const { store, zones, primary } = await open(t);
  store.fates.push('held');
  const begun = store.batches.length;
  const changes = [setAddress(primary, 'www', '192.0.2.2')];
  await delay(5);
  for (let index = 0; index < 64; index += 1) changes.push(setAddress(primary, `h${index}`, '192.0.2.3'));
  await delay(5);
  assert.equal(store.batches.length - begun, 1);
  store.release();
  for (const { kind } of await Promise.all(changes)) assert.equal(kind, 'done');
  assert.equal(store.batches.length - begun, 2);
  assert.equal(zoneOf(zones).serial, startSeconds + 3);
});

test('a commit that fails changes nothing, is told, and leaves no trace', async (t) => {
  const { store, zones, primary } = await open(t);
  store.fates.push('failed', 'failed');
  const { serial } = zoneOf(zones);
  const result = await setAddress(primary, 'www', '192.0.2.2');
  assert.ok(result.kind === 'failed' && result.fault.code === 'not-stored');
  assert.match(result.fault.cause, /no room left/);
  assert.equal((await update(zones, [addA('www', 9)])).rcode, Rcode.SERVFAIL);
  assert.deepEqual(linesAt(zoneOf(zones), 'www'), first);
  assert.equal(zoneOf(zones).serial, serial);
  assert.equal((await setAddress(primary, 'www', '192.0.2.2')).kind, 'done');
  assert.equal(zoneOf(zones).serial, serial + 1);
});

for (const [fate, serials, shown] of [
  ['unconfirmed, and lost', 1, first],
  ['unconfirmed, and kept', 2, second],
] as const)
  test(`${fate}: nothing is served of it, and the next update is based on what the store has`, async (t) => {
    const { store, zones, primary } = await open(t);
    store.fates.push(fate);
    const { serial } = zoneOf(zones);
    const result = await setAddress(primary, 'www', '192.0.2.2');
    assert.ok(result.kind === 'failed' && result.fault.code === 'unconfirmed', JSON.stringify(result));
    assert.deepEqual(linesAt(zoneOf(zones), 'www'), first);
    assert.equal((await setAddress(primary, 'other', '192.0.2.7')).kind, 'done');
    assert.deepEqual(linesAt(zoneOf(zones), 'www'), shown);
    assert.equal(zoneOf(zones).serial, serial + serials);
    const journal = zoneOf(zones).differencesSince(serial);
    assert.ok(journal.kind === 'differences' && journal.differences.length === serials);
  });

test('what is unchanged is so by the store: after a commit of which nobody knows, the old value is a change', async (t) => {
  const { store, zones, primary } = await open(t);
  store.fates.push('unconfirmed, and kept');
  assert.equal((await setAddress(primary, 'www', '192.0.2.2')).kind, 'failed');
  const { serial } = zoneOf(zones);
  assert.equal((await setAddress(primary, 'www', '192.0.2.1')).kind, 'done');
  assert.deepEqual(linesAt(zoneOf(zones), 'www'), first);
  assert.equal(zoneOf(zones).serial, serial + 2);
});

test('whoever waits for a commit no longer is told that nobody knows, and who had no turn that nothing was done', async (t) => {
  const { store, zones, primary } = await open(t);
  store.fates.push('held');
  const name = origin.prepend('slow');
  const set = (timeoutMs: number) =>
    primary.transact({
      reads: [{ name, type: Type.A }],
      plan: () => ({
        changes: [
          {
            name,
            type: Type.A,
            before: undefined,
            after: {
              name,
              type: Type.A,
              ttlSeconds: 60,
              rdatas: [{ kind: 'A', address: Uint8Array.of(192, 0, 2, 5) }],
            },
          },
        ],
      }),
      deadlineMs: performance.now() + timeoutMs,
    });
  const underWay = set(30);
  await delay(5);
  const waiting = setAddress(primary, 'late', '192.0.2.1');
  const late = set(30);
  for (const [pending, code] of [
    [underWay, 'unconfirmed'],
    [late, 'timeout'],
  ] as const) {
    const result = await pending;
    assert.ok(result.kind === 'failed' && result.fault.code === code, JSON.stringify(result));
  }
  store.release();
  assert.equal((await waiting).kind, 'done');
  assert.deepEqual(linesAt(zoneOf(zones), 'slow'), ['slow.dyn.example. 60 A 192.0.2.5']);
});

test('a plan that breaks takes nobody with it', async (t) => {
  const { primary } = await open(t);
  const broken = primary.transact({
    reads: [],
    plan: () => {
      throw new Error('a mistake of the planner');
    },
    deadlineMs: performance.now() + 1000,
  });
  const neighbour = setAddress(primary, 'www', '192.0.2.2');
  await assert.rejects(broken, /a mistake of the planner/);
  assert.equal((await neighbour).kind, 'done');
});

test('an update that changes nothing is no commit, and a signed one is remembered all the same', async (t) => {
  const { store, zones, primary } = await open(t);
  const before = store.batches.length;
  assert.equal((await setAddress(primary, 'www', '192.0.2.1')).kind, 'done');
  assert.equal((await update(zones, [addA('www', 1)])).rcode, Rcode.NOERROR);
  assert.equal(store.batches.length, before);
  const remember = {
    mac: Uint8Array.of(1, 2, 3),
    timeSignedSeconds: startSeconds,
    answer: (rcode: number) => Uint8Array.of(rcode),
  };
  const { serial } = zoneOf(zones);
  assert.equal((await update(zones, [addA('www', 1)], { remember })).rcode, Rcode.NOERROR);
  assert.equal(zoneOf(zones).serial, serial);
  const remembered: RememberedRequest[] = [];
  await store.rememberedRequests((request) => void remembered.push(request));
  assert.equal(remembered.length, 1);
  assert.equal(remembered[0]?.expiresAtSeconds, startSeconds + 600);
});

test('a replay is refused by the store, and those who travel with it are not', async (t) => {
  const { zones, primary } = await open(t);
  const remember = { mac: Uint8Array.of(7), timeSignedSeconds: startSeconds, answer: () => Uint8Array.of(0) };
  assert.equal((await update(zones, [addA('once', 1)], { remember })).rcode, Rcode.NOERROR);
  assert.equal((await setAddress(primary, 'once', undefined)).kind, 'done');
  const neighbours = [setAddress(primary, 'a', '192.0.2.1'), setAddress(primary, 'b', '192.0.2.1')];
  const replay = update(zones, [addA('once', 1)], { remember });
  neighbours.push(setAddress(primary, 'c', '192.0.2.1'));
  for (const { kind } of await Promise.all(neighbours)) assert.equal(kind, 'done');
  assert.equal((await replay).rcode, Rcode.REFUSED);
  assert.deepEqual(linesAt(zoneOf(zones), 'once'), []);
});

test('a start finds everything: content, serial, and the way there', async (t) => {
  const { directory, store, zones } = await open(t);
  assert.equal(
    await addRecords(zones, ['mail MX 10 mail', 'mail A 192.0.2.1', 'mail A 192.0.2.2', 'x TXT "a" "b"']),
    0,
  );
  const lines = contentLines(zoneOf(zones));
  const { serial } = zoneOf(zones);
  await zones[Symbol.asyncDispose]();
  await store[Symbol.asyncDispose]();
  await using again = await openStore(directory.path);
  await using reopened = hostZones(again);
  assert.deepEqual(await configure(reopened), []);
  assert.deepEqual(contentLines(zoneOf(reopened)), lines);
  assert.equal(zoneOf(reopened).serial, serial);
  const journal = zoneOf(reopened).differencesSince(startSeconds);
  assert.ok(journal.kind === 'differences' && journal.differences.length === 2);
});

test('a mistake of ours behind a commit is told to those whom it has met, and the next in line finds what the store holds', async (t) => {
  const { zones, primary } = await open(t);
  const served = zones.get(origin.key);
  const ends = served?.onChange(() => {
    throw new TypeError('a slip of the pen');
  });
  await assert.rejects(setAddress(primary, 'www', '192.0.2.2'), /a slip of the pen/);
  ends?.();
  const waiting = [setAddress(primary, 'a', '192.0.2.3'), setAddress(primary, 'b', '192.0.2.4')];
  for (const { kind } of await Promise.all(waiting)) assert.equal(kind, 'done');
  assert.deepEqual(linesAt(zoneOf(zones), 'www'), second);
});

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import { Name } from '../../src/dns/name.ts';
import type { RememberedRequest, WriteResult, ZoneStore } from '../../src/store/zone-store.ts';
import { address, commitSteps, contentText, keyText, setTo, step, storedContent } from '../support/stored-content.ts';

/** A place for one store, which can be opened again after it was closed. */
export interface StorePlace extends AsyncDisposable {
  open(settings: StoreSettings): Promise<ZoneStore>;
  /** Opens what `backup` has written to the path. */
  openBackup(path: string, settings: StoreSettings): Promise<ZoneStore>;
  /** A path that `backup` may write to. */
  readonly backupPath: string;
}

export interface StoreSettings {
  readonly unixSeconds: () => number;
  readonly journal: { readonly entriesPerZone: number; readonly octetsPerZone: number };
}

/** Makes an empty place; undefined when it has skipped the test. */
export type MakeStorePlace = (t: TestContext) => Promise<StorePlace | undefined>;

type Try = (store: ZoneStore, place: StorePlace, clock: { seconds: number }) => Promise<void>;

const zone = Name.parse('dyn.example');
const other = Name.parse('other.example');
const name = (label: string) => Name.parse(`${label}.${zone.toString()}`);
const committed: WriteResult = { kind: 'committed' };
const journal = { entriesPerZone: 5, octetsPerZone: 10_000 };

/** Promises of every {@link ZoneStore}, tried on one of them. */
export function zoneStoreContract(title: string, make: MakeStorePlace): void {
  for (const [promise, attempt] of Object.entries({ ...zones, ...commits, ...journals, ...replays, ...copies }))
    test(`${title}: ${promise}`, async (t) => {
      await using place = await make(t);
      if (!place) return;
      const clock = { seconds: 1_800_000_000 };
      await using store = await open(place, clock);
      await attempt(store, place, clock);
    });
}

function open(place: StorePlace, clock = { seconds: 1_800_000_000 }): Promise<ZoneStore> {
  return place.open({ unixSeconds: () => clock.seconds, journal });
}

/** A zone with an address at `www`, serial 10. */
async function createZone(store: ZoneStore, owner = zone): Promise<void> {
  const recordSets = [address(owner.prepend('www'), 1)];
  assert.deepEqual(await store.create({ zone: owner, serial: 10, recordSets }), committed);
}

const zones: Record<string, Try> = {
  'begins without zones': async (store) => {
    assert.deepEqual(await store.zones(), { kind: 'zones', zones: [] });
    assert.equal(await storedContent(store, zone), undefined);
    assert.deepEqual(await store.check(), { kind: 'sound' });
    assert.deepEqual(store.condition, { kind: 'ready' });
  },
  'gives back what a zone was made of, also after a start': async (store, place) => {
    const recordSets = Array.from({ length: 3000 }, (_, index) => address(name(`h${index}`), index & 0xff, index));
    const fixed = { ...address(zone, 9), origin: 'static' as const };
    const empty = { ...address(name('empty'), 0), type: 65_280, rdatas: new Uint8Array(0) };
    recordSets.push(fixed, empty);
    assert.deepEqual(await store.create({ zone, serial: 2 ** 32 - 1, recordSets }), committed);
    const wanted = {
      serial: 2 ** 32 - 1,
      isDormant: false,
      recordSets: Object.fromEntries(recordSets.map((each) => [keyText(each), contentText(each)])),
      journal: [],
    };
    assert.deepEqual(await storedContent(store, zone), wanted);
    await store[Symbol.asyncDispose]();
    await using again = await open(place);
    assert.deepEqual(await storedContent(again, Name.parse('DYN.example')), wanted);
  },
  'has each zone once': async (store) => {
    await createZone(store);
    const refused = await store.create({ zone: Name.parse('Dyn.Example'), serial: 1, recordSets: [] });
    assert.deepEqual(refused, { kind: 'refused', refusal: { code: 'zone-exists', zone } });
    assert.equal((await storedContent(store, zone))?.serial, 10);
  },
  'shows nothing of a zone that could not be made to its end': async (store) => {
    function* breaksOff() {
      for (let index = 0; index < 10_000; index += 1) yield address(name(`h${index}`), 1);
      throw new Error('The zone file ends here');
    }
    await assert.rejects(store.create({ zone, serial: 1, recordSets: breaksOff() }), /ends here/);
    assert.deepEqual(await store.zones(), { kind: 'zones', zones: [] });
    await createZone(store);
    assert.equal(Object.keys((await storedContent(store, zone))?.recordSets ?? {}).length, 1);
  },
  'keeps a dormant zone, and changes nothing in it': async (store) => {
    await createZone(store);
    assert.deepEqual(await store.setDormant(zone, true), committed);
    const change = step(zone, 10, [setTo(address(name('www'), 2))]);
    const refused = { kind: 'refused', refusal: { code: 'dormant-zone', zone } };
    assert.deepEqual(await commitSteps(store, change), refused);
    assert.deepEqual(await store.zones(), { kind: 'zones', zones: [{ zone, serial: 10, isDormant: true }] });
    assert.deepEqual(await store.setDormant(zone, false), committed);
    assert.deepEqual(await commitSteps(store, change), committed);
  },
  'forgets a zone': async (store) => {
    await createZone(store);
    await createZone(store, other);
    assert.deepEqual(await store.discard(zone), committed);
    const unknown = { kind: 'refused', refusal: { code: 'unknown-zone', zone } };
    assert.deepEqual(await store.discard(zone), unknown);
    assert.deepEqual(await store.setDormant(zone, true), unknown);
    assert.deepEqual(await commitSteps(store, step(zone, 10, [])), unknown);
    assert.equal(await storedContent(store, zone), undefined);
    assert.deepEqual(await store.create({ zone, serial: 99, recordSets: [] }), committed);
    assert.deepEqual((await storedContent(store, zone))?.recordSets, {});
    assert.equal(Object.keys((await storedContent(store, other))?.recordSets ?? {}).length, 1);
  },
  'replaces a zone as a whole, with a journal that begins anew': async (store, place) => {
    await createZone(store);
    await createZone(store, other);
    assert.deepEqual(await commitSteps(store, step(zone, 10, [setTo(address(name('old'), 2))])), committed);
    const recordSets = Array.from({ length: 10_000 }, (_, index) => address(name(`h${index}`), index & 0xff));
    assert.deepEqual(await store.replace({ zone, serialBefore: 11, serial: 500, recordSets }), committed);
    const wanted = {
      serial: 500,
      isDormant: false,
      recordSets: Object.fromEntries(recordSets.map((each) => [keyText(each), contentText(each)])),
      journal: [],
    };
    assert.deepEqual(await storedContent(store, zone), wanted);
    await store[Symbol.asyncDispose]();
    await using again = await open(place);
    assert.deepEqual(await storedContent(again, zone), wanted);
    assert.equal((await storedContent(again, other))?.serial, 10);
    assert.deepEqual(await commitSteps(again, step(zone, 500, [setTo(address(name('next'), 3))])), committed);
    assert.equal((await storedContent(again, zone))?.journal.length, 1);
    assert.deepEqual(await again.check(), { kind: 'sound' });
  },
  'replaces only the zone that is meant, and no other version of it': async (store) => {
    const replacement = { zone, serialBefore: 10, serial: 500, recordSets: [address(name('new'), 1)] };
    const refusal = async (code: string, more = {}) =>
      assert.deepEqual(await store.replace(replacement), { kind: 'refused', refusal: { code, zone, ...more } });
    await refusal('unknown-zone');
    await createZone(store);
    await store.setDormant(zone, true);
    await refusal('dormant-zone');
    await store.setDormant(zone, false);
    assert.deepEqual(await commitSteps(store, step(zone, 10, [])), committed);
    await refusal('other-serial', { serial: 11 });
    const content = await storedContent(store, zone);
    assert.deepEqual(Object.keys(content?.recordSets ?? {}), [`www.${zone.toString()}/1`]);
  },
  'replaces nothing where the zone has gone on while the new content came': async (store) => {
    await createZone(store);
    let hasGoneOn: Promise<WriteResult> | undefined;
    function* content() {
      for (let index = 0; index < 10_000; index += 1) yield address(name(`h${index}`), 1);
      hasGoneOn = commitSteps(store, step(zone, 10, []));
    }
    const replaced = await store.replace({ zone, serialBefore: 10, serial: 500, recordSets: content() });
    assert.deepEqual(await hasGoneOn, committed);
    assert.ok(replaced.kind === 'refused' && replaced.refusal.code === 'other-serial', JSON.stringify(replaced));
    assert.equal((await storedContent(store, zone))?.serial, 11);
    assert.equal(Object.keys((await storedContent(store, zone))?.recordSets ?? {}).length, 1);
  },
  'says that it is closed': async (store) => {
    await store[Symbol.asyncDispose]();
    const result = await commitSteps(store, step(zone, 1, []));
    assert.ok(result.kind === 'failed' && result.fault.code === 'stopped');
    const discarded = await store.discard(zone);
    assert.ok(discarded.kind === 'failed' && discarded.fault.code === 'stopped');
    const listed = await store.zones();
    assert.ok(listed.kind === 'failed' && listed.fault.code === 'stopped');
    assert.deepEqual(store.condition, { kind: 'closed' });
  },
};

const commits: Record<string, Try> = {
  'sets, replaces and removes RRsets, also after a start': async (store, place) => {
    await createZone(store);
    const added = { ...address(name('new'), 7), origin: 'static' as const };
    const replaced = address(name('www'), 2, 3600);
    assert.deepEqual(await commitSteps(store, step(zone, 10, [setTo(added), setTo(replaced)])), committed);
    const removal = { owner: name('new').wire, type: 1, content: undefined };
    const wanted = { [keyText(replaced)]: contentText(replaced) };
    assert.deepEqual((await storedContent(store, zone))?.recordSets, {
      ...wanted,
      [keyText(added)]: contentText(added),
    });
    assert.deepEqual(await commitSteps(store, step(zone, 11, [removal])), committed);
    await store[Symbol.asyncDispose]();
    await using again = await open(place);
    const content = await storedContent(again, zone);
    assert.deepEqual(content?.recordSets, wanted);
    assert.equal(content.serial, 12);
  },
  'takes octets as they are at the call': async (store) => {
    await createZone(store);
    const record = address(name('www'), 2);
    const wanted = contentText(record);
    const result = commitSteps(store, step(zone, 10, [setTo(record)]));
    record.rdatas.fill(0);
    assert.deepEqual(await result, committed);
    assert.equal((await storedContent(store, zone))?.recordSets[keyText(record)], wanted);
  },
  'carries out batches in their order, many at once': async (store) => {
    await createZone(store);
    const serials = Array.from({ length: 1000 }, (_, index) => 10 + index);
    const results = await Promise.all(
      serials.map((serial) => commitSteps(store, step(zone, serial, [setTo(address(name('www'), serial & 0xff))]))),
    );
    assert.ok(results.every(({ kind }) => kind === 'committed'));
    const content = await storedContent(store, zone);
    assert.equal(content?.serial, 1010);
    assert.equal(content.recordSets[keyText(address(name('www'), 0))], contentText(address(name('www'), 1009 & 0xff)));
  },
  'carries out a batch as a whole or not at all': async (store) => {
    await createZone(store);
    await createZone(store, other);
    const before = await storedContent(store, zone);
    const refused = await commitSteps(store, step(zone, 10, [setTo(address(name('a'), 1))]), step(other, 9, []));
    assert.deepEqual(refused, { kind: 'refused', refusal: { code: 'other-serial', zone: other, serial: 10 } });
    assert.deepEqual(await storedContent(store, zone), before);
    assert.deepEqual(await commitSteps(store, step(zone, 10, []), step(zone, 11, []), step(other, 10, [])), committed);
    assert.equal((await storedContent(store, zone))?.serial, 12);
  },
  'refuses one batch alone, whatever goes with it': async (store) => {
    await createZone(store);
    const kinds = await Promise.all([
      commitSteps(store, step(zone, 10, [setTo(address(name('a'), 1))])),
      commitSteps(store, step(zone, 10, [setTo(address(name('b'), 1))])),
      commitSteps(store, step(other, 1, [])),
      commitSteps(store, step(zone, 11, [setTo(address(name('c'), 1))])),
    ]);
    assert.deepEqual(
      kinds.map(({ kind }) => kind),
      ['committed', 'refused', 'refused', 'committed'],
    );
    const names = Object.keys((await storedContent(store, zone))?.recordSets ?? {});
    assert.deepEqual(
      names,
      ['a', 'c', 'www'].map((label) => `${label}.dyn.example./1`),
    );
  },
  'takes a serial around 2³²': async (store) => {
    assert.deepEqual(await store.create({ zone, serial: 2 ** 32 - 2, recordSets: [] }), committed);
    assert.deepEqual(await commitSteps(store, step(zone, 2 ** 32 - 2, [])), committed);
    const over = { ...step(zone, 2 ** 32 - 1, []), serialAfter: 1 };
    assert.deepEqual(await commitSteps(store, over), committed);
    assert.equal((await storedContent(store, zone))?.serial, 1);
  },
  'loads a zone as of one moment': async (store) => {
    const recordSets = Array.from({ length: 10_000 }, (_, index) => address(name(`h${index}`), 1));
    assert.deepEqual(await store.create({ zone, serial: 10, recordSets }), committed);
    const changes = recordSets.map((each) => setTo({ ...each, ttlSeconds: 61 }));
    let commit: Promise<WriteResult> | undefined;
    const ttls = new Set<number>();
    const loaded = await store.load(zone, {
      recordSet: ({ ttlSeconds }) => {
        commit ??= commitSteps(store, step(zone, 10, changes));
        ttls.add(ttlSeconds);
      },
      journalEntry: () => assert.fail('The journal was empty'),
    });
    assert.deepEqual(loaded, { kind: 'loaded', serial: 10, isDormant: false });
    assert.deepEqual([...ttls], [60]);
    assert.deepEqual(await commit, committed);
  },
  'ends a load whose receiver has had enough': async (store) => {
    await createZone(store);
    for (let attempt = 0; attempt < 20; attempt += 1)
      await assert.rejects(
        store.load(zone, { recordSet: () => assert.fail('enough'), journalEntry: () => {} }),
        /enough/,
      );
    assert.equal((await storedContent(store, zone))?.serial, 10);
  },
};

const journals: Record<string, Try> = {
  'keeps the newest entries of the journal, oldest first': async (store) => {
    await createZone(store);
    for (let serial = 10; serial < 20; serial += 1)
      assert.deepEqual(await commitSteps(store, step(zone, serial, [])), committed);
    assert.deepEqual(
      (await storedContent(store, zone))?.journal,
      [15, 16, 17, 18, 19].map((serial) => `${serial}→${serial + 1} -01 +02${(serial + 1).toString(16)}`),
    );
  },
  'keeps the journal within its octets': async (store) => {
    await createZone(store);
    const added = new Uint8Array(4000);
    for (let serial = 10; serial < 15; serial += 1) {
      const large = { ...step(zone, serial, []), journal: { kind: 'append', removed: added, added } as const };
      assert.deepEqual(await commitSteps(store, large), committed);
    }
    assert.equal((await storedContent(store, zone))?.journal.length, 1);
    const tooLarge = new Uint8Array(20_000);
    const huge = { ...step(zone, 15, []), journal: { kind: 'append', removed: tooLarge, added } as const };
    assert.deepEqual(await commitSteps(store, huge), committed);
    assert.equal((await storedContent(store, zone))?.journal.length, 1);
  },
  'begins the journal anew where there is no way between two serials': async (store) => {
    await createZone(store);
    assert.deepEqual(await commitSteps(store, step(zone, 10, []), step(zone, 11, [])), committed);
    const raise = { ...step(zone, 12, []), serialAfter: 5000, journal: { kind: 'restart' } as const };
    assert.deepEqual(await commitSteps(store, raise), committed);
    const raised = await storedContent(store, zone);
    assert.equal(raised?.serial, 5000);
    assert.deepEqual(raised.journal, []);
    assert.deepEqual(await commitSteps(store, step(zone, 5000, [])), committed);
    assert.equal((await storedContent(store, zone))?.journal.length, 1);
  },
};

function request(last: number, expiresAtSeconds: number): RememberedRequest {
  return {
    keyName: Name.parse('key.example').wire,
    mac: Uint8Array.of(1, 2, last),
    timeSigned: 2 ** 40 + last,
    expiresAtSeconds,
    answer: Uint8Array.of(9, last),
  };
}

async function remembered(store: ZoneStore, atMost?: number): Promise<readonly RememberedRequest[]> {
  const requests: RememberedRequest[] = [];
  assert.deepEqual(await store.rememberedRequests((each) => void requests.push(each), atMost), { kind: 'done' });
  return requests;
}

const replays: Record<string, Try> = {
  'remembers a signed request with what it changed, and refuses its replay': async (store, place, clock) => {
    await createZone(store);
    const first = request(1, clock.seconds + 600);
    const batch = { differences: [step(zone, 10, [])], remembered: [first] };
    assert.deepEqual(await store.commit(batch), committed);
    const again = { differences: [step(zone, 11, [setTo(address(name('x'), 1))])], remembered: [first] };
    assert.deepEqual(await store.commit(again), { kind: 'refused', refusal: { code: 'replayed' } });
    assert.equal((await storedContent(store, zone))?.serial, 11);
    await store[Symbol.asyncDispose]();
    await using restarted = await open(place, clock);
    assert.deepEqual(await remembered(restarted), [first]);
    assert.deepEqual(await restarted.commit(again), { kind: 'refused', refusal: { code: 'replayed' } });
  },
  'does not remember the request of a batch that was refused': async (store, _place, clock) => {
    const batch = { differences: [step(zone, 10, [])], remembered: [request(1, clock.seconds + 600)] };
    assert.equal((await store.commit(batch)).kind, 'refused');
    assert.deepEqual(await remembered(store), []);
  },
  'hands over what was signed last first, and no more than is wanted': async (store, _place, clock) => {
    const requests = [3, 1, 4, 2].map((last) => request(last, clock.seconds + 600 - last));
    assert.deepEqual(await store.commit({ differences: [], remembered: requests }), committed);
    const signed = (each: readonly RememberedRequest[]) => each.map(({ mac }) => mac[2]);
    assert.deepEqual(signed(await remembered(store)), [4, 3, 2, 1]);
    assert.deepEqual(signed(await remembered(store, 2)), [4, 3]);
    assert.deepEqual(signed(await remembered(store, 9)), [4, 3, 2, 1]);
  },
  'forgets a request when its time has come': async (store, _place, clock) => {
    const early = request(1, clock.seconds + 10);
    const late = request(2, clock.seconds + 20);
    assert.deepEqual(await store.commit({ differences: [], remembered: [early, late] }), committed);
    clock.seconds += 10;
    assert.deepEqual(await remembered(store), [late]);
    assert.deepEqual(await store.commit({ differences: [], remembered: [] }), committed);
    assert.deepEqual(await store.commit({ differences: [], remembered: [early] }), committed);
  },
};

const copies: Record<string, Try> = {
  'writes a backup that opens as a store, while commits go on': async (store, place, clock) => {
    await createZone(store);
    const copying = store.backup(place.backupPath);
    for (let serial = 10; serial < 30; serial += 1)
      assert.deepEqual(await commitSteps(store, step(zone, serial, [])), committed);
    assert.deepEqual(await copying, { kind: 'done' });
    await using backup = await place.openBackup(place.backupPath, { unixSeconds: () => clock.seconds, journal });
    const content = await storedContent(backup, zone);
    assert.ok(content && content.serial >= 10 && content.serial <= 30);
    assert.deepEqual(await backup.check(), { kind: 'sound' });
  },
  'never writes a backup over a file': async (store, place) => {
    assert.deepEqual(await store.backup(place.backupPath), { kind: 'done' });
    const second = await store.backup(place.backupPath);
    assert.ok(second.kind === 'failed' && second.fault.code === 'exists');
  },
};

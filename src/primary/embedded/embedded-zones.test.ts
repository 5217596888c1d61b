import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import {
  addRecords,
  administratorKey,
  configure,
  contentLines,
  hostZones,
  linesAt,
  openStore,
  origin,
  primaryOf,
  setAddress,
  startSeconds,
  staticRecords,
  zoneOf,
} from '../../../test/support/hosted-zones.ts';
import { storedContent } from '../../../test/support/stored-content.ts';
import { createTemporaryDirectory } from '../../../test/support/temporary-directory.ts';
import { makeWillful } from '../../../test/support/willful-store.ts';
import { Rcode } from '../../dns/codes.ts';
import { Name } from '../../dns/name.ts';
import type { EmbeddedZones } from './embedded-zones.ts';

async function open(t: TestContext) {
  const directory = await createTemporaryDirectory('zones');
  const store = makeWillful(await openStore(directory.path));
  const zones = hostZones(store);
  t.after(async () => {
    await zones[Symbol.asyncDispose]();
    await store[Symbol.asyncDispose]();
    await directory[Symbol.asyncDispose]();
  });
  return { store, zones };
}

/** What the store says of who owns an RRset. */
async function originIn(store: Parameters<typeof storedContent>[0], key: string): Promise<string | undefined> {
  return (await storedContent(store, origin))?.recordSets[key]?.split(' ')[1];
}

test('a new zone begins with the time as its serial, and with what the configuration says', async (t) => {
  const { store, zones } = await open(t);
  assert.deepEqual(await configure(zones, ['www 300 A 192.0.2.1']), []);
  assert.equal(zoneOf(zones).serial, startSeconds);
  assert.deepEqual(contentLines(zoneOf(zones)), [
    'dyn.example. 3600 NS ns1.dyn.example.',
    'ns1.dyn.example. 3600 A 192.0.2.53',
    'www.dyn.example. 300 A 192.0.2.1',
  ]);
  assert.equal(await originIn(store, 'dyn.example./6'), 'static');
});

test('a changed configuration changes what is static, with one step of the serial, and nothing else', async (t) => {
  const { store, zones } = await open(t);
  await configure(zones, ['www 300 A 192.0.2.1', 'old 300 TXT "a"', 'old 300 A 192.0.2.9']);
  assert.equal(await addRecords(zones, ['dyn A 192.0.2.8', 'www TXT "dynamic"', 'old AAAA 2001:db8::1']), 0);
  const { serial } = zoneOf(zones);
  const told: number[] = [];
  zones.get(origin.key)?.onChange(() => void told.push(zoneOf(zones).serial));
  assert.deepEqual(await configure(zones, ['www 60 A 192.0.2.2', 'www 300 A 192.0.2.1', 'new 300 A 192.0.2.3']), []);
  assert.equal(zoneOf(zones).serial, serial + 1);
  assert.deepEqual(told, [serial + 1]);
  assert.deepEqual(contentLines(zoneOf(zones)), [
    'dyn.dyn.example. 60 A 192.0.2.8',
    'dyn.example. 3600 NS ns1.dyn.example.',
    'new.dyn.example. 300 A 192.0.2.3',
    'ns1.dyn.example. 3600 A 192.0.2.53',
    'old.dyn.example. 60 AAAA 2001:db8::1',
    'www.dyn.example. 300 A 192.0.2.1',
    'www.dyn.example. 300 A 192.0.2.2',
    'www.dyn.example. 60 TXT "dynamic"',
  ]);
  assert.equal(await originIn(store, 'new.dyn.example./1'), 'static');
  assert.equal(await originIn(store, 'www.dyn.example./16'), 'dynamic');
});

test('the same configuration again writes nothing', async (t) => {
  const { store, zones } = await open(t);
  await configure(zones, ['www 300 A 192.0.2.1']);
  assert.equal((await setAddress(primaryOf(zones), 'h', '192.0.2.1')).kind, 'done');
  const { serial } = zoneOf(zones);
  const { length } = store.batches;
  assert.deepEqual(await configure(zones, ['www 300 A 192.0.2.1']), []);
  assert.equal(zoneOf(zones).serial, serial);
  assert.equal(store.batches.length, length);
});

const claims: readonly (readonly [what: string, dynamic: string[], configured: string[], left: string[], RegExp])[] = [
  [
    'an RRset',
    ['h A 192.0.2.1'],
    ['h 300 A 192.0.2.2'],
    ['h.dyn.example. 300 A 192.0.2.2'],
    /takes h\.dyn\.example\. A,/,
  ],
  ['the very same RRset', ['h A 192.0.2.1'], ['h 60 A 192.0.2.1'], ['h.dyn.example. 60 A 192.0.2.1'], /takes h\..* A,/],
  ['a name by a CNAME', ['h A 192.0.2.1'], ['h 60 CNAME x.'], ['h.dyn.example. 60 CNAME x.'], /takes h\..* A,/],
  ['a name by a delegation', ['h TXT "a"'], ['h 60 NS x.'], ['h.dyn.example. 60 NS x.'], /takes h\..* TXT,/],
  [
    'a name from a CNAME',
    ['h CNAME x.'],
    ['h 60 A 192.0.2.1'],
    ['h.dyn.example. 60 A 192.0.2.1'],
    /takes h\..* CNAME,/,
  ],
];
for (const [what, dynamic, configured, left, warning] of claims)
  test(`the configuration may claim ${what}, and that is said`, async (t) => {
    const { store, zones } = await open(t);
    await configure(zones);
    assert.equal(await addRecords(zones, dynamic), 0);
    const { serial } = zoneOf(zones);
    const warnings = await configure(zones, configured);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', warning);
    assert.deepEqual(linesAt(zoneOf(zones), 'h'), left);
    assert.equal(zoneOf(zones).serial, serial + 1);
    const stored = await storedContent(store, origin);
    const origins = Object.entries(stored?.recordSets ?? {}).filter(([key]) => key.startsWith('h.'));
    assert.deepEqual(
      origins.map(([, text]) => text.split(' ')[1]),
      ['static'],
    );
    assert.deepEqual(await configure(zones, configured), [], 'it is claimed once');
  });

test('a zone that is taken out sleeps with its data, and wakes up with them', async (t) => {
  const { store, zones } = await open(t);
  await configure(zones);
  const primary = primaryOf(zones);
  assert.equal((await setAddress(primary, 'www', '192.0.2.1')).kind, 'done');
  const { serial } = zoneOf(zones);
  await configureNone(zones);
  assert.equal(zones.get(origin.key), undefined);
  assert.equal((await storedContent(store, origin))?.isDormant, true);
  assert.equal((await setAddress(primary, 'www', '192.0.2.2')).kind, 'failed');
  await configure(zones);
  assert.deepEqual(linesAt(zoneOf(zones), 'www'), ['www.dyn.example. 60 A 192.0.2.1']);
  assert.equal(zoneOf(zones).serial, serial);
  assert.equal((await setAddress(primaryOf(zones), 'www', '192.0.2.2')).kind, 'done');
});

async function configureNone(zones: EmbeddedZones): Promise<void> {
  const other = Name.parse('other.example.');
  const zone = { name: other, key: undefined, records: staticRecords([], other) };
  assert.equal((await zones.configure({ zones: [zone], transferKeys: [] })).kind, 'configured');
}

test('static records that cannot be stored are a fault, and the zone stays as it was', async (t) => {
  const { store, zones } = await open(t);
  await configure(zones);
  store.fates.push('failed');
  const records = staticRecords(['www 300 A 192.0.2.1']);
  const configured = await zones.configure({ zones: [{ name: origin, key: undefined, records }], transferKeys: [] });
  assert.ok(configured.kind === 'failed');
  assert.match(configured.cause, /no room left/);
  assert.deepEqual(linesAt(zoneOf(zones), 'www'), []);
  assert.equal((await setAddress(primaryOf(zones), 'www', '192.0.2.5')).kind, 'done');
});

test('the longest zone is found, and a key by its name alone', async (t) => {
  const { zones } = await open(t);
  const inner = origin.prepend('inner');
  const transferKey = { ...administratorKey, name: Name.parse('secondary.') };
  const described = [origin, inner].map((name) => ({ name, key: undefined, records: staticRecords([], name) }));
  assert.equal((await zones.configure({ zones: described, transferKeys: [transferKey] })).kind, 'configured');
  const found = (name: Name) => zones.find(name.key)?.origin.toString();
  assert.equal(found(inner.prepend('x')), 'inner.dyn.example.');
  assert.equal(found(origin.prepend('x')), 'dyn.example.');
  assert.equal(found(Name.parse('example.')), undefined);
  assert.deepEqual(
    [...zones].map((served) => served.origin.toString()),
    ['dyn.example.', 'inner.dyn.example.'],
  );
  assert.equal(zones.findKey(Name.parse('SECONDARY.')), transferKey);
  assert.equal(zones.get(inner.key)?.mayTransfer(transferKey), true);
  assert.equal(zones.get(inner.key)?.mayTransfer(administratorKey), false);
});

test('a DNAME that the configuration brings takes the place of what updates had put below it, and a name that of a DNAME above', async () => {
  await using directory = await createTemporaryDirectory('embedded');
  await using store = await openStore(directory.path);
  await using zones = hostZones(store);
  await configure(zones);
  assert.equal(
    await addRecords(zones, ['x.moved A 192.0.2.1', 'y.z.moved TXT y', 'far DNAME elsewhere.', 'kept A 192.0.2.2']),
    Rcode.NOERROR,
  );
  const warnings = await configure(zones, ['moved 60 DNAME elsewhere.example.', 'www.far 60 A 192.0.2.3']);
  assert.deepEqual(
    new Set(warnings.map((warning) => /takes (\S+ \S+),/.exec(warning)?.[1])),
    new Set(['far.dyn.example. DNAME', 'x.moved.dyn.example. A', 'y.z.moved.dyn.example. TXT']),
  );
  assert.deepEqual(linesAt(zoneOf(zones), 'x.moved'), []);
  assert.deepEqual(linesAt(zoneOf(zones), 'www.far'), ['www.far.dyn.example. 60 A 192.0.2.3']);
  assert.deepEqual(linesAt(zoneOf(zones), 'kept'), ['kept.dyn.example. 60 A 192.0.2.2']);
  assert.equal(await addRecords(zones, ['x.moved A 192.0.2.1']), Rcode.REFUSED);
});

test('NS records that updates had put above what the configuration brings give way, and nothing else there', async () => {
  await using directory = await createTemporaryDirectory('embedded');
  await using store = await openStore(directory.path);
  await using zones = hostZones(store);
  await configure(zones);
  const dynamic = ['www NS ns.other.', 'www A 192.0.2.1', 'deep NS ns.other.', 'other NS ns.other.'];
  assert.equal(await addRecords(zones, dynamic), Rcode.NOERROR);
  const warnings = await configure(zones, ['www 60 MX 1 mail.example.', 'a.b.deep 60 A 192.0.2.3']);
  assert.deepEqual(
    new Set(warnings.map((warning) => /takes (\S+ \S+),/.exec(warning)?.[1])),
    new Set(['www.dyn.example. NS', 'deep.dyn.example. NS']),
  );
  assert.deepEqual(
    new Set(linesAt(zoneOf(zones), 'www')),
    new Set(['www.dyn.example. 60 A 192.0.2.1', 'www.dyn.example. 60 MX 1 mail.example.']),
  );
  assert.deepEqual(linesAt(zoneOf(zones), 'deep'), []);
  assert.deepEqual(linesAt(zoneOf(zones), 'other'), ['other.dyn.example. 60 NS ns.other.']);
});

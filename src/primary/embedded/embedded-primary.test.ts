import assert from 'node:assert/strict';
import { test } from 'node:test';

import { primaryContract } from '../../../test/contract/primary-contract.ts';
import {
  addRecords,
  configure,
  hostZones,
  linesAt,
  openStore,
  origin,
  primaryOf,
  setAddress,
  zoneOf,
} from '../../../test/support/hosted-zones.ts';
import { createTemporaryDirectory } from '../../../test/support/temporary-directory.ts';
import { Rcode } from '../../dns/codes.ts';
import type { Name } from '../../dns/name.ts';
import { rdataToText } from '../../dns/rdata-text.ts';
import { explainFault } from '../../updates/fault.ts';
import { lookup } from '../../zone/lookup.ts';
import { unpackRecords } from '../../zone/packed-records.ts';
import type { Zone } from '../../zone/zone.ts';

primaryContract('the built-in nameserver', async (_, records) => {
  const directory = await createTemporaryDirectory('embedded');
  const store = await openStore(directory.path);
  const zones = hostZones(store);
  await configure(zones);
  assert.equal(await addRecords(zones, records), Rcode.NOERROR);
  return {
    primary: primaryOf(zones),
    zone: origin,
    lookUp: (name, type) => Promise.resolve(valuesOf(zoneOf(zones), name, type)),
    serial: () => Promise.resolve(zoneOf(zones).serial),
    async [Symbol.asyncDispose]() {
      await zones[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
      await directory[Symbol.asyncDispose]();
    },
  };
});

function valuesOf(zone: Zone, name: Name, type: number): readonly string[] {
  const found = lookup(zone, name.key, type);
  return found.kind === 'answer' ? unpackRecords(found.records).map(({ rdata }) => rdataToText(rdata)) : [];
}

test('64 at once need few commits, and a name keeps the order in which it was asked for', async () => {
  await using directory = await createTemporaryDirectory('embedded');
  await using store = await openStore(directory.path);
  const commits: number[] = [];
  await using zones = hostZones(store, (submissions) => void commits.push(submissions));
  await configure(zones);
  const primary = primaryOf(zones);
  const caller = async (number: number) => {
    for (let round = 1; round <= 20; round += 1)
      assert.equal((await setAddress(primary, `h${number % 8}`, `198.51.${number}.${round}`)).kind, 'done');
  };
  await Promise.all(Array.from({ length: 64 }, (_, number) => caller(number)));
  assert.equal(
    commits.reduce((sum, each) => sum + each, 0),
    64 * 20,
  );
  assert.ok(commits.length <= 64, `${commits.length} commits`);
  assert.deepEqual(linesAt(zoneOf(zones), 'h7').length, 1);
});

test('below a delegation, static or not, a client is told that nobody would see it; glue by UPDATE stays possible', async () => {
  await using directory = await createTemporaryDirectory('embedded');
  await using store = await openStore(directory.path);
  await using zones = hostZones(store);
  await configure(zones, ['static 3600 NS ns.static']);
  assert.equal(
    await addRecords(zones, ['own NS ns.own', 'ns.own A 192.0.2.7', 'ns.static A 192.0.2.8']),
    Rcode.NOERROR,
  );
  const primary = primaryOf(zones);
  for (const [label, cut] of [
    ['ns.own', 'own'],
    ['own', 'own'],
    ['www.static', 'static'],
  ])
    for (const text of ['192.0.2.9', undefined]) {
      const result = await setAddress(primary, label!, text);
      assert.ok(result.kind === 'failed' && result.fault.code === 'not-authoritative', `${label} ${text}`);
      const { cause } = explainFault(result.fault);
      assert.equal(
        cause,
        `Nobody would see the records of ${label}.dyn.example. in the zone dyn.example., which delegates ${cut}.dyn.example. to another one by its NS records.`,
      );
    }
  const atStatic = await setAddress(primary, 'static', undefined);
  assert.ok(atStatic.kind === 'failed' && atStatic.fault.code === 'static');
  assert.deepEqual(linesAt(zoneOf(zones), 'ns.own'), ['ns.own.dyn.example. 60 A 192.0.2.7']);
});

test('below a DNAME nothing is called done, also where the plan does not look for one', async () => {
  await using directory = await createTemporaryDirectory('embedded');
  await using store = await openStore(directory.path);
  await using zones = hostZones(store);
  await configure(zones, ['moved 3600 DNAME elsewhere.example.']);
  const result = await setAddress(primaryOf(zones), 'www.moved', '192.0.2.9');
  assert.ok(result.kind === 'failed' && result.fault.code === 'not-applied', JSON.stringify(result));
  assert.deepEqual(linesAt(zoneOf(zones), 'www.moved'), []);
});

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

import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';

import * as fc from 'fast-check';

import { Class, Rcode, Type, typeName } from '../../src/dns/codes.ts';
import type { ResourceRecord } from '../../src/dns/message.ts';
import { rdataToText } from '../../src/dns/rdata.ts';
import { arbitraryReadableRdata } from '../support/rdata-arbitraries.ts';
import { readRecords } from '../../src/dns/zonefile/read-zone.ts';
import { arbitraryZoneChange, type ZoneChange } from '../support/arbitrary-zone-change.ts';
import { convergence, type FollowedZone, linesOfSecondary, openFollowedZone } from '../support/followed-zone.ts';
import { type SecondaryMakeName, secondaryMakes, startSecondary } from '../support/nameserver/secondary.ts';
import { requirePeer } from '../support/peers.ts';
import { freePort } from '../support/free-port.ts';
import { openZoneService } from '../support/open-zone-service.ts';
import { serveInMemory } from '../support/served-zones.ts';
import { makeTestKey } from '../support/test-key.ts';
import { origin, tsigKey, updateOf, zoneOf } from '../support/transfer-fixture.ts';

/** A soak may ask for more. */
const updateCounts = {
  reliable: numberFrom(process.env['DYNDNS_SECONDARY_UPDATES'], 10_000),
  lossy: numberFrom(process.env['DYNDNS_LOSSY_SECONDARY_UPDATES'], 10_000),
};
const comparedEvery = 100;
/** Changes under way at once, so that some are committed together and NOTIFYs overtake transfers. */
const clients = 2;
const testKey = makeTestKey('xfr-key', 'hmac-sha256');
/** Far beyond what is expected: a secondary that has lost the thread asks again after its refresh time, an hour. */
const convergenceTimeoutMs = 30_000;
const makes = Object.keys(secondaryMakes) as readonly SecondaryMakeName[];
const peers = makes.flatMap((make) => secondaryMakes[make].peers);

function numberFrom(said: string | undefined, usual: number): number {
  const count = Number(said ?? usual);
  assert.ok(Number.isInteger(count) && count > 0, `"${said}" is no whole number above 0`);
  return count;
}

// Side by side, since most of the time is spent in waiting for secondaries.
describe('changes by the thousand', { concurrency: true }, () => {
  test(`BIND, Knot and NSD follow ${updateCounts.reliable} updates`, (t) => follow(t, updateCounts.reliable, 0));

  test(`BIND, Knot and NSD follow ${updateCounts.lossy} updates while 30 % of the NOTIFYs get lost`, (t) =>
    follow(t, updateCounts.lossy, 0.3));
});

async function follow(t: TestContext, updateCount: number, lossRate: number): Promise<void> {
  if (!requirePeer(t, ...peers)) return;
  await using followed = await openFollowedZone(makes, lossRate);
  const seed = Math.trunc(Math.random() * 2 ** 31);
  t.diagnostic(`seed ${seed}`);
  const changes = fc.sample(arbitraryZoneChange, { numRuns: updateCount, seed });
  const before = await followed.serial();
  let refused = 0;
  for (let begin = 0; begin < changes.length; begin += comparedEvery) {
    refused += await carryOutAll(followed, changes.slice(begin, begin + comparedEvery));
    await expectSame(followed, `after ${begin + comparedEvery} changes of seed ${seed}`);
  }
  const serials = (await followed.serial()) - before;
  t.diagnostic(
    JSON.stringify({ serials, refused, notifies: followed.notifies, records: (await followed.lines()).length }),
  );
  // It is about changes: most of them have to be one.
  assert.ok(serials > updateCount / 3, `${serials} serials of ${updateCount} updates`);
  if (lossRate > 0) assert.ok(followed.notifies.lost > 0);
}

/** @returns how many were not taken */
async function carryOutAll(followed: FollowedZone, changes: readonly ZoneChange[]): Promise<number> {
  const left = changes.values();
  let refused = 0;
  const client = async () => {
    for (const change of left) if (!(await followed.change(change))) refused += 1;
  };
  await Promise.all(Array.from({ length: clients }, client));
  return refused;
}

/** That every secondary gets to the serial of the service, and holds what it holds. */
async function expectSame(followed: FollowedZone, when: string): Promise<void> {
  const serial = await followed.serial();
  const lines = await followed.lines();
  const { secondaries } = followed;
  const tookMs = await Promise.all(secondaries.map((each) => convergence(each, serial, convergenceTimeoutMs)));
  for (const [index, each] of secondaries.entries()) {
    assert.ok(tookMs[index] !== undefined, `${each.title} has not got ${serial} ${when}; it said:\n${each.log()}`);
    assert.deepEqual(await linesOfSecondary(each), lines, `${each.title} ${when}`);
  }
}

/** What an update may bring that few expect. NSD cannot pass on a record that is longer than 16 KiB. */
const oddRecords = `
*.w                CNAME  other.test.
*.w2               DNAME  other.test.
s                  NS     ns.other.test.
x.s                A      192.0.2.1
t.s                TXT    "below a delegation"
alias              CNAME  other.test.
@                  MX     10 alias
empty              TYPE65280 \\# 0
n                  TYPE46 \\# 23 0001 08 03 0000003c 00000000 00000000 0001 00 010203 00
@                  TYPE48 \\# 8 0100 03 08 01020304
ds                 TYPE43 \\# 36 0001 08 02 ${'01'.repeat(32)}
\\000\\255\\.\\\\\\032  A   192.0.2.1
_a!b               A      192.0.2.1
m                  MX     10 _x.other.test.
zero          0    A      192.0.2.1
null               TYPE10 \\# 3 010203
wks                TYPE11 \\# 6 010203040601
last               TYPE65535 \\# 1 01
svcb               SVCB   0 other.test.
long               TXT    ${Array.from({ length: 60 }, () => `"${'a'.repeat(250)}"`).join(' ')}
`;

function recordsOf(text: string): readonly ResourceRecord[] {
  const content = readRecords(`$TTL 60\n${text}`, { origin });
  return content.kind === 'records' ? content.records : assert.fail(JSON.stringify(content.mistakes));
}

test('BIND, Knot and NSD take what few expect', async (t) => {
  if (!requirePeer(t, ...peers)) return;
  await using followed = await openFollowedZone(makes);
  assert.equal(await followed.update(updateOf(recordsOf(oddRecords))), 0);
  await expectSame(followed, 'after the odd records');
});

/** A secondary that refuses a record refuses the zone, with all that comes later, until the record is gone; so nobody gets it in. */
const refusals: readonly (readonly [records: readonly ResourceRecord[], rcode: number, SecondaryMakeName, string])[] = [
  [recordsOf('*.w NS ns.other.test.'), Rcode.REFUSED, 'bind', 'invalid NS owner name (wildcard)'],
  [recordsOf('d DNAME other.test.\nx.d A 192.0.2.1'), Rcode.REFUSED, 'knot', 'refresh'],
  [recordsOf('d DNAME other.test.\nd NS ns.other.test.'), Rcode.REFUSED, 'knot', 'refresh'],
  [recordsOf('@ DNAME other.test.'), Rcode.REFUSED, 'knot', 'refresh'],
  // A digest of the second kind has 32 octets.
  [[opaque(Type.DS, '000108020101')], Rcode.FORMERR, 'bind', 'failed while receiving responses'],
  [[opaque(Type.TLSA, '030101')], Rcode.FORMERR, 'bind', 'failed while receiving responses'],
  [[opaque(Type.NSEC3, `0100000100 14 ${'01'.repeat(20)} 000140`)], Rcode.REFUSED, 'bind', 'bad owner name'],
  [[opaque(Type.NULL, '')], Rcode.FORMERR, 'knot', 'refresh'],
  [[opaque(Type.LOC, 'ff')], Rcode.FORMERR, 'knot', 'refresh'],
];

function opaque(type: number, hex: string): ResourceRecord {
  const octets = Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
  return { name: origin.prepend('odd'), type, class: Class.IN, ttl: 60, rdata: { kind: 'opaque', octets } };
}

for (const [records, rcode, make, said] of refusals) {
  const { title } = secondaryMakes[make];
  const texts = records.map(({ name, type, rdata }) => `${name.toString()} ${typeName(type)} ${rdataToText(rdata)}`);
  test(`${title} does not take, and an UPDATE does not bring: ${texts.join(', ')}`, async (t) => {
    if (!requirePeer(t, ...secondaryMakes[make].peers)) return;
    const served = serveInMemory(zoneOf(100), tsigKey(testKey));
    const port = await freePort();
    await using server = await openZoneService([served], [], port);
    const zone = origin.toString().slice(0, -1);
    await using secondary = await startSecondary(make, { zone, key: testKey, primaryPort: server.port, port });
    assert.equal(served.perform(updateOf(records)), rcode);
    served.force(records);
    assert.equal(await convergence(secondary, served.zone.serial, 2000), undefined);
    assert.ok(secondary.log().includes(said), secondary.log());
  });
}

test('BIND, Knot and NSD follow updates with data of every type, well formed or nearly so', async (t) => {
  if (!requirePeer(t, ...peers)) return;
  await using followed = await openFollowedZone(makes);
  let accepted = 0;
  for (const [index, { type, octets }] of fc.sample(arbitraryReadableRdata, { numRuns: 600, seed: 3597 }).entries()) {
    const record = { type, class: Class.IN, ttl: 60, rdata: { kind: 'opaque', octets } as const };
    const rcode = await followed.update(updateOf([{ name: origin.prepend(`host-${index % 50}`), ...record }]));
    if (rcode === Rcode.NOERROR) accepted += 1;
    if (index % 100 !== 99) continue;
    const serial = await followed.serial();
    for (const each of followed.secondaries)
      assert.ok((await convergence(each, serial, convergenceTimeoutMs)) !== undefined, `${each.title}:\n${each.log()}`);
  }
  t.diagnostic(`${accepted} were accepted`);
  assert.ok(accepted > 200);
  const { length } = await followed.lines();
  for (const each of followed.secondaries) assert.equal((await linesOfSecondary(each)).length, length, each.title);
});

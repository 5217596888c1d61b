import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';

import * as fc from 'fast-check';

import { readRecords } from '../../src/dns/zonefile/read-zone.ts';
import { arbitraryZoneChange, type ZoneChange } from '../support/arbitrary-zone-change.ts';
import { convergence, type FollowedZone, linesOfSecondary, openFollowedZone } from '../support/followed-zone.ts';
import { type SecondaryMakeName, secondaryMakes } from '../support/nameserver/secondary.ts';
import { requirePeer } from '../support/peers.ts';
import { origin, updateOf } from '../support/transfer-fixture.ts';

/** A soak may ask for more. */
const updateCounts = {
  reliable: numberFrom('DYNDNS_SECONDARY_UPDATES', 10_000),
  lossy: numberFrom('DYNDNS_LOSSY_SECONDARY_UPDATES', 10_000),
};
const comparedEvery = 100;
/** Changes under way at once, so that some are committed together and NOTIFYs overtake transfers. */
const clients = 2;
/** Far beyond what is expected: a secondary that has lost the thread asks again after its refresh time, an hour. */
const convergenceTimeoutMs = 30_000;
const makes = Object.keys(secondaryMakes) as readonly SecondaryMakeName[];
const peers = makes.flatMap((make) => secondaryMakes[make].peers);

function numberFrom(variable: string, usual: number): number {
  const count = Number(process.env[variable] ?? usual);
  assert.ok(Number.isInteger(count) && count > 0, `${variable} wants a whole number above 0`);
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
n                  TYPE47 \\# 6 0161 0000 0140
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

function updateWith(text: string) {
  const content = readRecords(`$TTL 60\n${text}`, { origin });
  return updateOf(content.kind === 'records' ? content.records : assert.fail(JSON.stringify(content.mistakes)));
}

test('BIND, Knot and NSD take what few expect', async (t) => {
  if (!requirePeer(t, ...peers)) return;
  await using followed = await openFollowedZone(makes);
  assert.equal(await followed.update(updateWith(oddRecords)), 0);
  await expectSame(followed, 'after the odd records');
});

/** A secondary that refuses a record refuses the zone, with all that comes later, until the record is gone. */
const refusals: readonly (readonly [string, SecondaryMakeName, string])[] = [
  ['*.w NS ns.other.test.', 'bind', 'invalid NS owner name (wildcard)'],
  ['d DNAME other.test.\nx.d A 192.0.2.1', 'knot', 'refresh'],
  // A digest of the second kind has 32 octets; to us, RDATA of this type is octets.
  ['ds TYPE43 \\# 6 0001 08 02 0101', 'bind', 'failed while receiving responses'],
];

for (const [text, make, said] of refusals) {
  test(`${secondaryMakes[make].title} does not take: ${text.replace('\n', ', ')}`, async (t) => {
    if (!requirePeer(t, ...secondaryMakes[make].peers)) return;
    await using followed = await openFollowedZone([make]);
    const [secondary] = followed.secondaries;
    assert.equal(await followed.update(updateWith(text)), 0);
    assert.equal(await convergence(secondary!, await followed.serial(), 2000), undefined);
    assert.ok(secondary!.log().includes(said), secondary!.log());
  });
}

import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { test, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import * as fc from 'fast-check';

import { Class, Rcode, Type, typeName } from '../../src/dns/codes.ts';
import type { ResourceRecord } from '../../src/dns/message.ts';
import { rdataToText } from '../../src/dns/rdata.ts';
import { arbitraryReadableRdata } from '../support/rdata-arbitraries.ts';
import { readRecords } from '../../src/dns/zonefile/read-zone.ts';
import { arbitraryZoneChange } from '../support/arbitrary-zone-change.ts';
import { convergence, linesOfSecondary, openFollowedZone } from '../support/followed-zone.ts';
import { type SecondaryMakeName, secondaryMakes } from '../support/nameserver/secondary.ts';
import { requirePeer } from '../support/peers.ts';
import { origin, updateOf, zoneOf } from '../support/transfer-fixture.ts';
import { zoneLines } from '../support/zone-fixture.ts';

const updateCount = Math.min(Number(process.env['DYNDNS_SECONDARY_UPDATES'] ?? 1000), 10_000);
const comparedEvery = 100;
/** Far beyond what is expected: a secondary that has lost the thread asks again after its refresh time, an hour. */
const convergenceTimeoutMs = 30_000;
const makes = Object.keys(secondaryMakes) as readonly SecondaryMakeName[];
const peers = makes.flatMap((make) => secondaryMakes[make].peers);

test(`BIND, Knot and NSD follow ${updateCount} updates`, (t) => follow(t, 0));

test(`BIND, Knot and NSD follow ${updateCount} updates while 30 % of the NOTIFYs get lost`, (t) => follow(t, 0.3));

async function follow(t: TestContext, lossRate: number): Promise<void> {
  if (!requirePeer(t, ...peers)) return;
  await using followed = await openFollowedZone(zoneOf(300, 100_000), makes, lossRate);
  const { zone, server, secondaries, notifies } = followed;
  const times = new Map<string, number[]>(secondaries.map(({ title }) => [title, []]));
  const updates = fc.sample(arbitraryZoneChange, { numRuns: updateCount, seed: 1995 });
  for (let begin = 0; begin < updates.length; begin += comparedEvery) {
    for (const update of updates.slice(begin, begin + comparedEvery)) {
      zone.perform(update);
      await delay(randomInt(10));
    }
    const tookMs = await Promise.all(secondaries.map((each) => convergence(each, zone, convergenceTimeoutMs)));
    for (const [index, each] of secondaries.entries()) {
      const took = tookMs[index];
      assert.ok(took !== undefined, `${each.title} has not got ${zone.zone.serial}; it said:\n${each.log()}`);
      times.get(each.title)!.push(took);
      assert.deepEqual(await linesOfSecondary(each, zone), zoneLines(zone.zone), `${each.title} after ${begin}`);
    }
  }
  for (const [title, each] of times) t.diagnostic(`${title}: ${figures(each)}`);
  t.diagnostic(`all: ${figures([...times.values()].flat())}`);
  t.diagnostic(JSON.stringify({ ...server.counts, notifies, serial: zone.zone.serial }));
  // The first one is of the whole zone, and the others are not.
  assert.ok(server.counts.IXFR > server.counts.AXFR);
}

function figures(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms, of ${sorted.length}`;
}

/** What an update may bring that few expect. NSD cannot pass on a record that is longer than 16 KiB. */
const oddRecords = `
*.w                CNAME  other.test.
*.w2               DNAME  other.test.
s                  NS     ns.other.test.
x.s                A      192.0.2.1
t.s                TXT    "below a delegation"
@                  NS     nowhere
alias              CNAME  other.test.
@                  NS     alias
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
  await using followed = await openFollowedZone(zoneOf(100), makes);
  const { zone, secondaries } = followed;
  assert.equal(zone.perform(updateOf(recordsOf(oddRecords))), 0);
  for (const each of secondaries) {
    assert.ok((await convergence(each, zone, convergenceTimeoutMs)) !== undefined, `${each.title}:\n${each.log()}`);
    assert.deepEqual(await linesOfSecondary(each, zone), zoneLines(zone.zone), each.title);
  }
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
    await using followed = await openFollowedZone(zoneOf(100), [make]);
    const { zone, secondaries } = followed;
    const [secondary] = secondaries;
    assert.equal(zone.perform(updateOf(records)), rcode);
    zone.force(records);
    assert.equal(await convergence(secondary!, zone, 2000), undefined);
    assert.ok(secondary!.log().includes(said), secondary!.log());
  });
}

test('BIND, Knot and NSD follow updates with data of every type, well formed or nearly so', async (t) => {
  if (!requirePeer(t, ...peers)) return;
  await using followed = await openFollowedZone(zoneOf(20, 100_000), makes);
  const { zone, secondaries } = followed;
  let accepted = 0;
  for (const [index, { type, octets }] of fc.sample(arbitraryReadableRdata, { numRuns: 600, seed: 3597 }).entries()) {
    const record = { type, class: Class.IN, ttl: 60, rdata: { kind: 'opaque', octets } as const };
    const rcode = zone.perform(updateOf([{ name: origin.prepend(`host-${index % 50}`), ...record }]));
    if (rcode === Rcode.NOERROR) accepted += 1;
    if (index % 100 !== 99) continue;
    for (const each of secondaries)
      assert.ok((await convergence(each, zone, convergenceTimeoutMs)) !== undefined, `${each.title}:\n${each.log()}`);
  }
  t.diagnostic(`${accepted} were accepted`);
  assert.ok(accepted > 200);
  for (const each of secondaries)
    assert.equal((await linesOfSecondary(each, zone)).length, zoneLines(zone.zone).length, each.title);
});

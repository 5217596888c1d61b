import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as fc from 'fast-check';

import { Class, Rcode, rcodeName, Type } from '../../src/dns/codes.ts';
import type { Message } from '../../src/dns/message.ts';
import type { Zone } from '../../src/zone/zone.ts';
import { type UpdateDifference, updateDifferences } from '../support/bind-update-differences.ts';
import { makes, type NameserverUnderTest, startNameserver } from '../support/nameserver/primary-server.ts';
import { requirePeer } from '../support/peers.ts';
import { openSignedSender, type SignedSender } from '../support/signed-update.ts';
import { arbitraryUpdateMessage, firstRecords, firstSerial, origin, update } from '../support/update-arbitraries.ts';
import { judge, makeZone, perform, zoneLines } from '../support/zone-fixture.ts';

const zoneName = 'upd.example.test';
const messageCount = 10_000;
/** The same ones each time: what BIND does otherwise is to be found when somebody looks for it, and not by chance. */
const seed = 2136;
const comparedEvery = 10;

const apex = [
  `@ IN SOA ns1.other.test. hostmaster.other.test. ${firstSerial} 3600 600 1209600 60`,
  '@ IN NS ns1.other.test.',
];

interface Pair extends AsyncDisposable {
  readonly nameserver: NameserverUnderTest;
  readonly sender: SignedSender;
  readonly zone: Zone;
}

/** A zone on BIND and one of ours with the same content. */
async function openPair(): Promise<Pair> {
  const nameserver = await startNameserver('bind', { zones: [{ name: zoneName, records: apex }] });
  const sender = await openSignedSender(nameserver.port, nameserver.key(zoneName));
  const zone = makeZone(origin, firstRecords);
  const dispose = async () => {
    await sender[Symbol.asyncDispose]();
    await nameserver[Symbol.asyncDispose]();
  };
  return { nameserver, sender, zone, [Symbol.asyncDispose]: dispose };
}

/** The zone as a transfer has it, in the form of `zoneLines`. The SOA record comes twice. */
async function bindLines(nameserver: NameserverUnderTest): Promise<string[]> {
  const { answers } = await nameserver.query(zoneName, 'AXFR', { key: nameserver.key(zoneName), tcp: true });
  const lines = answers.map(({ name, ttlSeconds, type, value }) => {
    const shown = type.startsWith('TYPE') ? value.toLowerCase() : value;
    return `${name.toLowerCase()} ${ttlSeconds} ${type} ${shown}`;
  });
  return [...new Set(lines)].sort();
}

/** What the parts of a message would be refused for, each by itself: of several faults each server tells one. */
function faultsOf(zone: Zone, message: Message): ReadonlySet<number> {
  const { questions, answers, authorities } = message;
  const parts = [
    update(questions, [], []),
    update(questions, answers, []),
    ...answers.map((record) => update(questions, [record], [])),
    ...authorities.map((record) => update(questions, [], [record])),
  ];
  return new Set(parts.map((part) => judge(zone, part).rcode).filter((rcode) => rcode !== Rcode.NOERROR));
}

test(`BIND: ${messageCount} random updates have the same rcode, and lead to the same zone`, async (t) => {
  if (!requirePeer(t, ...makes.bind.peers)) return;
  await using pair = await openPair();
  const { nameserver, sender, zone } = pair;
  const tally = { NOERROR: 0, refused: 0, 'another of several faults': 0, 'known to differ': 0 };
  const messages = fc.sample(arbitraryUpdateMessage(30), { numRuns: messageCount, seed });
  for (const [index, message] of messages.entries()) {
    // BIND's own view of class CH limits the rate of its answers.
    const isChaos = message.questions.some((zoneRecord) => zoneRecord.class === Class.CH);
    if (isChaos || updateDifferences.some(({ concerns }) => concerns?.(message, zone.serial))) {
      tally['known to differ'] += 1;
      continue;
    }
    const faults = faultsOf(zone, message);
    const ours = perform(zone, message);
    const theirs = (await sender.send({ ...message, id: index })).rcode;
    if (ours === theirs) tally[ours === Rcode.NOERROR ? 'NOERROR' : 'refused'] += 1;
    else {
      const said = `${rcodeName(ours)}, and BIND says ${rcodeName(theirs)}`;
      assert.ok(faults.has(ours) && faults.has(theirs), `message ${index} is ${said}`);
      tally['another of several faults'] += 1;
    }
    if (index % comparedEvery === 0 || index === messageCount - 1)
      assert.deepEqual(await bindLines(nameserver), zoneLines(zone), `after message ${index}`);
  }
  t.diagnostic(JSON.stringify(tally));
  assert.ok(tally.NOERROR > messageCount / 5 && tally.refused > messageCount / 10, JSON.stringify(tally));
});

test('BIND: a zone of class CH is NOTIMP to both', async (t) => {
  if (!requirePeer(t, ...makes.bind.peers)) return;
  await using pair = await openPair();
  const message = update([{ name: origin, type: Type.SOA, class: Class.CH }], [], []);
  assert.equal(judge(pair.zone, message).rcode, Rcode.NOTIMP);
  assert.equal((await pair.sender.send(message)).rcode, Rcode.NOTIMP);
});

test('BIND: where it is known to differ, it does', async (t) => {
  if (!requirePeer(t, ...makes.bind.peers)) return;
  await using pair = await openPair();
  for (const difference of updateDifferences)
    await t.test(`${difference.title}: ${difference.why}`, () => showDifference(pair, difference));
});

async function showDifference({ nameserver, sender, zone }: Pair, difference: UpdateDifference): Promise<void> {
  const { messages, ours, bind } = difference;
  let outcomes = { ours: { rcode: -1, changes: false }, bind: { rcode: -1, changes: false } };
  const count = messages(zone.serial).length;
  for (let index = 0; index < count; index += 1) {
    const ourLines = zoneLines(zone);
    const theirLines = await bindLines(nameserver);
    const ourRcode = perform(zone, messages(zone.serial)[index]!);
    const theirMessage = messages(await nameserver.serial(zoneName))[index]!;
    const theirRcode = (await sender.send(theirMessage)).rcode;
    const isChanged = (before: readonly string[], after: readonly string[]) => before.join('\n') !== after.join('\n');
    outcomes = {
      ours: { rcode: ourRcode, changes: isChanged(ourLines, zoneLines(zone)) },
      bind: { rcode: theirRcode, changes: isChanged(theirLines, await bindLines(nameserver)) },
    };
  }
  assert.deepEqual(outcomes, { ours, bind });
}

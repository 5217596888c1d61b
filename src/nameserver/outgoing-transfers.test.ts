import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  additionOf,
  axfrQuery,
  ixfrQuery,
  origin,
  recordLine,
  tsigKey,
  zoneOf,
} from '../../test/support/transfer-fixture.ts';
import { makeTestKey } from '../../test/support/test-key.ts';
import { MemoryServedZones, serveInMemory } from '../../test/support/served-zones.ts';
import { perform, zoneLines } from '../../test/support/zone-fixture.ts';
import { Class, Rcode, Type } from '../dns/codes.ts';
import { decodeMessage, encodeMessage, makeQuery, type Message } from '../dns/message.ts';
import { Name } from '../dns/name.ts';
import { signRequest, type TsigKey } from '../dns/tsig.ts';
import { ResponseStreamVerifier } from '../dns/tsig-stream.ts';
import type { Zone } from '../zone/zone.ts';
import { OutgoingTransfers, type TransferQuery } from './outgoing-transfers.ts';
import type { TransferLimits } from './transfer-places.ts';

const now = 1_700_000_000;
const key = tsigKey(makeTestKey('xfr-key.', 'hmac-sha256'));
const friend = '192.0.2.53';

function transfersOf(zone: Zone, limits?: TransferLimits): OutgoingTransfers {
  const settings = { mayTransferTo: (_: unknown, address: string) => address === friend, unixSeconds: () => now };
  return new OutgoingTransfers(new MemoryServedZones([serveInMemory(zone, key)]), {
    ...settings,
    ...(limits === undefined ? {} : { limits }),
  });
}

function unsigned(message: Message, clientAddress = friend): TransferQuery {
  return { message, signedBy: undefined, edns: undefined, clientAddress };
}

async function collect(messages: AsyncIterable<Uint8Array>): Promise<Message[]> {
  const decoded: Message[] = [];
  for await (const wire of messages) decoded.push(decodeMessage(wire));
  return decoded;
}

async function linesOf(zone: Zone, query: Message): Promise<string[]> {
  const messages = await collect(transfersOf(zone).answer(unsigned(query)));
  return messages.flatMap(({ answers }) => answers).map(recordLine);
}

async function rcodeOf(query: TransferQuery): Promise<number> {
  const messages = await collect(transfersOf(zoneOf(1)).answer(query));
  assert.equal(messages.length, 1);
  assert.equal(messages[0]!.answers.length === 0, messages[0]!.rcode !== Rcode.NOERROR);
  return messages[0]!.rcode;
}

/** What a secondary makes of an incremental answer (RFC 1995 §4). */
function replay(before: readonly string[], answer: readonly string[]): string[] {
  const held = new Set(before);
  let isAdding = true;
  for (const line of answer.slice(1, -1)) {
    if (/ SOA /.test(line)) isAdding = !isAdding;
    if (isAdding) held.add(line);
    else assert.ok(held.delete(line), `${line} is removed and was not there`);
  }
  assert.equal(answer[0], answer.at(-1));
  return [...held].sort();
}

test('who may have the zone: a key that the zone knows, or an address', async () => {
  const signedBy = (other: TsigKey) => ({ key: other, mac: signRequest(encodeMessage(axfrQuery()), other, now).mac });
  const stranger = { ...key, name: Name.parse('stranger.') };
  const query = { message: axfrQuery(), edns: undefined };
  assert.equal(await rcodeOf({ ...query, signedBy: signedBy(key), clientAddress: '203.0.113.1' }), Rcode.NOERROR);
  assert.equal(await rcodeOf({ ...query, signedBy: undefined, clientAddress: friend }), Rcode.NOERROR);
  assert.equal(await rcodeOf({ ...query, signedBy: signedBy(stranger), clientAddress: friend }), Rcode.NOERROR);
  assert.equal(await rcodeOf({ ...query, signedBy: signedBy(stranger), clientAddress: '203.0.113.1' }), Rcode.REFUSED);
  assert.equal(await rcodeOf({ ...query, signedBy: undefined, clientAddress: '203.0.113.1' }), Rcode.REFUSED);
});

test('what is no zone of ours is NOTAUTH (RFC 5936 §2.2.1), names below and above it too', async () => {
  for (const name of ['other.test.', `sub.${origin.toString()}`, 'example.test.'])
    assert.equal(await rcodeOf(unsigned(makeQuery({ id: 1, name: Name.parse(name), type: Type.AXFR }))), Rcode.NOTAUTH);
  const [question] = axfrQuery().questions;
  assert.equal(
    await rcodeOf(unsigned({ ...axfrQuery(), questions: [{ ...question!, class: Class.CH }] })),
    Rcode.NOTAUTH,
  );
});

test('a query that is not well formed is FORMERR', async () => {
  const [question] = axfrQuery().questions;
  const [soa] = ixfrQuery(1).authorities;
  for (const message of [
    { ...axfrQuery(), questions: [question!, question!] },
    { ...ixfrQuery(1), authorities: [] },
    { ...ixfrQuery(1), authorities: [soa!, soa!] },
    { ...ixfrQuery(1), authorities: [{ ...soa!, name: Name.parse('other.test.') }] },
  ])
    assert.equal(await rcodeOf(unsigned(message)), Rcode.FORMERR);
});

test('every message is signed, errors too, if the query is', async () => {
  for (const [zone, query] of [
    [zoneOf(5000), axfrQuery()],
    [zoneOf(1), makeQuery({ id: 1, name: Name.parse('other.test.'), type: Type.AXFR })],
  ] as const) {
    const { mac } = signRequest(encodeMessage(query), key, now);
    const verifier = new ResponseStreamVerifier(key, mac);
    const request = { message: query, signedBy: { key, mac }, edns: undefined, clientAddress: '203.0.113.1' };
    for await (const wire of transfersOf(zone).answer(request)) assert.equal(verifier.take(wire, now).kind, 'verified');
    assert.equal(verifier.isPending, false);
  }
});

test('IXFR brings what has changed, oldest first (RFC 1995 §4)', async () => {
  const zone = zoneOf(50);
  const versions = new Map([[zone.serial, zoneLines(zone)]]);
  for (let n = 0; n < 10; n += 1) {
    perform(
      zone,
      additionOf(`host-${n % 3}.${origin.toString()} A 198.51.100.${n}`, `new-${n}.${origin.toString()} TXT x`),
    );
    versions.set(zone.serial, zoneLines(zone));
  }
  for (const [serial, lines] of versions) {
    if (serial === zone.serial) continue;
    const answer = await linesOf(zone, ixfrQuery(serial));
    assert.match(answer[1]!, new RegExp(` SOA \\S+ \\S+ ${serial} `));
    assert.deepEqual(replay(lines, answer), zoneLines(zone), `since ${serial}`);
  }
});

test('who has this version, or a later one, gets the SOA record alone (RFC 1995 §2)', async () => {
  const zone = zoneOf(5);
  perform(zone, additionOf(`new.${origin.toString()} TXT x`));
  for (const serial of [2, 3, 2 ** 31]) {
    const answer = await linesOf(zone, ixfrQuery(serial));
    assert.equal(answer.length, 1, `${serial}`);
    assert.match(answer[0]!, / SOA \S+ \S+ 2 /);
  }
});

test('IXFR brings the whole zone where the journal does not reach, and where the zone is shorter', async () => {
  const isWhole = async (zone: Zone, serial: number) => {
    const answer = await linesOf(zone, ixfrQuery(serial));
    return answer.length > 1 && answer.slice(0, -1).sort().join() === zoneLines(zone).join();
  };
  const zone = zoneOf(50, 20);
  for (let n = 0; n < 10; n += 1) perform(zone, additionOf(`new-${n}.${origin.toString()} TXT x`));
  assert.ok(await isWhole(zone, 2 ** 32 - 5), 'a serial that never was');
  assert.ok(await isWhole(zone, 2), 'out of reach');
  assert.ok(!(await isWhole(zone, 8)), 'within reach');
  const small = zoneOf(2);
  for (let n = 0; n < 10; n += 1) perform(small, additionOf(`host-0.${origin.toString()} TXT ${n}`));
  assert.ok(await isWhole(small, 1), 'the differences are longer');
  assert.ok(!(await isWhole(small, 10)), 'one difference is shorter');
});

test('between two messages everybody else has their turn, however fast the client is', async () => {
  let turns = 0;
  let next: NodeJS.Immediate | undefined;
  const takeTurn = () => {
    turns += 1;
    next = setImmediate(takeTurn);
  };
  takeTurn();
  const messages = await collect(transfersOf(zoneOf(10_000)).answer(unsigned(axfrQuery())));
  clearImmediate(next);
  assert.ok(messages.length > 10 && turns >= messages.length, `${turns} turns, ${messages.length} messages`);
});

/** Place for one. */
const one = { maxConcurrent: 1, maxPerClient: 1 };

test('nobody has all places', async () => {
  const transfers = transfersOf(zoneOf(5000), { maxConcurrent: 3, maxPerClient: 2, maxWaiting: 8, maxWaitMs: 60_000 });
  const begin = (clientAddress: string) => {
    const { mac } = signRequest(encodeMessage(axfrQuery()), key, now);
    const messages = transfers.answer({ message: axfrQuery(), signedBy: { key, mac }, edns: undefined, clientAddress });
    return { messages, first: messages.next() };
  };
  const greedy = [1, 2, 3].map(() => begin('192.0.2.1'));
  await Promise.all([greedy[0]!.first, greedy[1]!.first]);
  assert.equal(transfers.underWay, 2);
  const other = begin('192.0.2.2');
  await other.first;
  assert.equal(transfers.underWay, 3);
  const later = begin('192.0.2.3');
  await other.messages.return();
  await later.first;
  assert.ok(transfers.areWaitedFor, 'the third of the greedy one has been passed over');
  await greedy[0]!.messages.return();
  await greedy[2]!.first;
  for (const { messages } of [greedy[1]!, greedy[2]!, later]) await messages.return();
  assert.equal(transfers.underWay, 0);
});

test('whoever is gone does not stand in line', async () => {
  const transfers = transfersOf(zoneOf(5000), { ...one, maxWaiting: 1, maxWaitMs: 60_000 });
  const running = transfers.answer(unsigned(axfrQuery()));
  await running.next();
  const going = new AbortController();
  const gone = transfers.answer(unsigned(axfrQuery()), going.signal).next();
  assert.ok(transfers.areWaitedFor);
  going.abort();
  await gone;
  assert.ok(!transfers.areWaitedFor);
  await running.return();
  assert.equal(transfers.underWay, 0);
});

test('what one message holds waits for no place', async () => {
  const zone = zoneOf(5000);
  const transfers = transfersOf(zone, { ...one, maxWaiting: 0, maxWaitMs: 1 });
  const running = transfers.answer(unsigned(axfrQuery()));
  await running.next();
  const { serial } = zone;
  perform(zone, additionOf(`new.${origin.toString()} TXT x`));
  for (const query of [ixfrQuery(serial), ixfrQuery(zone.serial)]) {
    const [only, ...others] = await collect(transfers.answer(unsigned(query)));
    assert.deepEqual([only?.rcode, others.length], [Rcode.NOERROR, 0]);
  }
  await running.return();
});

test('transfers wait for a place, in bounds, and then are refused', async () => {
  const transfers = transfersOf(zoneOf(5000), { maxConcurrent: 2, maxPerClient: 2, maxWaiting: 1, maxWaitMs: 50 });
  const begin = async () => {
    const messages = transfers.answer(unsigned(axfrQuery()));
    const first = await messages.next();
    return { messages, rcode: decodeMessage(first.value as Uint8Array).rcode };
  };
  const running = [await begin(), await begin()] as const;
  const waiting = begin();
  assert.equal((await begin()).rcode, Rcode.REFUSED, 'too many wait');
  await running[0].messages.return();
  assert.equal((await waiting).rcode, Rcode.NOERROR, 'its turn came');
  assert.equal((await begin()).rcode, Rcode.REFUSED, 'its turn did not come in time');
  assert.equal(transfers.underWay, 2);
  await (await waiting).messages.return();
  await running[1].messages.return();
  assert.equal(transfers.underWay, 0);
});

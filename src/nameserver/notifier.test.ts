import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import { makeTestKey } from '../../test/support/test-key.ts';
import { additionOf, origin, tsigKey, zoneOf } from '../../test/support/transfer-fixture.ts';
import { serveInMemory } from '../../test/support/served-zones.ts';
import { Opcode, Rcode, Type } from '../dns/codes.ts';
import { decodeMessage, encodeMessage, type Message } from '../dns/message.ts';
import { Name } from '../dns/name.ts';
import { signResponse, verifyRequest } from '../dns/tsig.ts';
import type { ReceiveDatagram } from './datagram-channel.ts';
import { type NotifyComplaint, Notifier, type Secondary } from './notifier.ts';

const now = 1_700_000_000;
const key = tsigKey(makeTestKey('notify-key', 'hmac-sha256'));

interface Sent {
  readonly wire: Uint8Array;
  readonly address: string;
  readonly port: number;
}

/** A notifier of one zone whose datagrams go nowhere and whose time stands still until the test turns it. */
function open(t: TestContext, ...secondaries: readonly Secondary[]) {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 0 });
  const zone = serveInMemory(zoneOf(1), key);
  const sent: Sent[] = [];
  const complaints: NotifyComplaint[] = [];
  let receive: ReceiveDatagram = () => {};
  let id = 0;
  const notifier = new Notifier([zone], {
    secondariesOf: () => secondaries,
    openChannel: (take) => {
      receive = take;
      const send = (wire: Uint8Array, address: string, port: number) => void sent.push({ wire, address, port });
      return { send, [Symbol.asyncDispose]: () => Promise.resolve() };
    },
    randomId: () => (id += 1),
    unixSeconds: () => now,
    monotonicMs: () => Date.now(),
    complain: (complaint) => complaints.push(complaint),
  });
  const change = () => void zone.perform(additionOf(`n${sent.length}-${Date.now()}.${origin.toString()} TXT x`));
  const answer = (wire: Uint8Array, from: Partial<Sent> = {}) =>
    receive(wire, from.address ?? secondaries[0]!.address, from.port ?? secondaries[0]!.port);
  return { notifier, zone, sent, complaints, change, answer, tick: (ms: number) => t.mock.timers.tick(ms) };
}

function response(wire: Uint8Array, changes: Partial<Message> = {}): Uint8Array {
  return encodeMessage({ ...plain(wire), qr: true, answers: [], ...changes });
}

function plain(wire: Uint8Array): Message {
  const verdict = verifyRequest(wire, () => key, now);
  assert.ok(verdict.kind === 'verified' || verdict.kind === 'unsigned', verdict.kind);
  return verdict.message;
}

function signedResponse(wire: Uint8Array): Uint8Array {
  const verdict = verifyRequest(wire, () => key, now);
  assert.ok(verdict.kind === 'verified');
  return signResponse(response(wire), key, verdict.mac, now).wire;
}

const unsigned: Secondary = { address: '192.0.2.1', port: 53, key: undefined };
const signed: Secondary = { address: '2001:db8::1', port: 5300, key };

test('a NOTIFY has the zone as its question and the SOA record as a hint (RFC 1996 §3.7)', async (t) => {
  const { notifier, zone, sent } = open(t, unsigned);
  await using _ = notifier;
  const [first] = sent;
  assert.deepEqual([first!.address, first!.port], ['192.0.2.1', 53]);
  const { opcode, aa, qr, questions, answers } = decodeMessage(first!.wire);
  assert.deepEqual({ opcode, aa, qr }, { opcode: Opcode.NOTIFY, aa: true, qr: false });
  assert.deepEqual(questions, [{ name: origin, type: Type.SOA, class: 1 }]);
  const [soa] = answers;
  assert.ok(soa?.rdata.kind === 'SOA' && soa.rdata.serial === zone.zone.serial);
});

test('at the start, and after a change, until it is answered', async (t) => {
  const { notifier, sent, change, answer, tick } = open(t, unsigned);
  await using _ = notifier;
  answer(response(sent[0]!.wire));
  tick(300_000);
  assert.equal(sent.length, 1);
  change();
  assert.equal(sent.length, 2);
  tick(150);
  tick(150);
  assert.equal(sent.length, 4);
  // One of those before tells as much.
  answer(response(sent[2]!.wire));
  tick(300_000);
  assert.equal(sent.length, 4);
});

test('an answer to an older serial does not end the telling of the newer one', async (t) => {
  const { notifier, sent, change, answer, tick } = open(t, unsigned);
  await using _ = notifier;
  change();
  answer(response(sent[0]!.wire));
  tick(100);
  assert.equal(sent.length, 2);
  answer(response(sent[1]!.wire));
  tick(300_000);
  assert.equal(sent.length, 2);
});

test('an answer has to come from the secondary, with the ID and the question (RFC 1996 §3.6)', async (t) => {
  const { notifier, sent, answer, tick } = open(t, unsigned);
  await using _ = notifier;
  const { wire } = sent[0]!;
  answer(response(wire), { port: 54 });
  answer(response(wire), { address: '192.0.2.2' });
  answer(response(wire, { id: 99 }));
  answer(response(wire, { qr: false }));
  answer(response(wire, { opcode: Opcode.QUERY }));
  answer(response(wire, { questions: [{ name: Name.parse('other.test'), type: Type.SOA, class: 1 }] }));
  answer(new Uint8Array(0));
  answer(wire.subarray(0, 20));
  tick(150);
  assert.equal(sent.length, 2);
});

test('with a key it is signed, and only a signed answer counts', async (t) => {
  const { notifier, sent, complaints, answer, tick } = open(t, signed);
  await using _ = notifier;
  const damaged = signedResponse(sent[0]!.wire);
  damaged[damaged.length - 20]! ^= 1;
  answer(damaged);
  answer(response(sent[0]!.wire, { rcode: Rcode.NOTAUTH }));
  tick(150);
  assert.equal(sent.length, 2);
  assert.deepEqual(
    complaints.map(({ reason }) => reason),
    ['it answers NOTAUTH, and does not sign'],
  );
  answer(signedResponse(sent[1]!.wire), { address: '2001:DB8:0::1' });
  tick(300_000);
  assert.equal(sent.length, 2);
});

test('a secondary that refuses has answered (RFC 1996 §4.8), and is complained of once', async (t) => {
  const { notifier, sent, complaints, change, answer, tick } = open(t, unsigned);
  await using _ = notifier;
  answer(response(sent[0]!.wire, { rcode: Rcode.REFUSED }));
  tick(200);
  change();
  answer(response(sent[1]!.wire, { rcode: Rcode.REFUSED }));
  tick(300_000);
  assert.equal(sent.length, 2);
  assert.deepEqual(
    complaints.map(({ reason }) => reason),
    ['it answers REFUSED'],
  );
});

test('each secondary has its own turn; the start is spread', async (t) => {
  const { notifier, sent, change, tick } = open(t, unsigned, signed);
  await using _ = notifier;
  assert.equal(sent.length, 1);
  tick(50);
  assert.deepEqual(
    sent.map(({ port }) => port),
    [53, 5300],
  );
  tick(1000);
  const before = sent.length;
  change();
  tick(1000);
  assert.ok(sent.length > before + 1);
});

test('when it ends, nothing more is sent', async (t) => {
  const { notifier, sent, change, tick } = open(t, unsigned);
  await notifier[Symbol.asyncDispose]();
  change();
  tick(300_000);
  assert.equal(sent.length, 1);
});

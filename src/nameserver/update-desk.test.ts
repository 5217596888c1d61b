import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { nowSeconds, question, requestFacts } from '../../test/support/ask.ts';
import { parseRecordLines } from '../../test/support/record-lines.ts';
import { MemoryServedZone, MemoryServedZones } from '../../test/support/served-zones.ts';
import { Class, Opcode, rcodeName, Type } from '../dns/codes.ts';
import { decodeMessage, encodeMessage, makeQuery } from '../dns/message.ts';
import { Name } from '../dns/name.ts';
import { signRequest, type TsigKey, verifyResponse } from '../dns/tsig.ts';
import { encodeUpdate, type UpdateMessage } from '../dns/update.ts';
import type { RememberedUpdate } from './replay-memory.ts';
import { Responder } from './respond.ts';
import { UpdateDesk, type UpdateReport } from './update-desk.ts';

const key: TsigKey = { name: Name.parse('k.'), algorithm: 'hmac-sha256', secret: new Uint8Array(32).fill(7) };
const origin = Name.parse('example.');
const update = (last: number, zone = origin): UpdateMessage => ({
  id: 77,
  zone,
  zoneClass: Class.IN,
  prerequisites: [],
  operations: [
    {
      kind: 'add',
      name: zone.prepend('www'),
      type: Type.A,
      ttl: 60,
      rdata: { kind: 'A', address: Uint8Array.of(192, 0, 2, last) },
    },
  ],
});

const otherKey: TsigKey = { ...key, name: Name.parse('other.') };

function withNaptr(expression: string): UpdateMessage {
  const text = Buffer.from(expression, 'latin1');
  const octets = Uint8Array.of(0, 1, 0, 2, 0, 0, text.length, ...text, 0);
  const operation = { kind: 'add', name: origin.prepend('www'), type: Type.NAPTR, ttl: 60 } as const;
  return { ...update(1), operations: [{ ...operation, rdata: { kind: 'opaque', octets } }] };
}

interface DeskSettings {
  readonly commit?: () => Promise<void>;
  readonly placedKeys?: readonly TsigKey[];
  readonly maxUnderWay?: number;
  readonly remembered?: readonly RememberedUpdate[];
}

function makeDesk({ commit, placedKeys = [], maxUnderWay = 10, remembered = [] }: DeskSettings = {}) {
  const records = parseRecordLines(['example. SOA 1', 'example. NS ns.test.']);
  const served = new MemoryServedZone({ origin, records, keys: [key], placedKeys, ...(commit ? { commit } : {}) });
  const zones = new MemoryServedZones([served], [otherKey]);
  const reports: UpdateReport[] = [];
  const mistakes: (readonly [request: Uint8Array, mistake: unknown])[] = [];
  const desk = new UpdateDesk({
    zones,
    unixSeconds: () => nowSeconds,
    maxUnderWay,
    maxRemembered: 100,
    remembered,
    report: (report) => reports.push(report),
    mistaken: (request, mistake) => mistakes.push([request, mistake]),
  });
  const responder = new Responder(zones, undefined, 1232);
  const send = async (wire: Uint8Array, transport: 'udp' | 'tcp' = 'udp'): Promise<Uint8Array> => {
    const reaction = responder.respond(wire, requestFacts(transport));
    assert.ok(reaction.kind === 'update', `it was ${reaction.kind}`);
    return await desk.receive(reaction, wire);
  };
  return { served, send, reports, mistakes };
}

const signed = (message: UpdateMessage, signer = key) => signRequest(encodeUpdate(message), signer, nowSeconds);

describe('an UPDATE', () => {
  test('that is signed is done, and its answer is signed', async () => {
    const { served, send, reports } = makeDesk();
    const request = signed(update(1));
    const verdict = verifyResponse(await send(request.wire), key, request.mac, nowSeconds);
    assert.ok(verdict.kind === 'verified');
    assert.deepEqual([verdict.message.id, rcodeName(verdict.message.rcode)], [77, 'NOERROR']);
    assert.equal(served.zone.serial, 2);
    assert.deepEqual(reports, [{ zone: 'example.', keyName: 'k.', rcode: 0, reason: undefined }]);
    const { remember } = served.submissions[0]!;
    assert.deepEqual([remember?.mac, remember?.timeSignedSeconds], [request.mac, nowSeconds]);
    const remembered = verifyResponse(remember!.answer(0), key, request.mac, nowSeconds);
    assert.equal(remembered.kind, 'verified');
  });

  test('that is not signed is REFUSED, for another zone NOTAUTH, and of a wrong form FORMERR', async () => {
    const { served, send } = makeDesk();
    const rcode = async (wire: Uint8Array) => rcodeName(decodeMessage(await send(wire)).rcode);
    assert.equal(await rcode(encodeUpdate(update(1))), 'REFUSED');
    assert.equal(await rcode(encodeUpdate(update(1, Name.parse('other.')))), 'NOTAUTH');
    assert.equal(await rcode(encodeUpdate({ ...update(1), zone: Name.parse('other.') })), 'NOTAUTH');
    assert.equal(await rcode(encodeUpdate(update(1, Name.parse('below.example.')))), 'NOTAUTH');
    const outside = { ...update(1, Name.parse('o.')), zone: origin };
    assert.equal(await rcode(encodeUpdate(outside)), 'REFUSED');
    assert.equal(await rcode(signed(outside).wire), 'NOTZONE');
    const query = { ...makeQuery({ id: 1, name: origin, type: Type.SOA }), opcode: Opcode.UPDATE };
    assert.equal(await rcode(encodeMessage({ ...query, questions: [] })), 'FORMERR');
    assert.equal(await rcode(encodeMessage({ ...query, questions: [question('example.', Type.A)] })), 'FORMERR');
    assert.equal(served.submissions.length, 0);
  });

  test('with RDATA that is not of its type is looked into only where the requester may update', async () => {
    const { send, reports } = makeDesk();
    const malformed = withNaptr('!(?:a)!x!');
    assert.equal(rcodeName(decodeMessage(await send(encodeUpdate(malformed))).rcode), 'REFUSED');
    assert.equal(rcodeName(decodeMessage(await send(signed(malformed, otherKey).wire)).rcode), 'REFUSED');
    assert.equal(rcodeName(decodeMessage(await send(signed(malformed).wire)).rcode), 'FORMERR');
    assert.deepEqual(
      reports.map(({ reason }) => reason?.slice(0, 40)),
      [
        'The request is not signed',
        'The key other. is not for updates of thi',
        'The change www.example. IN NAPTR has RDA',
      ],
    );
  });

  test('with an expression that would take for ever to run is answered in an instant, signed or not', async () => {
    const { send } = makeDesk();
    const endless = withNaptr('!(?:|a){60}\\b!x!');
    const start = performance.now();
    assert.equal(rcodeName(decodeMessage(await send(encodeUpdate(endless))).rcode), 'REFUSED');
    assert.equal(rcodeName(decodeMessage(await send(signed(endless).wire)).rcode), 'FORMERR');
    assert.ok(performance.now() - start < 2_000);
  });

  test('with a key that is good from some addresses alone counts over TCP, where no address is forged', async () => {
    const { served, send, reports } = makeDesk({ placedKeys: [key] });
    const request = signed(update(1));
    const verdict = verifyResponse(await send(request.wire), key, request.mac, nowSeconds);
    assert.ok(verdict.kind === 'verified');
    const { rcode, tc, questions } = verdict.message;
    assert.deepEqual([rcodeName(rcode), tc, questions.length], ['REFUSED', true, 1]);
    assert.equal(served.submissions.length, 0);
    assert.match(reports[0]?.reason ?? '', /^The key k\. is good from some networks alone, .* it counts over TCP$/);
    // The very same message may come again: it was not taken for done.
    const over = decodeMessage(await send(request.wire, 'tcp'));
    assert.deepEqual([rcodeName(over.rcode), over.tc], ['NOERROR', false]);
    assert.equal(served.zone.serial, 2);
  });

  test('that our own code fails on is SERVFAIL, signed, and may come again', async () => {
    let fails = true;
    const mistake = new Error('a slip');
    const { served, send, mistakes } = makeDesk({
      commit: async () => {
        if (fails) throw mistake;
      },
      maxUnderWay: 1,
    });
    const request = signed(update(1));
    const verdict = verifyResponse(await send(request.wire), key, request.mac, nowSeconds);
    assert.ok(verdict.kind === 'verified');
    assert.equal(rcodeName(verdict.message.rcode), 'SERVFAIL');
    assert.deepEqual(mistakes, [[request.wire, mistake]]);
    fails = false;
    assert.equal(rcodeName(decodeMessage(await send(request.wire)).rcode), 'NOERROR');
    assert.equal(served.zone.serial, 2);
  });

  test('beyond those that may be under way is SERVFAIL', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { send } = makeDesk({ commit: () => promise, maxUnderWay: 1 });
    const first = send(signed(update(1)).wire);
    assert.equal(rcodeName(decodeMessage(await send(signed(update(2)).wire)).rcode), 'SERVFAIL');
    resolve();
    assert.equal(rcodeName(decodeMessage(await first).rcode), 'NOERROR');
  });
});

describe('a replay', () => {
  test('gets the same octets, and is not done again', async () => {
    const { served, send } = makeDesk();
    const add = signed(update(1));
    const first = await send(add.wire);
    await send(signed({ ...update(1), operations: [{ kind: 'delete-name', name: origin.prepend('www') }] }).wire);
    assert.deepEqual(await send(add.wire), first);
    assert.equal(served.submissions.length, 2);
    assert.equal(served.zone.serial, 3);
  });

  test('waits for the one that is under way', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { served, send } = makeDesk({ commit: () => promise });
    const { wire } = signed(update(1));
    const answers = [send(wire), send(wire), send(wire)];
    resolve();
    const [first, ...others] = await Promise.all(answers);
    for (const other of others) assert.deepEqual(other, first);
    assert.equal(served.submissions.length, 1);
  });

  test('of what was done before a start gets what the store remembers', async () => {
    const request = signed(update(1));
    const answer = Uint8Array.of(1, 2, 3);
    const remembered = [{ keyName: key.name.wire, mac: request.mac, timeSigned: nowSeconds, answer }];
    const { served, send } = makeDesk({ remembered });
    assert.deepEqual(await send(request.wire), answer);
    assert.equal(served.submissions.length, 0);
  });
});

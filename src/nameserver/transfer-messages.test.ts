import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as fc from 'fast-check';

import { axfrQuery, origin, recordLine, updateOf, zoneOf } from '../../test/support/transfer-fixture.ts';
import { arbitraryUpdateMessage, firstRecords, origin as updateOrigin } from '../../test/support/update-arbitraries.ts';
import { makeZone, perform, zoneLines } from '../../test/support/zone-fixture.ts';
import { Class, Rcode, Type } from '../dns/codes.ts';
import { decodeMessage, type Message } from '../dns/message.ts';
import type { Zone } from '../zone/zone.ts';
import { wholeZone } from './transfer-content.ts';
import { transferMessages } from './transfer-messages.ts';

const edns = { udpPayloadSize: 1232, version: 0, dnssecOk: false, extendedRcode: 0, options: [] };

function messages(zone: Zone, query: Message = axfrQuery(), withEdns = false): Message[] {
  const head = { query, edns: withEdns ? edns : undefined };
  return [...transferMessages(head, wholeZone(zone))].map(decodeMessage);
}

const linesOf = (all: readonly Message[]) => all.flatMap(({ answers }) => answers).map(recordLine);

test('a zone of any content comes whole, between two copies of its SOA record (RFC 5936 §2.2)', () => {
  fc.assert(
    fc.property(fc.array(arbitraryUpdateMessage(1000), { maxLength: 30 }), (updates) => {
      const zone = makeZone(updateOrigin, firstRecords);
      for (const update of updates) perform(zone, update);
      const lines = linesOf(messages(zone));
      assert.match(lines[0]!, / SOA /);
      assert.equal(lines.at(-1), lines[0]);
      assert.deepEqual(lines.slice(0, -1).sort(), zoneLines(zone));
    }),
    { numRuns: 300 },
  );
});

test('a message is filled up to 16 KiB; header and sections are those of a transfer (RFC 5936 §2.2.1–5)', () => {
  const query = { ...axfrQuery(), rd: true, cd: true };
  const head = { query, edns };
  const wires = [...transferMessages(head, wholeZone(zoneOf(5000)))];
  assert.ok(wires.length > 5);
  for (const wire of wires) assert.ok(wire.length <= 16 * 1024);
  for (const wire of wires.slice(0, -1)) assert.ok(wire.length > 16 * 1024 - 400, `${wire.length}`);
  for (const [index, message] of wires.map(decodeMessage).entries()) {
    const { id, qr, aa, tc, rd, ra, ad, cd, rcode, questions, authorities, additionals } = message;
    assert.deepEqual(
      { id, qr, aa, tc, rd, ra, ad, cd, rcode, authorities },
      {
        id: query.id,
        qr: true,
        aa: true,
        tc: false,
        rd: true,
        ra: false,
        ad: false,
        cd: false,
        rcode: Rcode.NOERROR,
        authorities: [],
      },
    );
    assert.deepEqual(questions, index === 0 ? query.questions : []);
    assert.deepEqual(
      additionals.map(({ type }) => type),
      index === 0 ? [Type.OPT] : [],
    );
  }
});

test('owner names are compressed: an address takes less than 40 octets', () => {
  const wires = [...transferMessages({ query: axfrQuery(), edns: undefined }, wholeZone(zoneOf(1000)))];
  const octets = wires.reduce((total, wire) => total + wire.length, 0);
  assert.ok(octets < 1000 * 40, `${octets}`);
});

test('a transfer under way stays with its version, however the zone changes', () => {
  const zone = zoneOf(3000);
  const before = zoneLines(zone);
  const wires: Uint8Array[] = [];
  let round = 0;
  for (const wire of transferMessages({ query: axfrQuery(), edns: undefined }, wholeZone(zone))) {
    wires.push(wire);
    const deletion = {
      type: Type.ANY,
      class: Class.ANY,
      ttl: 0,
      rdata: { kind: 'opaque', octets: new Uint8Array(0) },
    } as const;
    perform(zone, updateOf([{ ...deletion, name: origin.prepend(`host-${2999 - round}`) }]));
    round += 1;
  }
  assert.ok(round > 3);
  assert.deepEqual([...new Set(linesOf(wires.map(decodeMessage)))].sort(), before);
  assert.equal(zone.nameCount, 3001 - round);
});

test('a record longer than 16 KiB has a message to itself; one that fits into none ends the transfer with SERVFAIL', () => {
  const long = (octets: number) => {
    const rdata = { kind: 'opaque', octets: new Uint8Array(octets) } as const;
    return { name: origin.prepend('long'), type: 65280, class: Class.IN, ttl: 60, rdata };
  };
  const apex = apexRecords();
  const fitting = messages(makeZone(origin, [...apex, long(60_000)]));
  assert.ok(fitting.every(({ rcode }) => rcode === Rcode.NOERROR));
  assert.equal(fitting.flatMap(({ answers }) => answers).filter(({ type }) => type === 65280).length, 1);
  const broken = messages(makeZone(origin, [...apex, long(65_500)]));
  assert.equal(broken.at(-1)!.rcode, Rcode.SERVFAIL);
  assert.deepEqual(broken.at(-1)!.questions, axfrQuery().questions);
  assert.deepEqual(broken.at(-1)!.answers, []);
});

/** SOA and NS of a small zone. */
function apexRecords() {
  return messages(zoneOf(0)).flatMap(({ answers }) => answers.slice(0, -1));
}

import assert from 'node:assert/strict';
import { rcodeName, Type } from '../../src/dns/codes.ts';
import { fullRcode } from '../../src/dns/edns.ts';
import { decodeMessage, type ResourceRecord } from '../../src/dns/message.ts';
import { Name } from '../../src/dns/name.ts';
import { rdataToText } from '../../src/dns/rdata.ts';
import type { TsigKey } from '../../src/dns/tsig.ts';
import { parseUpdate } from '../../src/dns/update.ts';
import { makeAddressOctets, readAddress } from '../../src/nameserver/client-address.ts';
import { type Reaction, type RequestFacts, Responder } from '../../src/nameserver/respond.ts';
import { ServerCookies } from '../../src/nameserver/server-cookies.ts';
import { parseRecordLines } from '../../test/support/record-lines.ts';
import { MemoryServedZone, MemoryServedZones } from '../../test/support/served-zones.ts';
import type { FuzzTarget } from '../target.ts';
import { fromHex } from './octets.ts';

const nowSeconds = 1_700_000_000;
const udpOctets = 1232;
const key: TsigKey = { name: Name.parse('k'), algorithm: 'hmac-sha256', secret: new Uint8Array(32).fill(1) };
const served = new MemoryServedZone({
  origin: Name.parse('example.'),
  records: parseRecordLines([
    'example. SOA 1',
    'example. NS ns.example.',
    'example. MX 10 w.example.',
    'w.example. A 192.0.2.1',
    'c.example. CNAME w.example.',
    '*.i.example. TXT any',
    's.example. NS ns.s.example.',
    'ns.s.example. A 192.0.2.2',
    'd.example. DNAME i.example.',
    ...Array.from({ length: 40 }, (_, index) => `b.example. TXT ${'x'.repeat(50)}${index}`),
  ]),
  keys: [key],
});
const responder = new Responder(
  new MemoryServedZones([served]),
  new ServerCookies({ current: new Uint8Array(16) }),
  udpOctets,
);
const client = makeAddressOctets();
readAddress('192.0.2.7', client);

/** Octets as a request. None makes it throw; what is no request is ignored, all else gets an answer that fits and is an answer to it. */
export const respondTarget: FuzzTarget = {
  name: 'respond',
  maxOctets: 2048,
  dictionary: [
    'c00c', // a pointer to the question
    '07 6578616d706c65 00', // example.
    '01 77 07 6578616d706c65 00 0001 0001', // w.example. A
    '01 63 07 6578616d706c65 00 001c 0001', // c.example. AAAA
    '01 62 07 6578616d706c65 00 0010 0001', // b.example. TXT
    '01 78 01 73 07 6578616d706c65 00 0001 0001', // x.s.example. A
    '01 78 01 64 07 6578616d706c65 00 0001 0001', // x.d.example. A
    '00ff 0001', // ANY
    '00fc 0001', // AXFR
    '00fb 0001', // IXFR
    '0010 0003', // TXT of class CH
    '0001 0000 0000 0000', // one question
    '0001 0000 0000 0001', // and a record
    '00 0029 04d0 00000000 0000', // OPT
    '00 0029 04d0 00010000 0000', // OPT of version 1
    '00 0029 0200 00008000 000c 000a 0008 0102030405060708', // OPT with a client cookie
    '016b 00 00fa 00ff 00000000', // the key's name, TSIG ANY, TTL 0
  ].map(fromHex),
  run,
};

function run(octets: Uint8Array): string {
  const overUdp = judged(octets, 'udp');
  const overTcp = judged(octets, 'tcp');
  return overUdp === overTcp ? overUdp : `${overUdp}, over TCP ${overTcp}`;
}

function judged(octets: Uint8Array, transport: 'udp' | 'tcp'): string {
  const facts: RequestFacts = { transport, client, nowSeconds };
  const reaction = responder.respond(octets, facts);
  switch (reaction.kind) {
    case 'ignore':
      assert.ok(octets.length < 12 || (octets[2]! & 0x80) !== 0, 'a request is ignored');
      return 'ignored';
    case 'answer':
      checkAnswer(octets, reaction.octets, transport);
      checkAgreement(reaction, responder.respondFully(octets, facts));
      return describe(reaction.octets);
    case 'update':
      return `update ${parseUpdate(reaction.form.request).kind}`;
    case 'transfer':
      assert.equal(transport, 'tcp', 'a transfer over UDP');
      return `transfer ${reaction.type}`;
  }
}

function checkAnswer(request: Uint8Array, answer: Uint8Array, transport: 'udp' | 'tcp'): void {
  const message = decodeMessage(answer);
  assert.equal(message.id, (request[0]! << 8) | request[1]!, 'the ID is another');
  assert.equal(message.qr, true, 'the answer is none');
  assert.equal(message.opcode, (request[2]! >>> 3) & 0xf, 'the opcode is another');
  // A rejected TSIG is sent back with the names it came with; nothing else may be longer than the client or we take.
  const isSigned = message.additionals.some(({ type }) => type === Type.TSIG);
  if (transport === 'udp' && !isSigned) assert.ok(answer.length <= udpOctets, 'the answer is too long');
}

/** Straight from octets or by way of the codec, an answer says the same. */
function checkAgreement(quick: Reaction, full: Reaction): void {
  assert.ok(quick.kind === 'answer' && full.kind === 'answer', 'the ways lead to different reactions');
  assert.deepEqual(meaning(quick.octets), meaning(full.octets));
}

function meaning(wire: Uint8Array): unknown {
  const { questions, answers, authorities, additionals, ...header } = decodeMessage(wire);
  const sections = [answers, authorities, additionals].map((section) => section.map(recordText));
  return { header, sections, questions: questions.map(({ name, type }) => `${name.toString()} ${type}`) };
}

function recordText({ name, type, class: dnsClass, ttl, rdata }: ResourceRecord): string {
  return `${name.toLowerCase().toString()} ${type} ${dnsClass} ${ttl} ${rdataToText(rdata)}`;
}

function describe(wire: Uint8Array): string {
  const message = decodeMessage(wire);
  return `${message.opcode} ${rcodeName(fullRcode(message))}${message.aa ? ' aa' : ''}${message.tc ? ' tc' : ''}`;
}

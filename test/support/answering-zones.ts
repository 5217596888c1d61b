import assert from 'node:assert/strict';

import { rcodeName, Type, typeName } from '../../src/dns/codes.ts';
import { fullRcode } from '../../src/dns/edns.ts';
import { decodeMessage, type Message, type ResourceRecord } from '../../src/dns/message.ts';
import { Name } from '../../src/dns/name.ts';
import { rdataToText } from '../../src/dns/rdata.ts';
import type { TsigKey } from '../../src/dns/tsig.ts';
import { Responder } from '../../src/nameserver/respond.ts';
import { requestFacts } from './ask.ts';
import { parseRecordLines } from './record-lines.ts';
import { MemoryServedZone, MemoryServedZones } from './served-zones.ts';

/** It may update `example.`. */
export const key: TsigKey = { name: Name.parse('k.'), algorithm: 'hmac-sha256', secret: new Uint8Array(32).fill(7) };

const records = parseRecordLines([
  'example. SOA 5',
  'example. NS ns1.example.',
  'example. NS ns.elsewhere.test.',
  'example. MX 10 mail.example.',
  'ns1.example. A 192.0.2.1',
  'ns1.example. AAAA 2001:db8::1',
  'mail.example. A 192.0.2.2',
  'www.example. A 192.0.2.3',
  'www.example. TXT hello',
  'www.example. TYPE65280 opaque',
  'alias.example. CNAME www.example.',
  'away.example. CNAME www.elsewhere.test.',
  'nowhere.example. CNAME missing.example.',
  'loop.example. CNAME loop.example.',
  'a.deep.example. A 192.0.2.4',
  '*.wild.example. TXT wild',
  'sub.example. NS ns.sub.example.',
  'ns.sub.example. A 192.0.2.5',
  'old.example. DNAME new.example.',
  'host.new.example. A 192.0.2.6',
  ...Array.from({ length: 60 }, (_, index) => `big.example. TXT ${'x'.repeat(30)}${index}`),
]);
const inner = parseRecordLines([
  'inner.example. SOA 7',
  'inner.example. NS ns1.example.',
  'inner.example. A 192.0.2.9',
]);
/** A zone in which everything is that a query may meet, and one inside it. */
export const zones = new MemoryServedZones([
  new MemoryServedZone({ origin: Name.parse('example.'), records, keys: [key] }),
  new MemoryServedZone({ origin: Name.parse('inner.example.'), records: inner }),
]);
export const responder = new Responder(zones, undefined, 1232);

export function respond(wire: Uint8Array, transport: 'udp' | 'tcp' = 'udp', by = responder): Message | string {
  const reaction = by.respond(wire, requestFacts(transport));
  return reaction.kind === 'answer' ? decodeMessage(reaction.octets) : reaction.kind;
}

/** For requests that are answered at once. */
export function answerTo(wire: Uint8Array, transport: 'udp' | 'tcp' = 'udp', by = responder): Message {
  const answer = respond(wire, transport, by);
  if (typeof answer === 'string') assert.fail(`it was no answer, but: ${answer}`);
  return answer;
}

function recordText({ name, type, rdata }: ResourceRecord): string {
  return `${name.toString()} ${typeName(type)} ${rdataToText(rdata)}`;
}

/** `NXDOMAIN aa: answers | authorities | additionals`, without the OPT record. */
export function said(message: Message): string {
  const sections = [message.answers, message.authorities, message.additionals].map((section) =>
    section
      .filter(({ type }) => type !== Type.OPT)
      .map((record) => (record.type === Type.SOA ? `SOA ttl ${record.ttl}` : recordText(record)))
      .join(', '),
  );
  const flags = [message.aa ? ' aa' : '', message.tc ? ' tc' : ''].join('');
  return `${rcodeName(fullRcode(message))}${flags}: ${sections.join(' | ')}`.trimEnd();
}

import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as fc from 'fast-check';

import { nowSeconds, plainEdns, requestFacts } from '../../test/support/ask.ts';
import { parseRecordLines } from '../../test/support/record-lines.ts';
import { MemoryServedZone, MemoryServedZones } from '../../test/support/served-zones.ts';
import { Class, Type } from '../dns/codes.ts';
import { type Edns, toOpt } from '../dns/edns.ts';
import { decodeMessage, encodeMessage, makeQuery, type ResourceRecord } from '../dns/message.ts';
import { Name } from '../dns/name.ts';
import { rdataToText } from '../dns/rdata.ts';
import { QuickAnswers } from './quick-answer.ts';
import { Responder } from './respond.ts';
import { ServerCookies } from './server-cookies.ts';

const labels = ['a', 'b', '*', 'c.d', 'ns'];
const lines: readonly string[] = labels.flatMap((label) => [
  `${label}.example. A 192.0.2.1`,
  `${label}.example. AAAA 2001:db8::1`,
  `${label}.example. TXT ${label.repeat(50)}`,
  `${label}.example. TXT ${'long'.repeat(60)}`,
  `${label}.example. TYPE65280 x`,
  `${label}.a.example. MX 10 b.example.`,
  `x.${label}.example. A 192.0.2.2`,
]);
/** What is alone at its name, or cuts the zone. */
const exclusive = ['e.example. CNAME a.example.', 'f.example. NS ns.f.example.', 'g.example. DNAME a.example.'];

const zone = fc
  .tuple(
    fc.subarray([...lines]),
    fc.subarray(exclusive),
    fc.constantFrom('.', 'example.'),
    fc.integer({ min: 0, max: 9 }),
  )
  .map(([some, cuts, apex, serial]) => {
    const records = parseRecordLines([`${apex} SOA ${serial}`, `${apex} NS ns.example.`, ...some, ...cuts]);
    return new MemoryServedZone({ origin: Name.parse(apex), records });
  });
const name = fc
  .tuple(
    fc.constantFrom('', ...labels, 'x', 'A', 'B', 'e', 'f', 'g', 'zz'),
    fc.constantFrom('', ...labels, 'e', 'f', 'g'),
    fc.constantFrom('example', 'EXAMPLE', 'test', ''),
  )
  .map((parts) => Name.parse(parts.filter((part) => part !== '').join('.') || '.'));
const type = fc.constantFrom(
  Type.A,
  Type.AAAA,
  Type.TXT,
  Type.MX,
  Type.SOA,
  Type.NS,
  Type.CNAME,
  Type.ANY,
  65280,
  0,
  77,
);
const cookie = fc.constantFrom<readonly Uint8Array[]>(
  [],
  [new Uint8Array(8)],
  [new Uint8Array(24)],
  [new Uint8Array(9)],
);
const edns = fc.option(
  fc
    .tuple(fc.constantFrom(0, 300, 512, 700, 1232, 4096), fc.boolean(), cookie)
    .map(([udpPayloadSize, dnssecOk, cookies]): Edns => {
      const options = cookies.map((data) => ({ code: 10, data }));
      return { udpPayloadSize, version: 0, dnssecOk, extendedRcode: 0, options };
    }),
);
const query = fc
  .tuple(name, type, edns, fc.boolean(), fc.boolean(), fc.constantFrom(Class.IN, Class.IN, Class.IN, Class.CH))
  .map(([asked, askedType, opt, rd, cd, dnsClass]) =>
    Object.assign(makeQuery({ id: 99, name: asked, type: askedType, recursionDesired: rd }), {
      questions: [{ name: asked, type: askedType, class: dnsClass }],
      cd,
      additionals: opt === null ? [] : [toOpt(opt)],
    }),
  );

function recordText({ name: owner, type: dataType, class: dnsClass, ttl, rdata }: ResourceRecord): string {
  return `${owner.toLowerCase().toString()} ${ttl} ${dnsClass} ${dataType} ${rdataToText(rdata)}`;
}

/** All that an answer says; where names are compressed, their case may be another. */
function meaning(wire: Uint8Array): unknown {
  const { questions, answers, authorities, additionals, ...header } = decodeMessage(wire);
  return {
    header,
    questions: questions.map((each) => `${each.name.toString()} ${each.type} ${each.class}`),
    answers: answers.map(recordText),
    authorities: authorities.map(recordText),
    additionals: additionals.map(recordText),
  };
}

test('a quick answer says what the codec says, for any query over any zone', () => {
  let quickCount = 0;
  fc.assert(
    fc.property(
      zone,
      fc.array(query, { minLength: 20, maxLength: 20 }),
      fc.constantFrom<'udp' | 'tcp'>('udp', 'tcp'),
      fc.boolean(),
      (served, queries, transport, hasCookies) => {
        const zones = new MemoryServedZones([served]);
        const cookies = hasCookies ? new ServerCookies({ current: new Uint8Array(16) }) : undefined;
        const quickAnswers = new QuickAnswers(zones, cookies, 1232);
        const responder = new Responder(zones, cookies, 1232);
        const facts = requestFacts(transport);
        for (const message of queries) {
          const wire = encodeMessage(message);
          const quick = quickAnswers.answer(wire, transport === 'udp', 65535, facts.client, nowSeconds);
          const full = responder.respondFully(wire, facts);
          if (quick === undefined || full.kind !== 'answer') continue;
          quickCount += 1;
          assert.deepEqual(meaning(quick.octets), meaning(full.octets));
          assert.equal(quick.isProven, full.isProven);
        }
      },
    ),
    { numRuns: 500 },
  );
  assert.ok(quickCount > 4000, `only ${quickCount} of 10,000 answers were quick`);
});

test('a query that is not ordinary is left alone, wherever an octet of it is changed', () => {
  const served = new MemoryServedZone({
    origin: Name.parse('example.'),
    records: parseRecordLines(['example. SOA 1', 'example. NS ns.example.', 'a.example. A 192.0.2.1']),
  });
  const zones = new MemoryServedZones([served]);
  const responder = new Responder(zones, undefined, 1232);
  const quickAnswers = new QuickAnswers(zones, undefined, 1232);
  const facts = requestFacts();
  const wire = encodeMessage({
    ...makeQuery({ id: 1, name: Name.parse('a.example.'), type: Type.A }),
    additionals: [toOpt({ ...plainEdns, options: [{ code: 10, data: new Uint8Array(8) }] })],
  });
  for (let at = 2; at < wire.length; at += 1)
    for (let octet = 0; octet < 256; octet += 1) {
      const changed = Uint8Array.from(wire);
      changed[at] = octet;
      const quick = quickAnswers.answer(changed, true, 65535, facts.client, nowSeconds);
      if (quick === undefined) continue;
      const full = responder.respondFully(changed, facts);
      assert.ok(full.kind === 'answer');
      assert.deepEqual(meaning(quick.octets), meaning(full.octets), `octet ${at} set to ${octet}`);
    }
});

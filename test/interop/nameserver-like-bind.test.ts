import assert from 'node:assert/strict';
import { test } from 'node:test';

import { rcodeName, Type, typeName } from '../../src/dns/codes.ts';
import type { Message, ResourceRecord } from '../../src/dns/message.ts';
import { Name } from '../../src/dns/name.ts';
import { rdataToText } from '../../src/dns/rdata.ts';
import { startNameserver } from '../support/nameserver/primary-server.ts';
import { openTestNameserver } from '../support/open-nameserver.ts';
import { parseRecordLines } from '../support/record-lines.ts';
import { MemoryServedZone, MemoryServedZones } from '../support/served-zones.ts';
import { queryOverUdp } from '../support/udp-query.ts';

const zone = 'like.example.';
const lines = [
  `${zone} NS ns.${zone}`,
  `${zone} MX 10 mail.${zone}`,
  `ns.${zone} A 192.0.2.1`,
  `mail.${zone} A 192.0.2.2`,
  `www.${zone} A 192.0.2.3`,
  `www.${zone} AAAA 2001:db8::3`,
  `www.${zone} TXT text`,
  `alias.${zone} CNAME www.${zone}`,
  `twice.${zone} CNAME alias.${zone}`,
  `away.${zone} CNAME www.other.example.`,
  `nowhere.${zone} CNAME missing.${zone}`,
  `wild-alias.${zone} CNAME x.wild.${zone}`,
  `cut-alias.${zone} CNAME x.sub.${zone}`,
  `circle.${zone} CNAME back.${zone}`,
  `back.${zone} CNAME circle.${zone}`,
  `deep.empty.${zone} A 192.0.2.4`,
  `*.wild.${zone} A 192.0.2.5`,
  `host.wild.${zone} TXT here`,
  `*.wild-cname.${zone} CNAME www.${zone}`,
  `sub.${zone} NS ns.sub.${zone}`,
  `sub.${zone} NS ns.other.example.`,
  `ns.sub.${zone} A 192.0.2.6`,
];
/** The answers of parseRecordLines to `SOA 7`, as the master file has them. */
const soaLine = `${zone} IN SOA ns.example.net. hostmaster.example.net. 7 3600 600 1209600 60`;
const masterLines = [soaLine, ...lines.map((line) => line.replace(' ', ' IN '))];

const labels = [
  ' ns. mail. www. WWW. alias. twice. circle. away. nowhere. wild-alias. cut-alias. deep.empty. empty. x.empty.',
  'wild. *.wild. x.wild. y.x.wild. host.wild. y.host.wild. x.wild-cname. sub. x.sub. ns.sub. x.ns.sub. missing. a.b.missing.',
].flatMap((some) => some.split(' '));
const types = [Type.A, Type.AAAA, Type.TXT, Type.NS, Type.MX, Type.SOA, Type.CNAME, Type.DS, Type.CAA, 65280];

function recordText({ name, type, ttl, rdata }: ResourceRecord): string {
  return `${name.toLowerCase().toString()} ${ttl} ${typeName(type)} ${rdataToText(rdata)}`;
}

/** Additional data, of which each server gives what it likes, only where it is glue. */
function said(message: Message | undefined): unknown {
  if (message === undefined) return 'nothing';
  const isReferral = message.answers.length === 0 && message.authorities.some(({ type }) => type === Type.NS);
  const sections = [message.answers, message.authorities, isReferral ? message.additionals : []];
  const [answers, authorities, glue] = sections.map((section) => section.map(recordText).toSorted());
  return { rcode: rcodeName(message.rcode), aa: message.aa, answers, authorities, glue };
}

test('we answer as BIND does, whatever is asked of the zone', async () => {
  await using bind = await startNameserver('bind', {
    zones: [{ name: zone, records: ['$TTL 3600', ...masterLines] }],
    // It gives other additional data than we do, and a TTL of 0 where a SOA record is asked for and missing (RFC 2308 has no such thing).
    bindOptions: 'minimal-responses yes; zero-no-soa-ttl no;',
  });
  const served = new MemoryServedZone({
    origin: Name.parse(zone),
    records: parseRecordLines([`${zone} SOA 7`, ...lines]),
  });
  await using ours = await openTestNameserver({ zones: new MemoryServedZones([served]) });
  const differences: unknown[] = [];
  for (const name of [...labels.map((label) => `${label}${zone}`), 'other.example.', 'example.'])
    for (const type of types) {
      const [theirAnswer, ourAnswer] = await Promise.all(
        [bind.port, ours.port].map((port) => queryOverUdp({ port, name, type, timeoutMs: 3000 })),
      );
      const [theirs, mine] = [said(theirAnswer), said(ourAnswer)];
      try {
        assert.deepEqual(mine, theirs);
      } catch {
        differences.push({ question: `${name} ${typeName(type)}`, theirs, mine });
      }
    }
  assert.deepEqual(differences, []);
});

import assert from 'node:assert/strict';
import { Name } from '../../src/dns/name.ts';
import { inCanonicalOrder } from '../../src/dns/zonefile/canonical-order.ts';
import { mistakeText, type ZonefileMistake } from '../../src/dns/zonefile/mistake.ts';
import { readRecords, readZone } from '../../src/dns/zonefile/read-zone.ts';
import type { ZonefileOptions } from '../../src/dns/zonefile/read-zonefile.ts';
import { writeZonefile } from '../../src/dns/zonefile/write-zonefile.ts';
import type { FuzzTarget } from '../target.ts';

const words = `
$ORIGIN $TTL $INCLUDE $GENERATE @ IN CH CLASS1 TYPE65280 \\# 1h30m 2147483647 2147483648 ( ) " ; \\000 \\255 \\256 \\. 192.0.2.1
2001:db8::1 ::ffff:192.0.2.1 A AAAA NS CNAME SOA MX TXT SRV CAA DS DNSKEY NAPTR HINFO LOC SSHFP TLSA RRSIG NSEC NSEC3 SVCB HTTPS URI CERT
alpn= mandatory= ipv4hint= key65280= "h2,h3" 20260101000000 PKIX AAAA== N S E W 10m - .`;

/** Octets as the text of a zone file: they give records and mistakes, and records come back when they are written. */
export const zonefileTarget: FuzzTarget = {
  name: 'zonefile',
  maxOctets: 1200,
  dictionary: [...words.trim().split(/\s+/), '\n', '\r\n', '\t', '\nb A 192.0.2.1\n', ' ( \n ) '].map((word) =>
    Uint8Array.from(Buffer.from(word)),
  ),
  run,
};

const origin = Name.parse('example');

function run(octets: Uint8Array): string {
  const options: ZonefileOptions = {
    origin,
    defaultTtlSeconds: 3600,
    // A file may include itself, from a part of it on.
    include: (fileName) => ({ kind: 'text', text: octets.subarray(fileName.length) }),
    maxMistakes: 5,
  };
  const content = readRecords(octets, options);
  const zone = readZone(octets, options);
  for (const warning of [...content.warnings, ...zone.warnings]) checkMistake(warning, octets);
  if (content.kind === 'mistakes') {
    assert.ok(content.mistakes.length > 0 && content.mistakes.length <= 5);
    assert.equal(zone.kind, 'mistakes', 'a zone has records that are none');
    for (const mistake of content.mistakes) checkMistake(mistake, octets);
    return outcomeOf(content.mistakes[0]);
  }
  const written = [...writeZonefile(content.records, origin)].join('');
  const again = readRecords(written, { origin });
  assert.equal(again.kind, 'records', `${JSON.stringify(again)} in ${written}`);
  assert.deepEqual(again.kind === 'records' && again.records, inCanonicalOrder(content.records), written);
  if (zone.kind === 'records') return `zone ${zone.warnings.length > 0 ? 'with warnings' : ''}`;
  for (const mistake of zone.mistakes) checkMistake(mistake, octets);
  return `records, no zone: ${outcomeOf(zone.mistakes[0])}`;
}

function checkMistake(mistake: ZonefileMistake, octets: Uint8Array): void {
  const { line, column } = mistake;
  assert.ok(
    line >= 1 && line <= octets.length + 1 && column >= 1 && column <= octets.length + 1,
    'it is out of the text',
  );
  assert.doesNotMatch(mistakeText(mistake), /\p{C}/u, 'a terminal could take it for a command');
}

/** What kind of mistake it is: its words without what they say of the text. */
function outcomeOf(mistake: ZonefileMistake | undefined): string {
  return (mistake?.wrong ?? '').replaceAll(/".*"|\S*[.\\]\S*|[0-9]+/g, '').slice(0, 40);
}

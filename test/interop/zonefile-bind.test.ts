import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import * as fc from 'fast-check';

import { Type } from '../../src/dns/codes.ts';
import type { ResourceRecord } from '../../src/dns/message.ts';
import { Name } from '../../src/dns/name.ts';
import { writeRdata } from '../../src/dns/rdata.ts';
import { WireWriter } from '../../src/dns/writer.ts';
import { inCanonicalOrder } from '../../src/dns/zonefile/canonical-order.ts';
import { readRecords, readZone } from '../../src/dns/zonefile/read-zone.ts';
import { writeZonefile } from '../../src/dns/zonefile/write-zonefile.ts';
import { arbitraryZoneRecord } from '../support/dns-arbitraries.ts';
import { requirePeer } from '../support/peers.ts';
import { runCommand } from '../support/run-command.ts';
import { createTemporaryDirectory, type TemporaryDirectory } from '../support/temporary-directory.ts';
import { entryVectors, rdataVectors } from '../vectors/dns/zonefile-records.ts';

const origin = Name.parse('example');
const apex =
  '$TTL 3600\n@ SOA ns1 hostmaster 2026010100 3600 600 1209600 60\n@ NS ns1\n@ A 192.0.2.1\nns1 A 192.0.2.1\n';
/** What BIND finds unwise is not what is tried here: whether names are host names, whether targets exist. */
const leniently = [
  '-k',
  'ignore',
  '-n',
  'ignore',
  '-i',
  'none',
  '-m',
  'ignore',
  '-M',
  'ignore',
  '-S',
  'ignore',
  '-r',
  'ignore',
];

/** The zone file as BIND prints it. */
async function compiled(
  directory: TemporaryDirectory,
  zonefile: string,
  style: 'full' | 'relative' = 'full',
): Promise<string> {
  const source = await directory.write('source.zone', zonefile);
  const target = join(directory.path, 'target.zone');
  const args = [...leniently, '-s', style, '-o', target, origin.toString(), source];
  const { exitCode, stdout } = await runCommand('named-compilezone', args);
  assert.equal(exitCode, 0, `${stdout}\n${zonefile}`);
  return readFile(target, 'utf8');
}

function recordsOf(zonefile: string): readonly ResourceRecord[] {
  const content = readZone(zonefile, { origin });
  assert.equal(content.kind, 'records', JSON.stringify(content));
  return content.kind === 'records' ? inCanonicalOrder(content.records) : [];
}

const written = (records: Iterable<ResourceRecord>): string => [...writeZonefile(records, origin)].join('');

/** The records as a zone of their own; those outside of it are left out. */
function zoneOf(records: readonly ResourceRecord[]): readonly ResourceRecord[] {
  const own = records.filter(({ name, type }) => name.isAtOrBelow(origin) && type !== Type.SOA);
  return recordsOf(written([...recordsOf(apex), ...own]));
}

/** The same data as octets (RFC 3597 §5). */
function asOpaque(record: ResourceRecord): ResourceRecord {
  const writer = new WireWriter(0xffff);
  writeRdata(writer, record.type, record.rdata, false);
  return { ...record, rdata: { kind: 'opaque', octets: writer.finish() } };
}

test('BIND takes what we write, and we read what it prints', async (t) => {
  if (!requirePeer(t, 'named-compilezone')) return;
  await using directory = await createTemporaryDirectory('zonefile');
  for (const { title, text } of entryVectors) {
    const content = readRecords(text, { origin, defaultTtlSeconds: 3600 });
    assert.equal(content.kind, 'records', title);
    const records = zoneOf(content.kind === 'records' ? content.records : []);
    const printed = await compiled(directory, written(records));
    assert.deepEqual(recordsOf(printed), records, title);
    assert.deepEqual(recordsOf(await compiled(directory, printed, 'relative')), records, title);
  }
});

test('whatever octets are in labels and strings', async (t) => {
  if (!requirePeer(t, 'named-compilezone')) return;
  await using directory = await createTemporaryDirectory('zonefile');
  const plain = arbitraryZoneRecord.filter(({ type, rdata }) => rdata.kind !== 'opaque' || type === 65280);
  await fc.assert(
    fc.asyncProperty(fc.array(plain, { minLength: 50, maxLength: 100 }), async (some) => {
      // A name each, so that nothing is beside what it cannot be beside.
      const named = some.map((record, index) => ({
        ...record,
        name: Name.fromLabels([Buffer.from(`n${index}`), ...record.name.labels().slice(0, 2), ...origin.labels()]),
      }));
      const records = zoneOf(named);
      assert.deepEqual(recordsOf(await compiled(directory, written(records))), records);
    }),
    { numRuns: 10 },
  );
});

test('BIND reads the data of every type as we do, in its own form and in that of RFC 3597', async (t) => {
  if (!requirePeer(t, 'named-compilezone')) return;
  await using directory = await createTemporaryDirectory('zonefile');
  const data = rdataVectors.map(([rdata]) => rdata).filter((rdata) => !rdata.startsWith('SOA '));
  const theirs = `${apex}${data.map((rdata, index) => `n${index} ${rdata}\n`).join('')}`;
  const printed = await compiled(directory, theirs);
  const records = recordsOf(theirs);
  assert.deepEqual(recordsOf(printed), records);
  assert.equal(await compiled(directory, written(records)), printed);
  assert.equal(await compiled(directory, written(records.map(asOpaque))), printed);
});

test('names, TTLs and included files mean to BIND what they mean to us', async (t) => {
  if (!requirePeer(t, 'named-compilezone')) return;
  await using directory = await createTemporaryDirectory('zonefile');
  const hosts = '  TXT "of the file before"\n$ORIGIN sub\na A 192.0.2.9\n$TTL 77\nb A 192.0.2.8\n';
  const included = await directory.write('hosts.zone', hosts);
  const soa = '@ SOA ns1 hostmaster 1 2h 3M 4W 5D';
  const ns = '@ NS ns1\nns1 A 192.0.2.1\n@ A 192.0.2.1\n';
  for (const text of [
    `${soa}\n${ns}x 8 A 192.0.2.2\ny A 192.0.2.3\n`,
    `@ 60 ${soa.slice(2)}\n${ns}x 8 A 192.0.2.2\ny A 192.0.2.3\n$TTL 9\nz A 192.0.2.4\nz 7 TXT x\nzz A 192.0.2.5\n`,
    `$TTL 1h1s\n${soa}\n${ns}x A 192.0.2.2\n$INCLUDE ${included} lan\n  A 192.0.2.3\n$INCLUDE "${included}"\ny A 192.0.2.4\n`,
    `$ORIGIN .\n$TTL 5\nexample (1m SOA ns1 a\\.b.c. ( 1 2 3 4 5 ))\n  NS ns1.example\nns1.example A 192.0.2.1\n`,
    `$TTL 5\n${soa}\n${ns}a.example. TXT(a"b;"c\\;d);e\n IN HINFO\t"" ( ; x\n "\\"" )\n`,
    `$TTL 5\n${soa}\n${ns}$ORIGIN a.b\n@ 1W TXT x\n$ORIGIN c\n* IN 2 TXT y\n 3 IN MX 0 @\n`,
  ]) {
    const content = readZone(text, { origin, include: () => ({ kind: 'text', text: hosts }) });
    assert.equal(content.kind, 'records', JSON.stringify(content));
    const records = content.kind === 'records' ? inCanonicalOrder(content.records) : [];
    assert.deepEqual(recordsOf(await compiled(directory, text)), records, text);
  }
});

test('a zone that BIND has no complaints about is one that we write', async (t) => {
  if (!requirePeer(t, 'named-checkzone')) return;
  await using directory = await createTemporaryDirectory('zonefile');
  const source = await directory.write(
    'source.zone',
    written(recordsOf(`${apex}www A 192.0.2.2\n  AAAA 2001:db8::1\n`)),
  );
  const { exitCode, stdout, stderr } = await runCommand('named-checkzone', ['-D', origin.toString(), source]);
  assert.equal(exitCode, 0, stdout + stderr);
  assert.doesNotMatch(stdout + stderr, /source\.zone:|warning|ignor/i);
  assert.deepEqual(recordsOf(stdout.replaceAll(/^(?:zone .*|OK)$/gm, '')), recordsOf(await readFile(source, 'utf8')));
});

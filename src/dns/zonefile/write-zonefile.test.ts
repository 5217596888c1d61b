import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { arbitraryZoneRecord, relatedName } from '../../../test/support/dns-arbitraries.ts';
import { Class, Type } from '../codes.ts';
import { DnsEncodeError } from '../errors.ts';
import type { ResourceRecord } from '../message.ts';
import { Name } from '../name.ts';
import { inCanonicalOrder } from './canonical-order.ts';
import { readRecords } from './read-zone.ts';
import { writeZonefile } from './write-zonefile.ts';

const origin = Name.parse('Example');

function recordsOf(text: string, zone: Name = origin): readonly ResourceRecord[] {
  const content = readRecords(text, { origin: zone });
  assert.equal(content.kind, 'records', JSON.stringify(content));
  return content.kind === 'records' ? content.records : [];
}

const written = (records: Iterable<ResourceRecord>, zone: Name = origin): string =>
  [...writeZonefile(records, zone)].join('');

test('a zone is written in columns, in canonical order', () => {
  const text = `$TTL 300
z.Example. TXT "x y" ""
@ NS ns1
@ 3600 SOA ns1 host\\.master.other. 1 2 3 4 5
b.Example. A 192.0.2.2
  AAAA 2001:db8::1
b A 192.0.2.1
a.b 60 MX 10 .
*.b SRV 1 2 3 b
\\@ CNAME @
other. A 192.0.2.1
z.example. A 192.0.2.1
a-name-that-is-longer-than-the-column SSHFP 4 9 abcd
`;
  assert.equal(
    written(recordsOf(text)),
    `$ORIGIN Example.
$TTL 300
@                       3600   IN SOA    ns1 host\\.master.other. 1 2 3 4 5
                               IN NS     ns1
\\@                             IN CNAME  @
a-name-that-is-longer-than-the-column        IN SSHFP  \\# 4 0409abcd
b                              IN A      192.0.2.1
                               IN A      192.0.2.2
                               IN AAAA   2001:db8::1
*.b                            IN SRV    1 2 3 b
a.b                     60     IN MX     10 .
z.example.                     IN A      192.0.2.1
z                              IN TXT    "x y" ""
other.                         IN A      192.0.2.1
`,
  );
});

test('nothing is a file, too', () => {
  assert.equal(written([], Name.root), '$ORIGIN .\n');
  assert.deepEqual(recordsOf(written([])), []);
});

describe('what is written is read back', () => {
  test('to the same records, whatever octets are in labels and strings, with every letter in its case', () => {
    fc.assert(
      fc.property(fc.array(arbitraryZoneRecord, { maxLength: 12 }), relatedName, (records, zone) => {
        assert.deepEqual(recordsOf(written(records, zone), zone), inCanonicalOrder(records));
      }),
    );
  });

  test('with every octet in every place', () => {
    const octets = Uint8Array.from({ length: 256 }, (_, octet) => octet);
    const base = { class: Class.IN, ttl: 0 };
    const records = [...octets].flatMap((octet): ResourceRecord[] => {
      const name = Name.fromLabels([Uint8Array.of(octet), ...origin.labels()]);
      const beside = Name.fromLabels([Uint8Array.of(octet, 0x61), Uint8Array.of(octet)]);
      const strings = [Uint8Array.of(octet), octets.subarray(1)];
      return [
        { ...base, name, type: Type.TXT, rdata: { kind: 'TXT', strings: strings.map((string) => string.slice()) } },
        { ...base, name, type: Type.NS, rdata: { kind: 'NS', target: beside } },
        { ...base, name: beside, type: Type.NS, rdata: { kind: 'NS', target: name } },
      ];
    });
    assert.deepEqual(recordsOf(written(records)), inCanonicalOrder(records));
  });
});

test('the canonical order is that of names, and does not depend on the order before', () => {
  fc.assert(
    fc.property(fc.array(arbitraryZoneRecord, { maxLength: 12 }), (records) => {
      const ordered = inCanonicalOrder(records);
      for (const [index, { name }] of ordered.entries()) {
        const before = ordered[index - 1];
        if (before !== undefined) assert.ok(Name.compare(before.name, name) <= 0);
      }
      assert.deepEqual(new Set(inCanonicalOrder(records.toReversed())), new Set(ordered));
    }),
  );
});

test('a TTL of 32 bits has no text (RFC 2181 §8)', () => {
  const [record] = recordsOf('a 2147483647 A 192.0.2.1');
  assert.ok(record);
  assert.match(written([record]), /^\$TTL 2147483647$/m);
  assert.throws(() => written([{ ...record, ttl: 0x8000_0000 }]), DnsEncodeError);
});

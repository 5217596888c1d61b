import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Name } from '../name.ts';
import { rdataToText } from '../rdata.ts';
import { readZone, type ZonefileContent } from './read-zone.ts';

const soa = '$TTL 60\n@ SOA ns1 hostmaster 1 2 3 4 5\n@ NS ns1\nns1 A 192.0.2.1\n';
const origin = Name.parse('dyn.example');

function read(text: string): ZonefileContent {
  return readZone(text, { origin });
}

const wrong = (text: string): readonly string[] => {
  const content = read(text);
  return content.kind === 'mistakes' ? content.mistakes.map((mistake) => `${mistake.line}: ${mistake.wrong}`) : [];
};

/** What was left over, and what was said of it. */
function kept(text: string): { readonly records: readonly string[]; readonly warnings: readonly string[] } {
  const content = read(text);
  assert.equal(content.kind, 'records', JSON.stringify(content));
  return {
    records: content.kind === 'records' ? content.records.map(({ ttl, rdata }) => `${ttl} ${rdataToText(rdata)}`) : [],
    warnings: content.warnings.map((warning) => `${warning.line}: ${warning.wrong}`),
  };
}

test('a zone is its records', () => {
  const { records, warnings } = kept(`${soa}a A 192.0.2.2\n  TXT x\n*.a CNAME a\n`);
  assert.equal(records.length, 6);
  assert.deepEqual(warnings, []);
});

describe('the SOA record', () => {
  test('is there', () => {
    assert.deepEqual(wrong('a 5 A 192.0.2.1\n'), ['1: The zone dyn.example. has no SOA record']);
    assert.deepEqual(wrong(''), ['1: The zone dyn.example. has no SOA record']);
  });

  test('is there once, except for the repetition that ends the output of a transfer', () => {
    assert.deepEqual(wrong(`${soa}DYN.example. SOA ns1 hostmaster 2 2 3 4 5`), ['5: The zone has a second SOA record']);
    assert.deepEqual(kept(`${soa}@ SOA NS1 hostmaster 1 2 3 4 5`), {
      ...kept(soa),
      warnings: ['5: This record is the same as one before'],
    });
  });

  test('is at the apex', () => {
    assert.deepEqual(wrong(`${soa}a SOA ns1 hostmaster 1 2 3 4 5`), ['5: A SOA record stands below the zone']);
  });

  test('is not missed where an entry could not be read', () => {
    assert.deepEqual(wrong('@ 5 SOA ns1 hostmaster 1\n'), ['1: The entry ends before the refresh time']);
  });
});

test('a record outside of the zone is a mistake', () => {
  assert.deepEqual(wrong(`${soa}a.example. A 192.0.2.1\nxdyn.example. A 192.0.2.1\n`), [
    '5: a.example. is outside of the zone dyn.example.',
    '6: xdyn.example. is outside of the zone dyn.example.',
  ]);
});

test('a name that ends in the zone twice is most likely without its dot', () => {
  const { records, warnings } = kept(`${soa}www.dyn.example A 192.0.2.1\n`);
  assert.deepEqual(warnings, ['5: The name www.dyn.example.dyn.example. ends in the zone twice']);
  assert.equal(records.length, 4);
});

describe('a CNAME', () => {
  for (const [first, second] of [
    ['CNAME b', 'A 192.0.2.1'],
    ['A 192.0.2.1', 'CNAME b'],
  ]) {
    test(`is not with other data: ${first}, then ${second}`, () => {
      assert.deepEqual(wrong(`${soa}a ${first}\nA ${second}\n`), [
        '6: A.dyn.example. has a CNAME record and one of type A',
      ]);
    });
  }

  test('is not the zone itself', () => {
    assert.match(wrong(`${soa}@ CNAME b\n`).join(), /^5: dyn\.example\. has a CNAME record and one of type SOA$/);
    assert.match(wrong(`@ 5 CNAME b\n${soa}`).join(), /^3: dyn\.example\. has a CNAME record and one of type SOA,/);
  });

  test('is one', () => {
    assert.deepEqual(wrong(`${soa}a CNAME b\na CNAME c\n`), ['6: a.dyn.example. has a second CNAME record']);
    assert.deepEqual(kept(`${soa}a CNAME b\na CNAME B\n`).warnings, ['6: This record is the same as one before']);
  });

  test('may be with what DNSSEC needs (RFC 4035 §2.5)', () => {
    const { warnings } = kept(`${soa}a NSEC b CNAME\na CNAME b\na RRSIG CNAME 8 3 60 9 1 2 @ AA==\n`);
    assert.deepEqual(warnings, []);
  });

  test('is seen at a name with many records, too', () => {
    const many = Array.from({ length: 40 }, (_, index) => `a RRSIG NSEC 8 3 60 9 1 ${index} @ AA==\n`).join('');
    assert.deepEqual(wrong(`${soa}${many}a CNAME b\na TXT x\n`), [
      '46: a.dyn.example. has a CNAME record and one of type TXT',
    ]);
  });
});

describe('an RRset', () => {
  test('has one TTL, the lowest (RFC 2181 §5.2)', () => {
    const { records, warnings } = kept(`${soa}a 9 A 192.0.2.2\nA 7 A 192.0.2.3\na 8 A 192.0.2.4\na 9 TXT x`);
    assert.deepEqual(records.slice(3), ['7 192.0.2.2', '7 192.0.2.3', '7 192.0.2.4', '9 "x"']);
    assert.deepEqual(warnings, [
      '6: The A records of A.dyn.example. have different TTLs, 9 and 7; the lowest is taken for all',
    ]);
  });

  test('of signatures has the TTLs of what they cover (RFC 4034 §3)', () => {
    const signatures = 'a 9 RRSIG A 8 3 9 9 1 2 @ AA==\na 7 RRSIG TXT 8 3 7 9 1 2 @ AA==\n';
    assert.deepEqual(kept(`${soa}${signatures}`).warnings, []);
  });

  test('has the TTL of a record that is there twice, if that is the lowest', () => {
    assert.deepEqual(kept(`${soa}a 9 A 192.0.2.2\na 7 A 192.0.2.2`).records.slice(3), ['7 192.0.2.2']);
  });

  test('has no record twice, be there few or many', () => {
    const many = Array.from({ length: 300 }, (_, index) => `a A 192.0.2.${index % 100}\nA MX ${index % 100} B\n`).join(
      '',
    );
    const { records, warnings } = kept(`${soa}${many}`);
    assert.equal(records.length, 3 + 200);
    assert.equal(warnings.length, 20, 'as many as are shown');
    assert.equal(kept(`${soa}a TXT x\na TXT X\na CAA 0 issue x\na CAA 0 issue X`).records.length, 7);
  });
});

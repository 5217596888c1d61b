import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { parseRecordLines } from '../../test/support/record-lines.ts';
import { makeZone, ownedLines } from '../../test/support/zone-fixture.ts';
import { parseType } from '../dns/codes.ts';
import { Name } from '../dns/name.ts';
import { lookup, type Lookup } from './lookup.ts';
import { type Endless, resolve } from './resolve.ts';
import type { Zone } from './zone.ts';

function zoneOf(origin: string, ...lines: string[]): Zone {
  return makeZone(Name.parse(origin), parseRecordLines([`${origin} SOA 1`, ...lines]));
}

/** What a lookup says, in a few words. */
function outcome(zone: Zone, question: string): string {
  const [name = '', type = ''] = question.split(' ');
  return inWords(lookup(zone, Name.parse(name).key, parseType(type)!), Name.parse(name).key);
}

function inWords(result: Lookup | Endless, owner: string): string {
  const values = (records: Parameters<typeof ownedLines>[0]) =>
    ownedLines(records).map((line) => line.split(' ').slice(2).join(' '));
  switch (result.kind) {
    case 'answer':
      return `${result.isSynthesised ? 'synthesised' : 'answer'}: ${values({ owner, records: result.records }).join(', ')}`;
    case 'alias':
      return `${result.isSynthesised ? 'synthesised ' : ''}alias to ${textOf(result.target)}`;
    case 'redirected':
      return `redirected to ${result.target === undefined ? 'nowhere' : textOf(result.target)}`;
    case 'referral':
      return [
        `referral to ${textOf(result.nameservers.owner)}`,
        ...result.glue.flatMap(ownedLines),
        ...result.siblings.flatMap((sibling) => ownedLines(sibling).map((line) => `sibling ${line}`)),
      ].join('; ');
    case 'no-data':
    case 'no-name':
    case 'outside':
    case 'endless':
      return result.kind;
  }
}

function textOf(key: string): string {
  return Name.fromWire(Buffer.from(key, 'latin1')).toString();
}

function table(zone: Zone, cases: Readonly<Record<string, string>>): void {
  for (const [question, expected] of Object.entries(cases))
    test(`${question} → ${expected}`, () => assert.equal(outcome(zone, question), expected));
}

describe('the zone of RFC 4592 §2.2.1', () => {
  const zone = zoneOf(
    'example.',
    'example. NS ns.example.com.',
    'example. NS ns.example.net.',
    '*.example. TXT this is a wildcard',
    '*.example. MX 10 host1.example.',
    'sub.*.example. TXT this is not a wildcard',
    'host1.example. A 192.0.2.1',
    '_ssh._tcp.host1.example. SRV opaque',
    '_ssh._tcp.host2.example. SRV opaque',
    'subdel.example. NS ns.example.com.',
    'subdel.example. NS ns.example.net.',
  );
  describe('answers made up from a wildcard', () => {
    table(zone, {
      'host3.example. MX': 'synthesised: MX 10 host1.example.',
      'host3.example. A': 'no-data',
      'foo.bar.example. TXT': 'synthesised: TXT "this is a wildcard"',
    });
  });
  describe('no answers made up from a wildcard', () => {
    table(zone, {
      'host1.example. MX': 'no-data',
      'sub.*.example. MX': 'no-data',
      '_telnet._tcp.host1.example. SRV': 'no-name',
      'host.subdel.example. A': 'referral to subdel.example.',
      'ghost.*.example. MX': 'no-name',
    });
  });
  describe('besides (RFC 4592 §2.2.2, §2.3, §3.3.2)', () => {
    table(zone, {
      'host2.example. A': 'no-data',
      '_tcp.host2.example. MX': 'no-data',
      '_telnet._tcp.host2.example. SRV': 'no-name',
      'host3.EXAMPLE. MX': 'synthesised: MX 10 host1.example.',
      '*.example. TXT': 'answer: TXT "this is a wildcard"',
      'sub.*.example. TXT': 'answer: TXT "this is not a wildcard"',
      'example. ANY':
        'answer: NS ns.example.com., NS ns.example.net., SOA ns.example.net. hostmaster.example.net. 1 3600 600 1209600 60',
      'notexample. A': 'outside',
      '. SOA': 'outside',
      'x\\007example. A': 'outside',
    });
  });
});

describe('a wildcard that is an empty non-terminal (RFC 4592 §4.9)', () => {
  const zone = zoneOf(
    'example.',
    'example. NS ns.elsewhere.test.',
    'a.*.x.example. A 192.0.2.1',
    '*.example. A 192.0.2.2',
  );
  table(zone, { 'y.x.example. A': 'no-data', '*.x.example. A': 'no-data', 'y.*.x.example. A': 'no-name' });
});

describe('delegations (RFC 1034 §4.2.1, §4.3.2)', () => {
  const zone = zoneOf(
    'example.',
    'example. NS ns.example.',
    'ns.example. A 192.0.2.1',
    'sub.example. NS ns.sub.example.',
    'sub.example. NS NS.Example.',
    'sub.example. NS ns.elsewhere.test.',
    'sub.example. DS digest',
    'ns.sub.example. A 192.0.2.2',
    'ns.sub.example. AAAA 2001:db8::2',
    'deep.sub.example. NS ns.elsewhere.test.',
    'a.b.example. NS ns.a.b.example.',
    '*.example. A 192.0.2.9',
  );
  const glue =
    '; ns.sub.example. 3600 A 192.0.2.2; ns.sub.example. 3600 AAAA 2001:db8::2; sibling ns.example. 3600 A 192.0.2.1';
  table(zone, {
    'example. NS': 'answer: NS ns.example.',
    'sub.example. NS': `referral to sub.example.${glue}`,
    'sub.example. ANY': `referral to sub.example.${glue}`,
    'ns.sub.example. A': `referral to sub.example.${glue}`,
    'www.deep.sub.example. A': `referral to sub.example.${glue}`,
    'sub.example. DS': 'answer: DS \\# 6 646967657374',
    'x.sub.example. DS': `referral to sub.example.${glue}`,
    'a.b.example. DS': 'no-data',
    'a.b.example. A': 'referral to a.b.example.',
    'b.example. A': 'no-data',
    'c.b.example. A': 'no-name',
    'c.example. A': 'synthesised: A 192.0.2.9',
  });
});

describe('aliases', () => {
  const zone = zoneOf(
    'example.',
    'example. NS ns.elsewhere.test.',
    'www.example. CNAME Host.Example.',
    'host.example. A 192.0.2.1',
    'away.example. CNAME www.elsewhere.test.',
    'lost.example. CNAME nowhere.example.',
    'loop.example. CNAME loop.example.',
    'ring.example. CNAME back.example.',
    'back.example. CNAME ring.example.',
    'round.example. DNAME round.example.',
    'grow.example. DNAME x.grow.example.',
    'hop12.example. A 192.0.2.2',
    ...Array.from({ length: 12 }, (_, hop) => `hop${hop}.example. CNAME hop${hop + 1}.example.`),
    '*.w.example. CNAME host.example.',
    'old.example. DNAME new.example.',
    'old.example. TXT here',
    'a.new.example. CNAME host.example.',
    'long.example. DNAME ' + `${'x'.repeat(60)}.`.repeat(3) + 'example.',
    'up.example. DNAME .',
    'sub.example. NS ns.elsewhere.test.',
    'down.example. CNAME host.sub.example.',
  );
  describe('one at a time', () => {
    table(zone, {
      'www.example. A': 'alias to host.example.',
      'www.example. CNAME': 'answer: CNAME Host.Example.',
      'x.w.example. AAAA': 'synthesised alias to host.example.',
      'old.example. TXT': 'answer: TXT "here"',
      'old.example. A': 'no-data',
      'a.old.example. A': 'redirected to a.new.example.',
      [`${'y'.repeat(63)}.long.example. A`]: 'redirected to nowhere',
      'x.up.example. A': 'redirected to x.',
    });
  });
  const ends: Readonly<Record<string, readonly [number, string]>> = {
    'host.example. A': [0, 'answer: A 192.0.2.1'],
    'www.example. A': [1, 'answer: A 192.0.2.1'],
    'www.example. AAAA': [1, 'no-data'],
    'www.example. CNAME': [0, 'answer: CNAME Host.Example.'],
    'away.example. A': [1, 'outside'],
    'lost.example. A': [1, 'no-name'],
    'down.example. A': [1, 'referral to sub.example.'],
    'a.old.example. A': [3, 'answer: A 192.0.2.1'],
    'b.old.example. A': [2, 'no-name'],
    'loop.example. A': [1, 'endless'],
    'loop.example. CNAME': [0, 'answer: CNAME loop.example.'],
    'ring.example. A': [2, 'endless'],
    'x.round.example. A': [2, 'endless'],
    'x.round.example. CNAME': [1, 'synthesised: CNAME x.round.example.'],
    'x.round.example. ANY': [1, 'synthesised: CNAME x.round.example.'],
    'a.old.example. CNAME': [1, 'synthesised: CNAME a.new.example.'],
    'x.grow.example. A': [13, 'endless'],
    [`${'y'.repeat(63)}.long.example. A`]: [1, 'redirected to nowhere'],
    'hop1.example. A': [11, 'answer: A 192.0.2.2'],
    'hop0.example. A': [12, 'endless'],
  };
  for (const [question, [aliases, end]] of Object.entries(ends))
    test(`followed: ${question} → ${aliases} records, ${end.slice(0, 30)}`, () => {
      const [name = '', type = ''] = question.split(' ');
      const resolution = resolve(zone, Name.parse(name).key, parseType(type)!);
      assert.equal(resolution.aliases.length, aliases);
      assert.equal(inWords(resolution.result, resolution.owner), end);
    });

  test('what is no name in a DNAME redirects nowhere', () => {
    const [record] = parseRecordLines(['old.example. DNAME new.example.']);
    const records = ['', '\x03abc', '\x01a\0\0', '\xc0\x0c'].map((octets, index) => ({
      name: Name.parse(`d${index}.example.`),
      type: record!.type,
      class: record!.class,
      ttl: 300,
      rdata: { kind: 'opaque', octets: Uint8Array.from(Buffer.from(octets, 'latin1')) } as const,
    }));
    const broken = makeZone(Name.parse('example.'), [
      ...parseRecordLines(['example. SOA 1', 'example. NS ns.elsewhere.test.']),
      ...records,
    ]);
    for (const { name } of records) assert.equal(outcome(broken, `x.${name.toString()} A`), 'no-name');
  });

  test('a DNAME comes with the CNAME that it stands for, of the same TTL (RFC 6672 §3.1)', () => {
    const { aliases } = resolve(zone, Name.parse('a.old.example.').key, parseType('A')!);
    assert.deepEqual(aliases.flatMap(ownedLines), [
      'old.example. 3600 DNAME \\# 13 036e6577076578616d706c6500',
      'a.old.example. 3600 CNAME a.new.example.',
      'a.new.example. 3600 CNAME host.example.',
    ]);
  });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Class, Rcode, Type } from '../dns/codes.ts';
import { makeQuery, type Message, type ResourceRecord } from '../dns/message.ts';
import { Name } from '../dns/name.ts';
import { type Elsewhere, judgeElsewhere, judgeZone, likelyZones } from './zone-verdict.ts';

const zone = Name.parse('dyn.example.test');

function soaAt(owner: string): ResourceRecord {
  const rdata = {
    kind: 'SOA',
    mname: zone,
    rname: zone,
    serial: 7,
    refresh: 1,
    retry: 1,
    expire: 1,
    minimum: 1,
  } as const;
  return { name: Name.parse(owner), type: Type.SOA, class: Class.IN, ttl: 300, rdata };
}

function nsAt(owner: string, target: string): ResourceRecord {
  const rdata = { kind: 'NS', target: Name.parse(target) } as const;
  return { name: Name.parse(owner), type: Type.NS, class: Class.IN, ttl: 300, rdata };
}

function answer(more: Partial<Message>): Message {
  return { ...makeQuery({ id: 1, name: zone, type: Type.SOA }), qr: true, aa: true, ...more };
}

test('the owner of the SOA shows the zone cut', () => {
  const served = judgeZone(answer({ answers: [soaAt('DYN.example.test')] }), zone);
  assert.equal(served.kind === 'served' && served.soa.serial, 7);

  for (const rcode of [Rcode.NOERROR, Rcode.NXDOMAIN]) {
    const inside = judgeZone(answer({ rcode, authorities: [soaAt('example.test')] }), zone);
    assert.equal(inside.kind === 'part-of' && inside.zone.toString(), 'example.test.');
  }
});

test('a SOA without authority, or of a zone that is none of ours, says nothing', () => {
  assert.equal(judgeZone(answer({ aa: false, answers: [soaAt('dyn.example.test')] }), zone).kind, 'elsewhere');
  assert.equal(judgeZone(answer({ authorities: [soaAt('other.test')] }), zone).kind, 'elsewhere');
  assert.equal(judgeZone(answer({ answers: [soaAt('example.test')] }), zone).kind, 'elsewhere');
});

test('the rcodes', () => {
  assert.deepEqual(judgeZone(answer({ rcode: Rcode.SERVFAIL }), zone), { kind: 'not-loaded' });
  assert.deepEqual(judgeZone(answer({ rcode: Rcode.FORMERR }), zone), { kind: 'odd', rcode: 'FORMERR' });
  for (const rcode of [Rcode.REFUSED, Rcode.NOTAUTH])
    assert.equal(judgeZone(answer({ rcode, aa: false }), zone).kind, 'elsewhere');
});

test('a referral at the zone itself is a delegation, one at the root is not', () => {
  const at = (owner: string) => judgeZone(answer({ aa: false, authorities: [nsAt(owner, 'ns.other.test')] }), zone);
  const delegated = at('dyn.example.test');
  assert.deepEqual(delegated.kind === 'elsewhere' && delegated.delegatedTo, ['ns.other.test.']);
  const root = at('.');
  assert.deepEqual(root.kind === 'elsewhere' && root.delegatedTo, []);
});

test('what lies behind a zone that is elsewhere', () => {
  const refused: Elsewhere = { kind: 'elsewhere', rcode: Rcode.REFUSED, isRecursive: false, delegatedTo: [] };
  const bare = { ...refused, rcode: Rcode.NOERROR };
  const nothing = { likelyZone: undefined, isKnownToUpdates: false };
  const parent = { likelyZone: Name.parse('example.test'), isKnownToUpdates: false };
  const delegatedTo = ['ns.other.test.'];
  const cases: readonly [Elsewhere, typeof nothing | typeof parent, string][] = [
    [refused, nothing, 'zone-not-served'],
    [refused, parent, 'other-zone'],
    [refused, { ...nothing, isKnownToUpdates: true }, 'query-refused'],
    [{ ...refused, isRecursive: true }, nothing, 'resolver'],
    [{ ...refused, isRecursive: true }, parent, 'other-zone'],
    [bare, nothing, 'not-authoritative'],
    [{ ...bare, isRecursive: true }, nothing, 'resolver'],
    [{ ...bare, delegatedTo }, nothing, 'delegated-away'],
    [{ ...bare, delegatedTo }, parent, 'delegated-away'],
    // A resolver's own memory of a delegation is no parent's word.
    [{ ...bare, isRecursive: true, delegatedTo }, nothing, 'resolver'],
    [{ ...bare, isRecursive: true, delegatedTo }, parent, 'delegated-away'],
  ];
  for (const [verdict, surroundings, code] of cases)
    assert.equal(judgeElsewhere(verdict, surroundings).code, code, JSON.stringify({ verdict, surroundings }));
});

test('the zones that may have been meant: those above, then the name of the key', () => {
  const texts = (key: string) => likelyZones(zone, Name.parse(key)).map((name) => name.toString());
  assert.deepEqual(texts('dyn.example.test'), ['example.test.', 'test.']);
  assert.deepEqual(texts('example.test'), ['example.test.', 'test.']);
  assert.deepEqual(texts('dyn.exmaple.test'), ['example.test.', 'test.', 'dyn.exmaple.test.']);
});

test('a name of many labels is not looked for up to the last', () => {
  const deep = Name.parse(`${'a.'.repeat(100)}test`);
  const candidates = likelyZones(deep, Name.parse('key'));
  assert.equal(candidates.length, 12);
  assert.equal(candidates.at(-1)?.toString(), 'key.');
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { parseRecordLines } from '../../test/support/record-lines.ts';
import { allowAll, makeZone, ownedLines, zoneLines } from '../../test/support/zone-fixture.ts';
import { Class, Rcode, Type } from '../dns/codes.ts';
import { Name } from '../dns/name.ts';
import type { Rdata } from '../dns/rdata.ts';
import type { UpdateMessage, UpdateOperation } from '../dns/update.ts';
import { Draft } from './draft.ts';
import { evaluateUpdate, type UpdatePolicy } from './evaluate.ts';
import { unpackOwned } from './packed-owned.ts';
import { defaultZoneLimits } from './zone-limits.ts';
import type { Zone } from './zone.ts';

const origin = Name.parse('example.');
const www = Name.parse('www.example.');

function zoneOf(serial: number, ...lines: string[]): Zone {
  return makeZone(origin, parseRecordLines([`example. SOA ${serial}`, 'example. NS ns.elsewhere.test.', ...lines]));
}

function add(line: string, ttl = 3600): UpdateOperation {
  const [{ name, type, rdata }] = parseRecordLines([line]) as [ReturnType<typeof parseRecordLines>[0]];
  return { kind: 'add', name, type, ttl, rdata };
}

function remove(line: string): UpdateOperation {
  const { name, type, rdata } = add(line) as Extract<UpdateOperation, { kind: 'add' }>;
  return { kind: 'delete-record', name, type, rdata };
}

function update(...operations: UpdateOperation[]): UpdateMessage {
  return { id: 1, zone: origin, zoneClass: Class.IN, prerequisites: [], operations };
}

function evaluate(zone: Zone | Draft, ...operations: UpdateOperation[]) {
  return evaluateUpdate(zone, update(...operations), allowAll);
}

function perform(zone: Zone, ...operations: UpdateOperation[]): void {
  const evaluation = evaluate(zone, ...operations);
  if (evaluation.kind === 'changed') zone.apply(evaluation.draft.change());
  assert.notEqual(evaluation.kind, 'rejected');
}

/** All records of a name. */
function at(zone: Zone, name: Name): string[] {
  return ownedLines({ owner: name.key, records: zone.records(name.key) });
}

describe('the zone (RFC 2136 §3.1)', () => {
  test('another zone is NOTAUTH, the same in another case is ours', () => {
    const zone = zoneOf(1);
    const other = evaluateUpdate(zone, { ...update(), zone: Name.parse('com.') }, allowAll);
    assert.equal(other.kind === 'rejected' && other.rcode, Rcode.NOTAUTH);
    assert.equal(evaluateUpdate(zone, { ...update(), zone: Name.parse('EXAMPLE.') }, allowAll).kind, 'unchanged');
  });
});

describe('permission (RFC 2136 §3.3)', () => {
  const policy: UpdatePolicy = { ...allowAll, permits: ({ name }) => name.equals(www) };
  test('one change that is not allowed is REFUSED, and nothing is done', () => {
    const zone = zoneOf(1);
    const allowed = add('www.example. A 192.0.2.1');
    const evaluation = evaluateUpdate(zone, update(allowed, add('mail.example. A 192.0.2.1')), policy);
    assert.equal(evaluation.kind === 'rejected' && evaluation.rcode, Rcode.REFUSED);
    assert.deepEqual(at(zone, www), []);
    assert.equal(evaluateUpdate(zone, update(allowed), policy).kind, 'changed');
  });

  test('a prerequisite that fails is told before (§3.2 before §3.3)', () => {
    const prerequisites = [{ kind: 'name-in-use', name: www } as const];
    const message = { ...update(add('mail.example. A 192.0.2.1')), prerequisites };
    const evaluation = evaluateUpdate(zoneOf(1), message, policy);
    assert.equal(evaluation.kind === 'rejected' && evaluation.rcode, Rcode.NXDOMAIN);
  });
});

describe('the serial (RFC 2136 §3.6)', () => {
  const change = add('www.example. A 192.0.2.1');
  const cases: readonly (readonly [string, number, readonly UpdateOperation[], number])[] = [
    ['goes up by one with the content', 5, [change], 6],
    ['goes past 0', 0xffff_ffff, [change], 1],
    ['stays when nothing changes', 5, [], 5],
    ['stays when all is undone in the same message', 5, [change, remove('www.example. A 192.0.2.1')], 5],
    ['is what the update sets, if that is greater', 5, [change, add('example. SOA 9')], 9],
    ['is what the update sets, across 2³²', 0xffff_fff0, [change, add('example. SOA 3')], 3],
    ['goes up by one if the update sets the same', 5, [change, add('example. SOA 5')], 6],
    ['goes up by one if the update sets a lower one', 5, [change, add('example. SOA 4')], 6],
    ['is not set to 0', 0xffff_fff0, [change, add('example. SOA 0')], 0xffff_fff1],
    [
      'does not go back by two steps forward',
      7,
      [add('example. SOA 2147483649'), add('example. SOA 4294967294')],
      0x8000_0001,
    ],
    ['may be set by itself', 5, [add('example. SOA 77')], 77],
  ];
  for (const [title, before, operations, after] of cases)
    test(`${title}: ${before} → ${after}`, () => {
      const zone = zoneOf(before);
      perform(zone, ...operations);
      assert.equal(zone.serial, after);
      assert.equal(at(zone, origin).filter((line) => / SOA /.test(line)).length, 1);
    });

  test('does not go back by steps forward of several updates in one batch', () => {
    const zone = zoneOf(7);
    const batch = new Draft(zone);
    const policy = { ...allowAll, servedSerial: zone.serial };
    const first = evaluateUpdate(batch, update(add('example. SOA 2147483649')), policy);
    assert.ok(first.kind === 'changed');
    batch.apply(first.draft);
    assert.equal(evaluateUpdate(batch, update(add('example. SOA 4294967294')), policy).kind, 'unchanged');
    assert.equal(batch.serial, 0x8000_0001);
  });
});

describe('changes (RFC 2136 §3.4.2)', () => {
  type Case = readonly [string, readonly string[], readonly UpdateOperation[], Name, readonly string[]];
  const soaAndNs = (serial: number) => [
    'example. 3600 NS ns.elsewhere.test.',
    `example. 3600 SOA ns.example.net. hostmaster.example.net. ${serial} 3600 600 1209600 60`,
  ];
  const cases: readonly Case[] = [
    [
      'the same data with another TTL is the same record, and sets the TTL of all (§1.1.1, RFC 2181 §5.2)',
      ['www.example. A 192.0.2.1', 'www.example. A 192.0.2.2'],
      [add('www.example. A 192.0.2.1', 60)],
      www,
      ['www.example. 60 A 192.0.2.1', 'www.example. 60 A 192.0.2.2'],
    ],
    [
      'names in data are the same in another case, and the new case is taken (§1.1.1)',
      ['www.example. MX 10 Mail.example.'],
      [add('www.example. MX 10 mail.EXAMPLE.')],
      www,
      ['www.example. 3600 MX 10 mail.EXAMPLE.'],
    ],
    [
      'a TTL of more than 31 bits is 0 (RFC 2181 §8)',
      [],
      [add('www.example. A 192.0.2.1', 2 ** 31)],
      www,
      ['www.example. 0 A 192.0.2.1'],
    ],
    [
      'a CNAME beside data is ignored',
      ['www.example. TXT x'],
      [add('www.example. CNAME a.')],
      www,
      ['www.example. 3600 TXT "x"'],
    ],
    [
      'data beside a CNAME is ignored',
      ['www.example. CNAME a.'],
      [add('www.example. TXT x')],
      www,
      ['www.example. 3600 CNAME a.'],
    ],
    [
      'a CNAME takes the place of a CNAME',
      ['www.example. CNAME a.'],
      [add('www.example. CNAME b.')],
      www,
      ['www.example. 3600 CNAME b.'],
    ],
    [
      'a DNAME takes the place of a DNAME (RFC 6672 §5.2)',
      ['www.example. DNAME a.'],
      [add('www.example. DNAME b.')],
      www,
      ['www.example. 3600 DNAME \\# 3 016200'],
    ],
    ['a CNAME at the apex is ignored', [], [add('example. CNAME a.')], origin, soaAndNs(1)],
    ['a SOA below the apex is ignored', [], [add('www.example. SOA 9')], www, []],
    [
      'the apex keeps SOA and NS when all goes',
      ['example. TXT x'],
      [{ kind: 'delete-name', name: origin }],
      origin,
      soaAndNs(2),
    ],
    ['the apex keeps its NS RRset', [], [{ kind: 'delete-rrset', name: origin, type: Type.NS }], origin, soaAndNs(1)],
    [
      'the apex keeps its SOA',
      [],
      [{ kind: 'delete-rrset', name: origin, type: Type.SOA }, remove('example. SOA 1')],
      origin,
      soaAndNs(1),
    ],
    ['the apex keeps its last NS', [], [remove('example. NS ns.elsewhere.test.')], origin, soaAndNs(1)],
    [
      'the apex loses an NS that is not the last, in whatever order',
      ['example. NS b.'],
      [remove('example. NS B.'), remove('example. NS ns.elsewhere.test.')],
      origin,
      soaAndNs(2),
    ],
    ['other names lose all NS', ['www.example. NS a.'], [remove('www.example. NS A.')], www, []],
    [
      '`*` is a name like any other (§1.1.3)',
      ['*.example. TXT x'],
      [remove('www.example. TXT x')],
      Name.parse('*.example.'),
      ['*.example. 3600 TXT "x"'],
    ],
    [
      'changes are made in their order',
      ['www.example. A 192.0.2.1'],
      [{ kind: 'delete-name', name: www }, add('www.example. CNAME a.'), add('www.example. A 192.0.2.2')],
      www,
      ['www.example. 3600 CNAME a.'],
    ],
  ];
  for (const [title, lines, operations, name, expected] of cases)
    test(title, () => {
      const zone = zoneOf(1, ...lines);
      perform(zone, ...operations);
      assert.deepEqual(at(zone, name), expected);
    });

  test('a WKS record gives way to one of the same address and protocol (§3.4.2.2)', () => {
    const wks = (...octets: number[]): UpdateOperation => {
      const rdata: Rdata = { kind: 'opaque', octets: Uint8Array.of(192, 0, 2, 1, ...octets) };
      return { kind: 'add', name: www, type: Type.WKS, ttl: 3600, rdata };
    };
    const zone = zoneOf(1);
    perform(zone, wks(6, 1), wks(17, 1), wks(6, 2));
    assert.deepEqual(at(zone, www), [
      'www.example. 3600 WKS \\# 6 c00002010602',
      'www.example. 3600 WKS \\# 6 c00002011101',
    ]);
  });
});

describe('limits', () => {
  const limited = (limits: Partial<typeof defaultZoneLimits>): UpdatePolicy => ({
    ...allowAll,
    limits: { ...defaultZoneLimits, ...limits },
  });
  const two = [add('www.example. A 192.0.2.1'), add('www.example. A 192.0.2.2')];
  const cases: readonly (readonly [string, UpdatePolicy, readonly UpdateOperation[]])[] = [
    ['records of an RRset', limited({ maxRecordsPerSet: 1 }), two],
    ['octets at a name', limited({ maxOctetsPerName: 27 }), two],
    ['types at a name', limited({ maxSetsPerName: 1 }), [add('www.example. A 192.0.2.1'), add('www.example. TXT x')]],
    ['names of a zone', limited({ maxNames: 2 }), [add('a.example. A 192.0.2.1'), add('b.example. A 192.0.2.1')]],
  ];
  for (const [title, policy, operations] of cases)
    test(`${title}: one more is REFUSED, as a whole`, () => {
      const refused = evaluateUpdate(zoneOf(1), update(...operations), policy);
      assert.equal(refused.kind === 'rejected' && refused.rcode, Rcode.REFUSED);
      assert.equal(evaluateUpdate(zoneOf(1), update(operations[0]!), policy).kind, 'changed');
    });

  test('a hundred records of an RRset are enough for everybody, by default', () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => add(`www.example. A 192.0.2.${index}`));
    assert.equal(evaluate(zoneOf(1), ...many(100)).kind, 'changed');
    assert.equal(evaluate(zoneOf(1), ...many(101)).kind, 'rejected');
  });
});

describe('batches', () => {
  test('updates see those before them in the batch, and the zone sees none until they are applied', () => {
    const zone = zoneOf(1);
    const batch = new Draft(zone);
    const first = evaluate(batch, add('www.example. A 192.0.2.1'));
    assert.ok(first.kind === 'changed');
    const firstChange = first.draft.change();
    batch.apply(first.draft);
    const prerequisites = [{ kind: 'name-in-use', name: www } as const];
    const second = evaluateUpdate(batch, { ...update(add('www.example. A 192.0.2.2')), prerequisites }, allowAll);
    assert.ok(second.kind === 'changed');
    const secondChange = second.draft.change();
    batch.apply(second.draft);
    assert.equal(evaluate(batch, add('www.example. A 192.0.2.2')).kind, 'unchanged');
    assert.deepEqual([at(zone, www), zone.serial, zone.nameCount], [[], 1, 1]);
    zone.apply(firstChange);
    zone.apply(secondChange);
    assert.deepEqual(at(zone, www), ['www.example. 3600 A 192.0.2.1', 'www.example. 3600 A 192.0.2.2']);
    assert.deepEqual([zone.serial, zone.nameCount, batch.serial, batch.nameCount], [3, 2, 3, 2]);
  });

  test('a change that was found for another version is not applied', () => {
    const zone = zoneOf(1);
    const evaluation = evaluate(zone, add('www.example. A 192.0.2.1'));
    assert.ok(evaluation.kind === 'changed');
    const change = evaluation.draft.change();
    zone.apply(change);
    const lines = zoneLines(zone);
    assert.throws(() => zone.apply(change), /serial 1 meets a zone of serial 2/);
    assert.deepEqual(zoneLines(zone), lines);
  });

  test('what has changed is told record by record, SOA records apart', () => {
    const evaluation = evaluate(zoneOf(1, 'www.example. A 192.0.2.1'), add('www.example. A 192.0.2.2', 60));
    assert.ok(evaluation.kind === 'changed');
    const { removed, added, soaBefore, soaAfter, serialBefore, serialAfter } = evaluation.draft.change().difference;
    assert.deepEqual([...unpackOwned(removed)].flatMap(ownedLines), ['www.example. 3600 A 192.0.2.1']);
    assert.deepEqual([...unpackOwned(added)].flatMap(ownedLines), [
      'www.example. 60 A 192.0.2.1',
      'www.example. 60 A 192.0.2.2',
    ]);
    assert.deepEqual([serialBefore, serialAfter], [1, 2]);
    assert.equal(soaBefore.length, soaAfter.length);
  });
});

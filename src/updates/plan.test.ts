import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { Type } from '../dns/codes.ts';
import type { Name } from '../dns/name.ts';
import { addressFromOctets, parseAddress } from './address.ts';
import { parseHostname, type Hostname } from './hostname.ts';
import { type PlanRules, planUpdate, type TtlPolicy } from './plan.ts';
import type { CurrentRecords } from './ports.ts';
import { type RecordSet, sameRdatas } from './record-set.ts';
import { parsePrefix } from './prefix.ts';
import { exactAddresses, type NameRequest, noAddresses, type RecordIntent } from './request.ts';

const ttl: TtlPolicy = { defaultSeconds: 300, minSeconds: 30, maxSeconds: 86_400 };
const rules: PlanRules = {
  ttl,
  judge: ({ text }) => (text.startsWith('fe80:') ? 'it is link-local' : undefined),
  refusal: () => undefined,
};
const www = hostname('www.example.com');

function hostname(text: string): Hostname {
  const verdict = parseHostname(text);
  assert.ok(verdict.kind === 'hostname');
  return verdict.hostname;
}

function address(text: string) {
  const parsed = parseAddress(text);
  assert.ok(parsed);
  return parsed;
}

function set(name: Name, ttlSeconds: number, ...texts: string[]): RecordSet {
  const addresses = texts.map(address);
  const family = addresses[0]?.family;
  return {
    name,
    type: family === 4 ? Type.A : Type.AAAA,
    ttlSeconds,
    rdatas: addresses.map(({ octets }) => ({ kind: family === 4 ? 'A' : 'AAAA', address: octets })),
  };
}

function holding(...sets: readonly RecordSet[]): CurrentRecords {
  return {
    recordSet: (name, type) => sets.find((found) => found.name.equals(name) && found.type === type),
    aliasTarget: () => undefined,
  };
}

const asking = (intents: readonly RecordIntent[], ttlSeconds?: number): NameRequest =>
  ttlSeconds === undefined ? { hostname: www, intents } : { hostname: www, intents, ttlSeconds };

function outcomeOf(request: NameRequest, current: CurrentRecords) {
  const { changes, outcomes } = planUpdate([request], current, rules);
  const [outcome] = outcomes;
  assert.ok(outcome?.kind === 'done');
  return { changes, records: outcome.records };
}

test('what is there already needs no change', () => {
  const current = holding(set(www, 60, '192.0.2.1'), set(www, 60, '2001:db8::1'));
  const intents = exactAddresses(address('192.0.2.1'), address('2001:db8::1'));
  const { changes, records } = outcomeOf(asking(intents), current);
  assert.deepEqual(changes, []);
  assert.deepEqual(
    records.map(({ changed, before, after }) => ({ changed, before, after })),
    [
      { changed: false, before: ['192.0.2.1'], after: ['192.0.2.1'] },
      { changed: false, before: ['2001:db8::1'], after: ['2001:db8::1'] },
    ],
  );
});

test('a family that is not given goes', () => {
  const current = holding(set(www, 60, '192.0.2.1'), set(www, 60, '2001:db8::1'));
  const { changes, records } = outcomeOf(asking(exactAddresses(address('192.0.2.1'), undefined)), current);
  assert.deepEqual(
    changes.map(({ type, after }) => ({ type, after })),
    [{ type: Type.AAAA, after: undefined }],
  );
  assert.deepEqual(records[1], { type: Type.AAAA, before: ['2001:db8::1'], after: [], changed: true });
});

test('removing what is not there needs no change', () => {
  const { changes, records } = outcomeOf(asking(noAddresses), holding());
  assert.deepEqual(changes, []);
  assert.ok(records.every(({ changed }) => !changed));
});

test('several addresses become the one asked for, and are told in numeric order', () => {
  const current = holding(set(www, 60, '192.0.2.10', '192.0.2.9'));
  const { changes, records } = outcomeOf(asking(exactAddresses(address('192.0.2.9'), undefined)), current);
  assert.equal(changes.length, 1);
  assert.deepEqual(records[0], {
    type: Type.A,
    before: ['192.0.2.9', '192.0.2.10'],
    after: ['192.0.2.9'],
    changed: true,
  });
});

test('the TTL: kept where nothing changes, the default for the new, clamped where given', () => {
  const held = holding(set(www, 60, '192.0.2.1'));
  const ttlAfter = (request: NameRequest, current: CurrentRecords) =>
    planUpdate([request], current, rules).changes[0]?.after?.ttlSeconds;
  const same = exactAddresses(address('192.0.2.1'), undefined);
  const other = exactAddresses(address('192.0.2.2'), undefined);
  assert.equal(ttlAfter(asking(same), held), undefined);
  assert.equal(ttlAfter(asking(other), held), 300);
  assert.equal(ttlAfter(asking(other, 120), held), 120);
  assert.equal(ttlAfter(asking(other, 1), held), 30);
  assert.equal(ttlAfter(asking(other, 1e9), held), 86_400);
  assert.equal(ttlAfter(asking(same, 60), held), undefined);
});

test('another TTL for the same address is sent, and is yet no change of the address', () => {
  const same = exactAddresses(address('192.0.2.1'), undefined);
  const { changes, records } = outcomeOf(asking(same, 120), holding(set(www, 60, '192.0.2.1')));
  assert.equal(changes[0]?.after?.ttlSeconds, 120);
  assert.equal(records[0]?.changed, false);
});

test('an alias in the way stops its own name only, and does not stop a removal', () => {
  const other = hostname('other.example.com');
  const current: CurrentRecords = {
    recordSet: () => undefined,
    aliasTarget: (name) => (name.equals(www) ? 'elsewhere.example.' : undefined),
  };
  const intents = exactAddresses(address('192.0.2.1'), undefined);
  const plan = planUpdate([asking(intents), { hostname: other, intents }], current, rules);
  assert.deepEqual(plan.outcomes[0], {
    kind: 'failed',
    hostname: www,
    fault: { code: 'alias', name: 'www.example.com.', target: 'elsewhere.example.' },
  });
  assert.equal(plan.outcomes[1]?.kind, 'done');
  assert.ok(plan.changes.every(({ name }) => name.equals(other)));
  assert.equal(planUpdate([asking(noAddresses)], current, rules).outcomes[0]?.kind, 'done');
});

const octets = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const someSet = (length: 4 | 16) =>
  fc.option(fc.array(octets(length), { minLength: 1, maxLength: 3 }), { nil: undefined }).map(
    (list) =>
      list && {
        name: www,
        type: length === 4 ? Type.A : Type.AAAA,
        ttlSeconds: 60,
        rdatas: list.map((each) => ({ kind: length === 4 ? ('A' as const) : ('AAAA' as const), address: each })),
      },
  );
const someAddress = (length: 4 | 16) =>
  fc.option(octets(length), { nil: undefined }).map((each) => (each ? addressFromOctets(each) : undefined));

test('carrying out a plan leads where the request wanted, and asking again finds nothing to do', () => {
  fc.assert(
    fc.property(someSet(4), someSet(16), someAddress(4), someAddress(16), (a, aaaa, ipv4, ipv6) => {
      if (ipv6?.family === 4) return;
      const request = asking(exactAddresses(ipv4, ipv6));
      const held = [a, aaaa].filter((each) => each !== undefined);
      const { changes } = planUpdate([request], holding(...held), rules);
      const touched = new Set(changes.map(({ type }) => type));
      const after = [
        ...held.filter(({ type }) => !touched.has(type)),
        ...changes.flatMap((change) => change.after ?? []),
      ];
      const find = (type: number) => after.find((each) => each.type === type)?.rdatas ?? [];
      assert.ok(sameRdatas(find(Type.A), ipv4 ? [{ kind: 'A', address: ipv4.octets }] : []));
      assert.ok(sameRdatas(find(Type.AAAA), ipv6 ? [{ kind: 'AAAA', address: ipv6.octets }] : []));
      assert.deepEqual(planUpdate([request], holding(...after), rules).changes, []);
    }),
  );
});

test('values are added beside what is there, up to a number, and some of them stay', () => {
  const text = (value: string) => ({ kind: 'TXT' as const, strings: [Buffer.from(value)] });
  const held = (...values: string[]): RecordSet => ({
    name: www,
    type: Type.TXT,
    ttlSeconds: 60,
    rdatas: values.map(text),
  });
  const after = (before: readonly string[], added: readonly string[], atMost: number, keep: readonly string[] = []) => {
    const intent = { kind: 'add' as const, type: Type.TXT, rdatas: added.map(text), atMost, keep: keep.map(text) };
    const { records } = outcomeOf(asking([intent]), before.length === 0 ? holding() : holding(held(...before)));
    return records[0]?.after.map((value) => value.replaceAll('"', '')).toSorted();
  };
  assert.deepEqual(after([], ['a'], 2), ['a']);
  assert.deepEqual(after(['a'], ['b'], 2), ['a', 'b']);
  assert.deepEqual(after(['a', 'b'], ['c'], 2), ['a', 'c']);
  assert.deepEqual(after(['a', 'b'], ['c'], 2, ['b']), ['b', 'c']);
  assert.deepEqual(after(['a', 'b'], ['a'], 2), ['a', 'b']);
  assert.deepEqual(after(['a', 'b', 'c'], ['d'], 1), ['d']);
});

test('a prefix does not make an address of a name that nobody may set', () => {
  const parsed = parsePrefix('8000::/1');
  assert.ok(parsed.kind === 'prefix');
  const request = (own: string) =>
    asking([
      { kind: 'renumber', type: Type.AAAA, prefix: parsed.prefix, interfaceId: address(own).octets },
      { kind: 'remove', type: Type.A },
    ]);
  const { changes, outcomes } = planUpdate([request('7e80::1')], holding(set(www, 60, '192.0.2.1')), rules);
  assert.deepEqual(changes, []);
  assert.deepEqual(outcomes, [
    {
      kind: 'failed',
      hostname: www,
      fault: { code: 'unsuitable-address', name: 'www.example.com.', address: 'fe80::1', reason: 'it is link-local' },
    },
  ]);
  assert.equal(planUpdate([request('7ea0::1')], holding(), rules).changes.length, 1);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Name } from '../../dns/name.ts';
import { parseAddress } from '../../updates/address.ts';
import { readAddresses, readName, readTtl } from './seed-request.ts';

const zone = Name.parse('example.com');
const zones = {
  find: (name: Name) => (name.isAtOrBelow(zone) ? { name: zone, primary: undefined as never } : undefined),
};

/** Whatever is quoted, a refusal is one line, bounded, and well-formed. */
function assertHarmless(text: string): void {
  assert.doesNotMatch(text, /[\p{Cc}\p{Zl}\p{Zp}]/u);
  assert.ok(text.isWellFormed());
  assert.ok(text.length < 8000, String(text.length));
}

const anything = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: 'grapheme', maxLength: 80 }),
  fc.domain(),
  fc.constantFrom('example.com', 'www.example.com', '*.example.com', '.', '-', 'xn--a.example.com'),
);

test('a name is in a zone or refused in one harmless line', () => {
  const maybe = fc.option(anything, { nil: undefined });
  fc.assert(
    fc.property(maybe, maybe, maybe, (fqdn, zoneName, recordName) => {
      const values = new Map(
        Object.entries({ fqdn, zone_name: zoneName, record_name: recordName }).flatMap(([name, value]) =>
          value === undefined || value === '' ? [] : [[name, value] as const],
        ),
      );
      const result = readName(values, zones);
      if (result.kind === 'refused') return assertHarmless(result.refusal.text);
      assert.ok(result.value.isAtOrBelow(zone));
      assert.match(result.value.toString(), /^(?:\*\.)?(?:[a-z0-9_-]{1,63}\.)*example\.com\.$/);
    }),
  );
});

test('what is joined is the record name below the zone name', () => {
  const label = fc.stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,20}[a-z0-9])?$/);
  fc.assert(
    fc.property(fc.array(label, { minLength: 1, maxLength: 4 }), fc.boolean(), fc.boolean(), (labels, dot, zoneDot) => {
      const record = labels.join('.');
      fc.pre(!`.${record}.`.endsWith('.example.com.'));
      const result = readName(
        new Map([
          ['zone_name', zoneDot ? 'example.com.' : 'EXAMPLE.com'],
          ['record_name', dot ? `${record}.` : record],
        ]),
        zones,
      );
      assert.ok(result.kind === 'read');
      assert.equal(result.value.toString(), `${record}.example.com.`);
    }),
  );
});

test('addresses are what was given, by family, or refused in one harmless line', () => {
  const client = parseAddress('198.51.100.1');
  assert.ok(client);
  const text = fc.oneof(anything, fc.ipV4(), fc.ipV6());
  fc.assert(
    fc.property(fc.option(text), fc.option(text), (ip1, ip2) => {
      const values = new Map<string, string>();
      if (ip1 !== null && ip1 !== '') values.set('ip_1', ip1);
      if (ip2 !== null && ip2 !== '') values.set('ip_2', ip2);
      const result = readAddresses(values, () => ({ kind: 'known', address: client, isTrustedProxy: false }));
      if (result.kind === 'refused') return assertHarmless(result.refusal.text);
      const { ipv4, ipv6 } = result.value;
      assert.ok(ipv4?.family !== 6 && ipv6?.family !== 4);
      const taken = [ipv4, ipv6].flatMap((address) => address?.text ?? []).toSorted();
      const given = [...values.values()].flatMap((value) => parseAddress(value)?.text ?? []).toSorted();
      assert.deepEqual(taken, values.size === 0 ? ['198.51.100.1'] : given);
    }),
  );
});

test('the client is not asked for while an address is given', () => {
  const result = readAddresses(new Map([['ip_1', '192.0.2.1']]), () => assert.fail('the client was looked for'));
  assert.equal(result.kind, 'read');
});

const ttls: readonly (readonly [text: string | undefined, expected: number | undefined | 'refused'])[] = [
  [undefined, undefined],
  ['0', 0],
  ['60', 60],
  ['0060', 60],
  ['99999999999999999999', 2 ** 31 - 1],
  ['-1', 'refused'],
  ['1.5', 'refused'],
  ['1e3', 'refused'],
  ['Infinity', 'refused'],
  ['', 'refused'],
];
for (const [text, expected] of ttls) {
  test(`the TTL ${JSON.stringify(text)}: ${String(expected)}`, () => {
    const result = readTtl({ get: () => text });
    assert.equal(result.kind === 'read' ? result.value : 'refused', expected);
  });
}

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Name } from '../../dns/name.ts';
import { compareDelegation } from './compare-delegation.ts';
import type { HostedFinding } from './hosted-finding.ts';
import { parentRecordLines, parentRecords } from './parent-records.ts';

const zone = Name.parse('dyn.example.test');
const parent = 'example.test.';
const described = (name: string, ...addresses: string[]) => ({ name: Name.parse(name), addresses });
const referred = (name: string, ...glue: string[]) => ({ name: Name.parse(name), glue });

const first = described('ns1.dyn.example.test', '192.0.2.1', '2001:db8::1');
const second = described('ns2.example.net', '198.51.100.2');
const ours = { zone, parent, nameservers: [first, second] };
const firstAbove = referred('ns1.dyn.example.test', '2001:db8::1', '192.0.2.1');
const secondAbove = referred('NS2.example.NET');

function codesOf(findings: readonly HostedFinding[]): readonly string[] {
  return findings.map(({ code }) => code);
}

test('the same nameservers and the same glue, in whatever order and case', () => {
  assert.deepEqual(compareDelegation(ours, [secondAbove, firstAbove]), []);
});

test('nameservers that one of the two does not name', () => {
  const stranger = referred('old.example.org');
  assert.deepEqual(compareDelegation(ours, [firstAbove, stranger]), [
    { code: 'delegation-differs', parent, missing: ['ns2.example.net.'], surplus: ['old.example.org.'] },
  ]);
  assert.deepEqual(compareDelegation(ours, [stranger]), [
    { code: 'delegated-elsewhere', parent, nameservers: ['old.example.org.'] },
  ]);
});

test('glue is needed where the name lies in the zone, and has to be right wherever it is given (RFC 9471 §3.1)', () => {
  const name = 'ns1.dyn.example.test.';
  assert.deepEqual(compareDelegation(ours, [referred(name), secondAbove]), [
    { code: 'glue-missing', parent, name, addresses: ['192.0.2.1', '2001:db8::1'] },
  ]);
  assert.deepEqual(compareDelegation(ours, [referred(name, '192.0.2.1'), secondAbove]), [
    { code: 'glue-differs', parent, name, given: ['192.0.2.1'], expected: ['192.0.2.1', '2001:db8::1'] },
  ]);
  assert.deepEqual(codesOf(compareDelegation(ours, [firstAbove, referred('ns2.example.net', '198.51.100.9')])), [
    'glue-differs',
  ]);
});

test('where no address is known here, none can be wrong there', () => {
  const unknown = { ...ours, nameservers: [described('ns1.dyn.example.test'), second] };
  assert.deepEqual(compareDelegation(unknown, [firstAbove, secondAbove]), []);
  assert.deepEqual(codesOf(compareDelegation(unknown, [referred('ns1.dyn.example.test'), secondAbove])), [
    'glue-missing',
  ]);
});

test('what the zone above needs: every nameserver, and the addresses of those in the zone', () => {
  const homeless = described('ns3.dyn.example.test');
  assert.deepEqual(parentRecordLines(parentRecords(zone, [first, second, homeless])), [
    'dyn.example.test.      NS    ns1.dyn.example.test.',
    'dyn.example.test.      NS    ns2.example.net.',
    'ns1.dyn.example.test.  A     192.0.2.1',
    'ns1.dyn.example.test.  AAAA  2001:db8::1',
  ]);
  assert.deepEqual(parentRecordLines(parentRecords(zone, [homeless])), []);
});

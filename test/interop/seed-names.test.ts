import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import type { ServiceUnderTest } from '../support/launch-service.ts';
import { type NameserverUnderTest, makeNames, makes, startNameserver } from '../support/nameserver/primary-server.ts';
import { requirePeer } from '../support/peers.ts';
import {
  ask,
  deletePath,
  expectAddresses,
  expectAnswer,
  serveZones,
  updatePath,
  updateQuery,
  zoneOf,
} from './seed-service.ts';

const parent = 'example.test';
const child = 'dyn.example.test';
/** Lies on the nameserver too, below the child, but the service does not know it. */
const stranger = 'other.dyn.example.test';

const records = [
  '*.wild 60 IN A 192.0.2.200',
  '*.wild 60 IN TXT "made up"',
  '*.aliased 60 IN CNAME elsewhere.example.',
  'three 60 IN A 192.0.2.31',
  'three 60 IN A 192.0.2.3',
  'three 60 IN A 192.0.2.20',
  'three 60 IN AAAA 2001:db8::10',
  'three 60 IN AAAA 2001:db8::9',
  'alias 60 IN CNAME elsewhere.example.',
  'deep.below.nothing 60 IN TXT "below"',
];

/** What a name can be and what can stand around it, on every make of primary. */
for (const make of makeNames)
  test(`${makes[make].title}: names of every kind are changed literally`, async (t) => {
    if (!requirePeer(t, ...makes[make].peers)) return;
    const bindStatements = 'check-names ignore;';
    await using nameserver = await startNameserver(make, {
      zones: [{ name: parent }, { name: child, records, bindStatements }, { name: stranger }],
    });
    await using service = await serveZones([zoneOf(nameserver, parent), zoneOf(nameserver, child)]);
    await nestedZones(t, service, nameserver);
    await unusualNames(t, service, nameserver);
    await namesUnderWildcard(t, service, nameserver);
    await severalRecords(t, service, nameserver);
    await aliases(t, service, nameserver);
  });

async function nestedZones(t: TestContext, service: ServiceUnderTest, nameserver: NameserverUnderTest) {
  const serials = async () => [await nameserver.serial(parent), await nameserver.serial(child)];

  await t.test('nested zones: the longest match wins, label by label', async () => {
    const [parentBefore = 0, childBefore = 0] = await serials();
    const wanted = [
      { name: `host.${parent}`, address: '192.0.2.1' },
      { name: `host.${child}`, address: '192.0.2.2' },
      { name: `my${child}`, address: '192.0.2.3' },
    ];
    for (const { name, address } of wanted) {
      await expectAnswer(service, updatePath(name, address), [
        `UPDATED: ${name}. A None -> ${address}`,
        `UNCHANGED: ${name}. AAAA None`,
      ]);
      await expectAddresses(nameserver, name, { ipv4: [address] });
    }
    assert.deepEqual(await serials(), [parentBefore + 2, childBefore + 1]);
  });

  await t.test('nested zones: named in two parts, the record may reach into the lower one', async () => {
    const name = `two.${child}`;
    await expectAnswer(service, updateQuery({ zone_name: parent, record_name: 'two.dyn', ip_1: '192.0.2.4' }), [
      `UPDATED: ${name}. A None -> 192.0.2.4`,
      `UNCHANGED: ${name}. AAAA None`,
    ]);
    await expectAddresses(nameserver, name, { ipv4: ['192.0.2.4'] });
  });

  await t.test('a name of a lower zone that we do not know is never reported as changed', async () => {
    const { status, body } = await ask(service, updatePath(`host.${stranger}`, '192.0.2.5'));
    assert.equal(status, 502, body);
    assert.match(body, /^DNS_SERVER_ERROR: .*\n$/);
    await expectAddresses(nameserver, `host.${stranger}`, {});
  });
}

async function unusualNames(t: TestContext, service: ServiceUnderTest, nameserver: NameserverUnderTest) {
  const setAndDelete = async (asked: string, name: string, lookedUp = name) => {
    await expectAnswer(service, updatePath(asked, '192.0.2.8', '2001:db8::8'), [
      `UPDATED: ${name}. A None -> 192.0.2.8`,
      `UPDATED: ${name}. AAAA None -> 2001:db8::8`,
    ]);
    await expectAddresses(nameserver, lookedUp, { ipv4: ['192.0.2.8'], ipv6: ['2001:db8::8'] });
    await expectAnswer(service, deletePath(asked), [
      `UPDATED: The A and AAAA records of the domain name '${name}.' were deleted.`,
    ]);
    await expectAddresses(nameserver, lookedUp, {});
  };

  await t.test('the apex, and SOA and NS stay', async () => {
    await setAndDelete(child, child);
    assert.equal((await nameserver.values(child, 'NS')).length, 1);
    assert.equal((await nameserver.values(child, 'SOA')).length, 1);
  });
  await t.test('a wildcard, literally', async () => {
    await setAndDelete(`*.home.${child}`, `*.home.${child}`, `any.home.${child}`);
    await setAndDelete(`%2A.home.${child}`, `*.home.${child}`);
    await setAndDelete(`*.${child}`, `*.${child}`, `whatever.${child}`);
  });
  await t.test('underscored names', () => setAndDelete(`_dyn._tcp.${child}`, `_dyn._tcp.${child}`));
  await t.test('names in other scripts become A-labels', async () => {
    await setAndDelete(encodeURIComponent(`Bücher.${child}`), `xn--bcher-kva.${child}`);
    await setAndDelete(`xn--bcher-kva.${child}`, `xn--bcher-kva.${child}`);
    await setAndDelete(encodeURIComponent(`中文。${child}`), `xn--fiq228c.${child}`);
  });
  await t.test('a name of full length', async () => {
    const filling = 253 - child.length - 1;
    const long = Array.from({ length: 4 }, () => 'x'.repeat(63))
      .join('.')
      .slice(-filling)
      .replace(/^\.*/, 'y');
    const name = `${long.slice(-filling)}.${child}`;
    assert.equal(name.length, 253);
    await setAndDelete(name, name);
  });
  await t.test('an empty non-terminal', () => setAndDelete(`below.nothing.${child}`, `below.nothing.${child}`));
}

/** A query may be answered from a wildcard; an update is literal. */
async function namesUnderWildcard(t: TestContext, service: ServiceUnderTest, nameserver: NameserverUnderTest) {
  const name = `host.wild.${child}`;
  const fromWildcard = { ipv4: ['192.0.2.200'] };
  const deleted = `UPDATED: The A and AAAA records of the domain name '${name}.' were deleted.`;
  const notThere = `UNCHANGED: The deletion of the domain name '${name}.' was not executed because there were no A or AAAA records.`;

  await t.test('under a wildcard: nothing to delete', async () => {
    const before = await nameserver.serial(child);
    await expectAddresses(nameserver, name, fromWildcard);
    await expectAnswer(service, deletePath(name), [notThere]);
    assert.equal(await nameserver.serial(child), before);
  });
  await t.test("under a wildcard: the wildcard's own value, another, then deleted", async () => {
    await expectAnswer(service, updatePath(name, '192.0.2.200'), [
      `UPDATED: ${name}. A None -> 192.0.2.200`,
      `UNCHANGED: ${name}. AAAA None`,
    ]);
    // It is a name of its own now, so that the wildcard's other records are no longer made up for it.
    assert.deepEqual(await nameserver.values(name, 'TXT'), []);
    await expectAnswer(service, updatePath(name, '192.0.2.9', '2001:db8::9'), [
      `UPDATED: ${name}. A 192.0.2.200 -> 192.0.2.9`,
      `UPDATED: ${name}. AAAA None -> 2001:db8::9`,
    ]);
    await expectAddresses(nameserver, name, { ipv4: ['192.0.2.9'], ipv6: ['2001:db8::9'] });
    await expectAnswer(service, deletePath(name), [deleted]);
    await expectAddresses(nameserver, name, fromWildcard);
    await expectAnswer(service, deletePath(name), [notThere]);
  });
  await t.test('under a wildcard: the other family only', async () => {
    const other = `v6.wild.${child}`;
    await expectAnswer(service, updatePath(other, '2001:db8::6'), [
      `UNCHANGED: ${other}. A None`,
      `UPDATED: ${other}. AAAA None -> 2001:db8::6`,
    ]);
    await expectAddresses(nameserver, other, { ipv6: ['2001:db8::6'] });
  });
  await t.test('under a wildcard: some labels deeper', async () => {
    const deep = `a.b.c.wild.${child}`;
    await expectAnswer(service, updatePath(deep, '192.0.2.7'), [
      `UPDATED: ${deep}. A None -> 192.0.2.7`,
      `UNCHANGED: ${deep}. AAAA None`,
    ]);
    await expectAddresses(nameserver, deep, { ipv4: ['192.0.2.7'] });
  });
  await t.test('under a wildcard that is an alias: the alias is not in the way', async () => {
    const host = `host.aliased.${child}`;
    await expectAnswer(service, updatePath(host, '192.0.2.4'), [
      `UPDATED: ${host}. A None -> 192.0.2.4`,
      `UNCHANGED: ${host}. AAAA None`,
    ]);
    await expectAddresses(nameserver, host, { ipv4: ['192.0.2.4'] });
  });
  await t.test('the wildcard itself, which has a value already', async () => {
    await expectAnswer(service, updatePath(`*.wild.${child}`, '192.0.2.201'), [
      `UPDATED: *.wild.${child}. A 192.0.2.200 -> 192.0.2.201`,
      `UNCHANGED: *.wild.${child}. AAAA None`,
    ]);
    await expectAddresses(nameserver, `new.wild.${child}`, { ipv4: ['192.0.2.201'] });
  });
}

async function severalRecords(t: TestContext, service: ServiceUnderTest, nameserver: NameserverUnderTest) {
  await t.test('several records: in numeric order, joined by commas, and all replaced', async () => {
    const name = `three.${child}`;
    await expectAnswer(service, updatePath(name, '192.0.2.20', '2001:db8::9'), [
      `UPDATED: ${name}. A 192.0.2.3,192.0.2.20,192.0.2.31 -> 192.0.2.20`,
      `UPDATED: ${name}. AAAA 2001:db8::9,2001:db8::10 -> 2001:db8::9`,
    ]);
    await expectAddresses(nameserver, name, { ipv4: ['192.0.2.20'], ipv6: ['2001:db8::9'] });
  });
}

async function aliases(t: TestContext, service: ServiceUnderTest, nameserver: NameserverUnderTest) {
  await t.test('a CNAME in the way is an error, and stays', async () => {
    const name = `alias.${child}`;
    const before = await nameserver.serial(child);
    const line = `DNS_SERVER_ERROR: The name ${name}. is an alias for elsewhere.example., and an alias can have no addresses of its own.`;
    await expectAnswer(service, updatePath(name, '192.0.2.1'), [line], { status: 502 });
    await expectAnswer(service, updatePath(name, '192.0.2.1', '2001:db8::1'), [line], { status: 502 });
    await expectAnswer(service, deletePath(name), [
      `UNCHANGED: The deletion of the domain name '${name}.' was not executed because there were no A or AAAA records.`,
    ]);
    assert.deepEqual(await nameserver.values(name, 'CNAME'), ['elsewhere.example.']);
    assert.equal(await nameserver.serial(child), before);
  });
}

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test, type TestContext } from 'node:test';

import { type NameserverUnderTest, makeNames, makes, startNameserver } from '../support/nameserver/primary-server.ts';
import type { ServiceUnderTest } from '../support/launch-service.ts';
import { requirePeer } from '../support/peers.ts';
import {
  ask,
  clientAddress,
  deletePath,
  expectAddresses,
  expectAnswer,
  secret,
  serveZones,
  updatePath,
  updateQuery,
  zoneOf,
} from './seed-service.ts';

const zone = 'dyn.example.test';
const www = `www.${zone}`;

/** Every URL of the original, over real HTTP, on every make of primary. */
for (const make of makeNames)
  test(`${makes[make].title} is changed by every URL of the original`, async (t) => {
    if (!requirePeer(t, ...makes[make].peers)) return;
    await using nameserver = await startNameserver(make, { zones: [{ name: zone }] });
    const { port: nameserverPort } = nameserver;
    // As the original's file has it: one nameserver for all, the key named like its zone.
    const zones = [{ name: zone, tsig_key: nameserver.key(zone).secret }];
    await using service = await serveZones(zones, { nameserver: '127.0.0.1', port: nameserverPort });
    await updatesByPath(t, service, nameserver);
    await updatesByQuery(t, service, nameserver);
    await timesToLive(t, service, nameserver);
    await deletions(t, service, nameserver);
    await pages(t, service, nameserver);
  });

async function updatesByPath(t: TestContext, service: ServiceUnderTest, nameserver: NameserverUnderTest) {
  await t.test('by path: one address, two, the other family, in any order', async () => {
    const expect = (addresses: readonly string[], ...lines: readonly string[]) =>
      expectAnswer(service, updatePath(www, ...addresses), lines);
    const unchanged = [`UNCHANGED: ${www}. A 192.0.2.1`, `UNCHANGED: ${www}. AAAA None`];

    await expect(['192.0.2.1'], `UPDATED: ${www}. A None -> 192.0.2.1`, `UNCHANGED: ${www}. AAAA None`);
    await expectAddresses(nameserver, www, { ipv4: ['192.0.2.1'] });
    await expect(['192.0.2.1'], ...unchanged);
    await expectAnswer(service, updatePath(`${www.toUpperCase()}.`, '192.0.2.1'), unchanged);
    await expect(
      ['192.0.2.2', '2001:db8::2'],
      `UPDATED: ${www}. A 192.0.2.1 -> 192.0.2.2`,
      `UPDATED: ${www}. AAAA None -> 2001:db8::2`,
    );
    await expectAddresses(nameserver, www, { ipv4: ['192.0.2.2'], ipv6: ['2001:db8::2'] });
    await expect(
      ['2001:DB8:0:0::3', '192.0.2.2'],
      `UNCHANGED: ${www}. A 192.0.2.2`,
      `UPDATED: ${www}. AAAA 2001:db8::2 -> 2001:db8::3`,
    );
    await expectAddresses(nameserver, www, { ipv4: ['192.0.2.2'], ipv6: ['2001:db8::3'] });
    await expect(['2001:db8::3'], `UPDATED: ${www}. A 192.0.2.2 -> None`, `UNCHANGED: ${www}. AAAA 2001:db8::3`);
    await expectAddresses(nameserver, www, { ipv6: ['2001:db8::3'] });
    await expect(['192.0.2.4'], `UPDATED: ${www}. A None -> 192.0.2.4`, `UPDATED: ${www}. AAAA 2001:db8::3 -> None`);
    await expectAddresses(nameserver, www, { ipv4: ['192.0.2.4'] });
  });

  await t.test("by path: the client's own address, through a trusted proxy", async () => {
    const lines = [`UPDATED: ${www}. A 192.0.2.4 -> ${clientAddress}`, `UNCHANGED: ${www}. AAAA None`];
    await expectAnswer(service, updatePath(www), lines);
    const init = { headers: { 'x-forwarded-for': '203.0.113.9, 2001:db8::77' } };
    await expectAnswer(
      service,
      updatePath(www),
      [`UPDATED: ${www}. A ${clientAddress} -> None`, `UPDATED: ${www}. AAAA None -> 2001:db8::77`],
      { init },
    );
    await expectAddresses(nameserver, www, { ipv6: ['2001:db8::77'] });
  });

  await t.test('by path: POST, and the secret in the header', async () => {
    const init = { method: 'POST', headers: { authorization: `Bearer ${secret}` } };
    await expectAnswer(
      service,
      `/update-by-path/-/${www}/192.0.2.5`,
      [`UPDATED: ${www}. A None -> 192.0.2.5`, `UPDATED: ${www}. AAAA 2001:db8::77 -> None`],
      { init },
    );
    await expectAddresses(nameserver, www, { ipv4: ['192.0.2.5'] });
  });

  await t.test('a prefetch and HEAD change nothing', async () => {
    const before = await nameserver.serial(zone);
    const prefetch = await ask(service, updatePath(www, '192.0.2.99'), { headers: { 'sec-purpose': 'prefetch' } });
    assert.equal(prefetch.status, 403);
    const head = await service.get(updatePath(www, '192.0.2.99'), { method: 'HEAD' });
    assert.deepEqual([head.status, head.body], [200, '']);
    assert.equal(await nameserver.serial(zone), before);
    await expectAddresses(nameserver, www, { ipv4: ['192.0.2.5'] });
  });
}

async function updatesByQuery(t: TestContext, service: ServiceUnderTest, nameserver: NameserverUnderTest) {
  const host = `query.${zone}`;
  const expect = (values: Readonly<Record<string, string>>, ...lines: readonly string[]) =>
    expectAnswer(service, updateQuery(values), lines);

  await t.test('by query: the addresses by each of their arguments', async () => {
    await expect(
      { fqdn: host, ip_1: '192.0.2.1' },
      `UPDATED: ${host}. A None -> 192.0.2.1`,
      `UNCHANGED: ${host}. AAAA None`,
    );
    await expect(
      { fqdn: host, ip_1: '2001:db8::1', ip_2: '192.0.2.2' },
      `UPDATED: ${host}. A 192.0.2.1 -> 192.0.2.2`,
      `UPDATED: ${host}. AAAA None -> 2001:db8::1`,
    );
    await expect(
      { fqdn: host, ipv4: '192.0.2.3' },
      `UPDATED: ${host}. A 192.0.2.2 -> 192.0.2.3`,
      `UPDATED: ${host}. AAAA 2001:db8::1 -> None`,
    );
    await expect(
      { fqdn: host, ipv6: '2001:db8::4' },
      `UPDATED: ${host}. A 192.0.2.3 -> None`,
      `UPDATED: ${host}. AAAA None -> 2001:db8::4`,
    );
    await expect(
      { fqdn: `${host}.`, ipv4: '192.0.2.5', ipv6: '2001:db8::5', ip_1: '' },
      `UPDATED: ${host}. A None -> 192.0.2.5`,
      `UPDATED: ${host}. AAAA 2001:db8::4 -> 2001:db8::5`,
    );
    await expectAddresses(nameserver, host, { ipv4: ['192.0.2.5'], ipv6: ['2001:db8::5'] });
    await expect(
      { fqdn: host, ipv4: '192.0.2.6', ip_1: '2001:db8::6' },
      `UPDATED: ${host}. A 192.0.2.5 -> 192.0.2.6`,
      `UPDATED: ${host}. AAAA 2001:db8::5 -> 2001:db8::6`,
    );
    await expectAddresses(nameserver, host, { ipv4: ['192.0.2.6'], ipv6: ['2001:db8::6'] });
  });

  await t.test("by query: the name in two parts, and the client's own address", async () => {
    await expect(
      { zone_name: zone, record_name: 'query' },
      `UPDATED: ${host}. A 192.0.2.6 -> ${clientAddress}`,
      `UPDATED: ${host}. AAAA 2001:db8::6 -> None`,
    );
    await expect(
      { zone_name: `${zone}.`, record_name: `${host}.`, ip_1: '192.0.2.7' },
      `UPDATED: ${host}. A ${clientAddress} -> 192.0.2.7`,
      `UNCHANGED: ${host}. AAAA None`,
    );
    await expectAddresses(nameserver, host, { ipv4: ['192.0.2.7'] });
  });

  await t.test('by query: arguments in a form', async () => {
    const body = new URLSearchParams({ secret, fqdn: host, ip_1: '192.0.2.8' });
    await expectAnswer(
      service,
      '/update-by-query',
      [`UPDATED: ${host}. A 192.0.2.7 -> 192.0.2.8`, `UNCHANGED: ${host}. AAAA None`],
      { init: { method: 'POST', body } },
    );
    await expectAddresses(nameserver, host, { ipv4: ['192.0.2.8'] });
  });
}

async function timesToLive(t: TestContext, service: ServiceUnderTest, nameserver: NameserverUnderTest) {
  const host = `ttl.${zone}`;
  const expectTtl = async (seconds: number, ...types: readonly string[]) => {
    for (const type of types) {
      const { answers, text } = await nameserver.query(host, type);
      assert.equal(answers[0]?.ttlSeconds, seconds, text);
    }
  };
  const unchanged = [`UNCHANGED: ${host}. A 192.0.2.1`, `UNCHANGED: ${host}. AAAA 2001:db8::1`];
  const both = { fqdn: host, ip_1: '192.0.2.1', ip_2: '2001:db8::1' };

  await t.test('TTL: absent, given, clamped, changed alone, kept', async () => {
    await expectAnswer(service, updateQuery(both), [
      `UPDATED: ${host}. A None -> 192.0.2.1`,
      `UPDATED: ${host}. AAAA None -> 2001:db8::1`,
    ]);
    await expectTtl(300, 'A', 'AAAA');
    const before = await nameserver.serial(zone);
    await expectAnswer(service, updateQuery({ ...both, ttl: '120' }), unchanged);
    await expectTtl(120, 'A', 'AAAA');
    assert.equal(await nameserver.serial(zone), before + 1);
    await expectAnswer(service, updateQuery(both), unchanged);
    await expectTtl(120, 'A', 'AAAA');
    assert.equal(await nameserver.serial(zone), before + 1);
    await expectAnswer(service, updateQuery({ ...both, ip_1: '192.0.2.2' }), [
      `UPDATED: ${host}. A 192.0.2.1 -> 192.0.2.2`,
      `UNCHANGED: ${host}. AAAA 2001:db8::1`,
    ]);
    await expectTtl(300, 'A');
    await expectTtl(120, 'AAAA');
    await expectAnswer(service, updateQuery({ ...both, ttl: '1' }), [
      `UPDATED: ${host}. A 192.0.2.2 -> 192.0.2.1`,
      `UNCHANGED: ${host}. AAAA 2001:db8::1`,
    ]);
    await expectTtl(30, 'A', 'AAAA');
    await expectAnswer(service, updateQuery({ ...both, ttl: '99999999999' }), unchanged);
    await expectTtl(86_400, 'A', 'AAAA');
  });
}

async function deletions(t: TestContext, service: ServiceUnderTest, nameserver: NameserverUnderTest) {
  const gone = `UPDATED: The A and AAAA records of the domain name '${www}.' were deleted.`;
  const notThere = `UNCHANGED: The deletion of the domain name '${www}.' was not executed because there were no A or AAAA records.`;

  await t.test('delete: both families, one, none; nothing else of the name', async () => {
    const text = await nameserver.update(zone, [`update add ${www}. 60 TXT "stays"`]);
    assert.equal(text.status, 'NOERROR', text.text);
    await ask(service, updatePath(www, '192.0.2.1', '2001:db8::1'));
    await expectAnswer(service, deletePath(www), [gone]);
    await expectAddresses(nameserver, www, {});
    await expectAnswer(service, deletePath(www), [notThere]);
    await ask(service, updatePath(www, '2001:db8::1'));
    await expectAnswer(service, deletePath(`${www}.`), [gone], { init: { method: 'POST' } });
    await expectAddresses(nameserver, www, {});
    assert.deepEqual(await nameserver.values(www, 'TXT'), ['"stays"']);
  });
}

async function pages(t: TestContext, service: ServiceUnderTest, nameserver: NameserverUnderTest) {
  await t.test('the pages: version, check, readiness', async () => {
    const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
    const { version } = JSON.parse(text) as { version: string };
    await expectAnswer(service, '/', [`dyndns v${version}`]);
    await expectAnswer(service, '/readyz', ['ready']);
    await expectAnswer(service, '/check', ['PARAMETER_ERROR: missing: Field required (secret).'], { status: 400 });
    const before = await nameserver.serial(zone);
    const check = await ask(service, `/check?secret=${secret}`);
    assert.equal(check.status, 200, check.body);
    assert.match(
      check.body,
      /^INFO: The update check passed: A TXT record '[a-z0-9-]+' with the content '[A-Z0-9]{8}' could be updated on the zone 'dyn\.example\.test\.'\.\n$/,
    );
    assert.ok((await nameserver.serial(zone)) > before, 'the check has written');
  });
}

/** What the original answers to mistakes, to the letter, as far as it depends on no nameserver. */
test('mistakes are answered in the words of the original, and change nothing', async (t) => {
  if (!requirePeer(t, ...makes.bind.peers)) return;
  await using nameserver = await startNameserver('bind', { zones: [{ name: zone }] });
  await using service = await serveZones([zoneOf(nameserver, zone)]);
  const before = await nameserver.serial(zone);
  const query = (values: Readonly<Record<string, string>>) => updateQuery({ fqdn: www, ip_1: '192.0.2.1', ...values });
  const cases: readonly (readonly [path: string, status: number, line: string])[] = [
    [`/update-by-path/wrongsecret/${www}`, 403, 'PARAMETER_ERROR: You specified a wrong secret key.'],
    [query({ colour: 'red' }), 400, 'PARAMETER_ERROR: extra_forbidden: Extra inputs are not permitted (colour).'],
    [`/update-by-query?fqdn=${www}`, 400, 'PARAMETER_ERROR: missing: Field required (secret).'],
    [
      updatePath('test.wrong-domain.de', '192.0.2.1'),
      404,
      "DNS_NAME_ERROR: The fully qualified domain name 'test.wrong-domain.de.' could not be split into a record and a zone name.",
    ],
    [
      updatePath(`test.evil${zone}`, '192.0.2.1'),
      404,
      `DNS_NAME_ERROR: The fully qualified domain name 'test.evil${zone}.' could not be split into a record and a zone name.`,
    ],
    [updatePath(www, '1.2.3'), 400, "IP_ADDRESS_ERROR: Invalid IP address '1.2.3'."],
    [query({ ip_1: '', ipv4: '1::2' }), 400, 'IP_ADDRESS_ERROR: IP version "4" does not match.'],
    [query({ ip_1: '', ipv6: '1.2.3.4' }), 400, 'IP_ADDRESS_ERROR: IP version "6" does not match.'],
    [
      updatePath(www, '1.2.3.4', '1.2.3.5'),
      400,
      'IP_ADDRESS_ERROR: The attribute "ipv4" is already set and has the value "1.2.3.4".',
    ],
    [
      query({ zone_name: zone, record_name: 'www' }),
      400,
      'DNS_NAME_ERROR: Specify "fqdn" or "zone_name" and "record_name".',
    ],
    [query({ fqdn: '' }), 400, 'DNS_NAME_ERROR: Value "fqdn" is required.'],
    [
      query({ fqdn: '', zone_name: 'example.net', record_name: 'www' }),
      404,
      'DNS_NAME_ERROR: Unknown zone "example.net".',
    ],
    [updatePath(`-x.${zone}`), 400, `DNS_NAME_ERROR: The label '-x' of the DNS name '-x.${zone}' is invalid.`],
    [updatePath('x.1'), 400, "DNS_NAME_ERROR: The TLD '1' of the DNS name 'x.1' must be not purely numeric."],
  ];
  for (const [path, status, line] of cases) await expectAnswer(service, path, [line], { status });
  const loopback = await ask(service, updatePath(www), { headers: { 'x-forwarded-for': '' } });
  assert.equal(loopback.status, 400);
  assert.match(loopback.body, /^IP_ADDRESS_ERROR: The client's own address '127\.0\.0\.1' cannot be used: /);
  const page = await ask(service, '/statistics');
  assert.equal(page.status, 404);
  assert.match(page.body, /^PARAMETER_ERROR: There is no such page; /);
  assert.equal(await nameserver.serial(zone), before);
  await expectAddresses(nameserver, www, {});
  assert.doesNotMatch(service.log(), new RegExp(secret));
});

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { encodeMessage } from '../../src/dns/message.ts';
import { splitTsig } from '../../src/dns/tsig-record.ts';

import { makeNames, makes, startNameserver } from '../support/nameserver/primary-server.ts';
import { requirePeer } from '../support/peers.ts';
import { makeTestKey, type TestKey } from '../support/test-key.ts';
import { describeZone, examine, expectFinding, expectOnly } from './doctor-examination.ts';
import { startMeddlingProxy } from './doctor-meddling-proxy.ts';

const zone = 'dyn.example.test';

for (const make of makeNames)
  test(`a zone that is called otherwise on ${makes[make].title} is suggested`, async (t) => {
    if (!requirePeer(t, ...makes[make].peers)) return;
    await using nameserver = await startNameserver(make, { zones: [{ name: zone }] });
    const { port } = nameserver;
    const key = nameserver.key(zone);

    await t.test('the name lies inside a zone', async () => {
      const report = await examine(describeZone(port, `home.${zone}`, key));
      expectOnly(
        report,
        'other-zone',
        /has no zone home\.dyn\.example\.test\./,
        /NOTAUTH/,
        /Configure the zone as dyn\.example\.test\./,
      );
    });

    await t.test('the zone is one below, and the key is called like it', async () => {
      const report = await examine(describeZone(port, 'example.test', key));
      expectFinding(report, 'other-zone', /Configure the zone as dyn\.example\.test\./);
    });

    await t.test('neither the zone nor the key exists, as the key is called like the zone', async () => {
      const report = await examine(describeZone(port, `home.${zone}`, makeTestKey(`home.${zone}`)));
      expectFinding(report, 'other-zone', /Configure the zone as dyn\.example\.test\./);
      expectFinding(report, make === 'powerdns' ? 'signature-rejected' : 'unknown-key');
    });

    await t.test('a mistyped zone, and the key is called like the real one', async () => {
      const report = await examine(describeZone(port, 'dyn.other.invalid', key));
      expectFinding(report, 'other-zone', /has the zone dyn\.example\.test\./);
    });
  });

for (const make of makeNames)
  test(`a nameserver, ${makes[make].title}, that has nothing to do with the zone`, async (t) => {
    if (!requirePeer(t, ...makes[make].peers)) return;
    const key = makeTestKey('a-key');
    await using nameserver = await startNameserver(make, { zones: [{ name: zone, key }] });
    const report = await examine(describeZone(nameserver.port, 'dyn.elsewhere.test', key));
    expectOnly(
      report,
      'zone-not-served',
      /neither the zone dyn\.elsewhere\.test\. nor one above/,
      /REFUSED/,
      /Correct the name/,
    );
  });

test('a zone that may be updated but not asked for', async (t) => {
  if (!requirePeer(t, ...makes.bind.peers)) return;
  await using nameserver = await startNameserver('bind', {
    zones: [{ name: zone, bindStatements: 'allow-query { none; };' }],
    readyWhen: 'answering',
  });
  const report = await examine(describeZone(nameserver.port, zone, nameserver.key(zone)));
  expectOnly(
    report,
    'query-refused',
    /has the zone dyn\.example\.test\., but answers a query for it with REFUSED/,
    /allow-query/,
  );
});

test('a zone that could not be loaded', async (t) => {
  if (!requirePeer(t, ...makes.bind.peers, ...makes.knot.peers)) return;
  for (const make of ['bind', 'knot'] as const) {
    await using nameserver = await startNameserver(make, {
      zones: [{ name: zone, records: ['@ IN SOA ns hostmaster one two three'] }],
      readyWhen: 'answering',
    });
    const report = await examine(describeZone(nameserver.port, zone, nameserver.key(zone)));
    expectOnly(report, 'zone-not-loaded', /SERVFAIL/, /could not be loaded/, /log/);
  }
});

for (const make of makeNames)
  test(`a primary, ${makes[make].title}, of the zone above, which delegates ours`, async (t) => {
    if (!requirePeer(t, ...makes[make].peers)) return;
    await using nameserver = await startNameserver(make, {
      zones: [{ name: 'example.test', records: ['dyn IN NS ns1.elsewhere.test.', 'dyn IN NS ns2.elsewhere.test.'] }],
    });
    const report = await examine(describeZone(nameserver.port, zone, nameserver.key('example.test')));
    expectOnly(
      report,
      'delegated-away',
      /delegated to ns[12]\.elsewhere\.test\. and ns[12]\.elsewhere\.test\./,
      /Configure the primary of the delegated zone/,
    );
  });

test('a resolver in place of the primary', async (t) => {
  if (!requirePeer(t, ...makes.bind.peers)) return;
  await using primary = await startNameserver('bind', { zones: [{ name: zone }] });
  const key = primary.key(zone);
  const resolverOptions = `forward only; forwarders { 127.0.0.1 port ${primary.port}; }; allow-recursion { any; };`;
  const startResolver = (keys: readonly TestKey[]) =>
    startNameserver('bind', {
      zones: [],
      keys,
      readyWhen: 'answering',
      rewriteConfiguration: (text) => text.replace('recursion no;', `recursion yes; ${resolverOptions}`),
    });

  await t.test('one that knows the key', async () => {
    await using resolver = await startResolver([key]);
    const ask = () => resolver.query(zone, 'SOA', { more: ['+rec'] });
    assert.equal((await ask()).status, 'NOERROR', 'it does resolve');
    const report = await examine(describeZone(resolver.port, zone, key));
    expectOnly(report, 'resolver', /answers as a resolver, without authority/, /not a resolver/);
  });

  await t.test('one that does not know the key', async () => {
    await using resolver = await startResolver([]);
    const report = await examine(describeZone(resolver.port, zone, key));
    expectFinding(report, 'resolver');
    expectFinding(report, 'unknown-key');
  });
});

test('something between that takes the signature off the answers', async (t) => {
  if (!requirePeer(t, ...makes.bind.peers)) return;
  await using nameserver = await startNameserver('bind', { zones: [{ name: zone }] });
  const withoutSignature = (wire: Uint8Array) => {
    const split = splitTsig(wire);
    return split.kind === 'malformed' ? wire : encodeMessage(split.message);
  };
  await using proxy = await startMeddlingProxy(nameserver.port, { response: withoutSignature });
  const report = await examine(describeZone(proxy.port, zone, nameserver.key(zone)));
  expectOnly(report, 'unsigned-answer', /without a signature/, /ignores TSIG/);
});

test('something between that changes the answers', async (t) => {
  if (!requirePeer(t, ...makes.bind.peers)) return;
  await using nameserver = await startNameserver('bind', { zones: [{ name: zone }] });
  // The octet of the flags that holds RA.
  const changed = (wire: Uint8Array) => wire.with(3, (wire[3] ?? 0) ^ 0x80);
  await using proxy = await startMeddlingProxy(nameserver.port, { response: changed });
  const report = await examine(describeZone(proxy.port, zone, nameserver.key(zone)));
  expectOnly(report, 'forged-answer', /not proven to be the nameserver's/, /MAC of the answer is wrong/);
});

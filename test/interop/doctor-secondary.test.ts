import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import { defaultDoctorLimits } from '../../src/doctor/limits.ts';
import { dig } from '../support/dig.ts';
import { freePort } from '../support/free-port.ts';
import { makes, type NameserverUnderTest, startNameserver } from '../support/nameserver/primary-server.ts';
import { requirePeer } from '../support/peers.ts';
import { startProcess } from '../support/process.ts';
import { createTemporaryDirectory } from '../support/temporary-directory.ts';
import { makeTestKey } from '../support/test-key.ts';
import { describeZone, examine, expectFinding, expectHealth, expectOnly } from './doctor-examination.ts';

const zone = 'dyn.example.test';
const key = makeTestKey(zone);
const twoNameservers = [
  '@ IN SOA ns1 hostmaster 1 3600 600 1209600 60',
  '@ IN NS ns1',
  '@ IN NS ns2',
  'ns1 IN A 127.0.0.1',
  'ns2 IN A 127.0.0.1',
];

/** A BIND that fetches the zone from a primary. */
async function startBindSecondary(primaryPort: number, port?: number): Promise<NameserverUnderTest> {
  const statement = `zone "${zone}" { type secondary; file "${zone}.copy"; primaries { 127.0.0.1 port ${primaryPort} key "${key.name}"; }; allow-notify { any; }; };`;
  const secondary = await startNameserver('bind', {
    zones: [],
    keys: [key],
    ...(port === undefined ? {} : { port }),
    readyWhen: 'answering',
    rewriteConfiguration: (text) => `${text}\n${statement}\n`,
  });
  await waitUntilServed(secondary.port);
  return secondary;
}

async function waitUntilServed(port: number): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if ((await dig({ port, name: zone, type: 'SOA' })).flags.includes('aa')) return;
    await delay(50);
  }
  throw new Error(`the secondary at port ${port} never got the zone`);
}

/** Until its timer has visibly begun to run down: EXPIRE has a resolution of a second. */
async function waitUntilExpiring(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const { text } = await dig({ port, name: zone, type: 'SOA', more: ['+expire'] });
    if (Number(/EXPIRE: (\d+)/.exec(text)?.[1] ?? Infinity) < 1_209_600) return;
    await delay(50);
  }
  throw new Error(`the secondary at port ${port} does not say when its copy expires`);
}

/** The first nameserver of the zone is the primary, the second the other port. */
function withPorts(primaryPort: number, secondaryPort: number) {
  return { nameserverPort: (name: string) => (name.startsWith('ns1.') ? primaryPort : secondaryPort) };
}

test('a secondary that follows has the serial of the primary', async (t) => {
  if (!requirePeer(t, ...makes.bind.peers)) return;
  const secondaryPort = await freePort();
  await using primary = await startNameserver('bind', {
    zones: [
      {
        name: zone,
        key,
        records: twoNameservers,
        bindStatements: `notify explicit; also-notify { 127.0.0.1 port ${secondaryPort}; };`,
      },
    ],
    bindOptions: 'notify-delay 0;',
  });
  await using secondary = await startBindSecondary(primary.port, secondaryPort);
  const report = await examine(describeZone(primary.port, zone, key), withPorts(primary.port, secondary.port));
  expectHealth(report);
  assert.equal(report.serial, 3);
  const serials = new Map(report.nameservers.map(({ port, serial }) => [port, serial]));
  assert.deepEqual(
    serials,
    new Map([
      [primary.port, 3],
      [secondary.port, 3],
    ]),
  );
});

test('a secondary that is not told of changes lags: a warning with both serials', async (t) => {
  if (!requirePeer(t, ...makes.bind.peers)) return;
  await using primary = await startNameserver('bind', { zones: [{ name: zone, key, records: twoNameservers }] });
  await using secondary = await startBindSecondary(primary.port);
  const limits = { ...defaultDoctorLimits, propagationMs: 500 };
  const tools = { ...withPorts(primary.port, secondary.port), limits };
  const report = await examine(describeZone(primary.port, zone, key), tools);
  expectOnly(
    report,
    'nameserver-lags',
    /ns2\.dyn\.example\.test\. \(127\.0\.0\.1\) still has the serial 1, and the primary has 3/,
    /also-notify/,
  );
  assert.equal(report.status, 'warning');
});

test('nameservers that are named and do not serve the zone', async (t) => {
  if (!requirePeer(t, ...makes.bind.peers, ...makes.knot.peers)) return;
  const names = ['silent', 'lame', 'nowhere'];
  await using primary = await startNameserver('bind', {
    zones: [
      {
        name: zone,
        key,
        records: [...twoNameservers, ...names.map((name) => `@ IN NS ${name}.other.test.`)],
      },
    ],
  });
  await using stranger = await startNameserver('knot', { zones: [{ name: 'other.test' }] });
  await using resolver = await startResolver(primary.port);
  const ports: Record<string, number> = {
    [`ns2.${zone}.`]: resolver.port,
    'silent.other.test.': await freePort(),
    'lame.other.test.': stranger.port,
  };
  const report = await examine(describeZone(primary.port, zone, key), {
    nameserverPort: (name) => ports[name] ?? primary.port,
    resolveAddresses: (name) => Promise.resolve(name.toString().startsWith('nowhere') ? [] : ['127.0.0.1']),
    limits: { ...defaultDoctorLimits, answerTimeoutMs: 300 },
  });
  expectFinding(report, 'nameserver-silent', /silent\.other\.test\. \(127\.0\.0\.1\)/, /neither by UDP nor by TCP/);
  expectFinding(report, 'nameserver-lame', /does not serve it: it answers (REFUSED|without authority)/);
  expectFinding(report, 'nameserver-without-address', /nowhere\.other\.test\./, /Add its A or AAAA record/);
  assert.equal(report.status, 'warning');
  assert.equal(report.steps.at(-1)?.findings.length, 4);
});

async function startResolver(primaryPort: number): Promise<NameserverUnderTest> {
  const statements = `recursion yes; forward only; forwarders { 127.0.0.1 port ${primaryPort}; };`;
  return startNameserver('bind', {
    zones: [],
    readyWhen: 'answering',
    rewriteConfiguration: (text) => text.replace('recursion no;', statements),
  });
}

test('a secondary in place of the primary is seen through, and the primary named', async (t) => {
  if (!requirePeer(t, ...makes.bind.peers, ...makes.knot.peers)) return;
  await using primary = await startNameserver('bind', { zones: [{ name: zone, key, records: twoNameservers }] });
  const words = [
    /looks like a secondary/,
    /SOA MNAME says that the primary is ns1\.dyn\.example\.test\./,
    /Configure the primary/,
  ];

  await t.test('BIND answers the update with REFUSED', async () => {
    await using secondary = await startBindSecondary(primary.port);
    await waitUntilExpiring(secondary.port);
    const report = await examine(describeZone(secondary.port, zone, key));
    expectOnly(report, 'looks-like-secondary', /REFUSED/, ...words);
  });

  await t.test('Knot answers the update with NOTAUTH', async () => {
    await using secondary = await startKnotSecondary(primary.port);
    await waitUntilExpiring(secondary.port);
    const report = await examine(describeZone(secondary.port, zone, key));
    expectOnly(report, 'looks-like-secondary', /NOTAUTH/, ...words);
  });
});

async function startKnotSecondary(primaryPort: number): Promise<NameserverUnderTest> {
  const secondary = await startNameserver('knot', {
    zones: [],
    keys: [key],
    readyWhen: 'answering',
    rewriteConfiguration: (text) =>
      text
        .replace(
          /^acl:\n/m,
          `remote:\n  - id: primary\n    address: 127.0.0.1@${primaryPort}\n    key: ${key.name}\nacl:\n  - id: query\n    key: ${key.name}\n    action: query\n`,
        )
        .concat(`  - domain: ${zone}\n    master: primary\n    acl: query\n`),
  });
  await waitUntilServed(secondary.port);
  return secondary;
}

test('an NSD, which takes no updates at all', async (t) => {
  if (!requirePeer(t, 'nsd', 'dig')) return;
  await using nsd = await startNsd(t, twoNameservers);
  const report = await examine(describeZone(nsd.port, zone, key));
  expectOnly(report, 'update-not-implemented', /does not know dynamic updates: it answers NOTIMP/, /NSD has none/);
});

test('an NSD, where MNAME has the address of another machine', async (t) => {
  if (!requirePeer(t, 'nsd', 'dig')) return;
  const elsewhere = twoNameservers.map((line) => line.replace('ns1 IN A 127.0.0.1', 'ns1 IN A 127.0.0.5'));
  await using nsd = await startNsd(t, elsewhere);
  const report = await examine(describeZone(nsd.port, zone, key));
  expectOnly(report, 'looks-like-secondary', /answers the update with NOTIMP/, /primary is ns1\.dyn\.example\.test\./);
});

async function startNsd(t: TestContext, records: readonly string[]) {
  const { name, algorithm, secret } = key;
  const directory = await createTemporaryDirectory('nsd', 'nobody');
  t.after(() => directory[Symbol.asyncDispose]());
  const port = await freePort();
  await directory.write('zone', [`$ORIGIN ${zone}.`, '$TTL 300', ...records, ''].join('\n'));
  const file = await directory.write(
    'nsd.conf',
    `server:
  ip-address: 127.0.0.1@${port}
  server-count: 1
  username: ""
  chroot: ""
  zonesdir: "${directory.path}"
  database: ""
  pidfile: "${directory.path}/pid"
  xfrdfile: "${directory.path}/xfrd"
  xfrdir: "${directory.path}"
  zonelistfile: "${directory.path}/zonelist"
remote-control:
  control-enable: no
key:
  name: "${name}"
  algorithm: ${algorithm}
  secret: "${secret}"
zone:
  name: ${zone}
  zonefile: zone
  provide-xfr: 127.0.0.1 ${name}
`,
  );
  const running = startProcess({ title: 'NSD', command: 'nsd', args: ['-d', '-c', file], asNobody: true });
  await running.waitUntil(async () => (await dig({ port, name: zone, type: 'SOA' })).flags.includes('aa'), 20_000);
  return Object.assign(running, { port });
}

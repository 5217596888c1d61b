import assert from 'node:assert/strict';
import { copyFile, open, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { type Report, findingsOf } from '../../src/doctor/report.ts';
import { dyndns } from '../e2e/cli-process.ts';
import { launchEmbedded } from '../support/embedded-service.ts';
import { freePort } from '../support/free-port.ts';
import { launchService, type ServiceUnderTest } from '../support/launch-service.ts';
import { makes, startNameserver } from '../support/nameserver/primary-server.ts';
import { requirePeer } from '../support/peers.ts';
import { createTemporaryDirectory } from '../support/temporary-directory.ts';
import { makeTestKey } from '../support/test-key.ts';
import { isRoot } from '../support/unprivileged.ts';
import { examineHosted, expectOnlyFinding, foundIn, stepsOf } from './hosted-examination.ts';
import { configurationOf, secret } from './seed-service.ts';

const zone = 'dyn.example.test';

/** What the command finds, by code, with its exit code. */
async function checkBy(file: string, asNobody = false) {
  const { exitCode, stdout, stderr } = await dyndns(['check', '--json', '--config', file], { asNobody });
  assert.match(stdout, /^\{/, stderr);
  const { zones } = JSON.parse(stdout) as Report;
  return { exitCode, findings: zones.flatMap(findingsOf), steps: zones.flatMap(({ steps }) => steps) };
}

function codes(findings: readonly { readonly code: string }[]): readonly string[] {
  return findings.map(({ code }) => code);
}

/** Nobody can be asked about the world here, and the zone names itself: what every report says then. */
const settings = (dnsPort: number) => ({
  dns: { listen: `127.0.0.1:${dnsPort}` },
  database: 'sqlite:zones.db',
});

/** A configuration that the service has not read. */
async function writeUnread(service: ServiceUnderTest, configuration: object): Promise<string> {
  const file = join(service.directory, 'unread.yml');
  await writeFile(file, JSON.stringify(configuration), { mode: 0o600 });
  return file;
}

test('a zone without a key, as a first start makes it', async () => {
  const dnsPort = await freePort();
  const configuration = configurationOf([{ name: zone }], settings(dnsPort));
  await using service = await launchService({ configuration, readyWhen: 'ready' });
  const { exitCode, findings, steps } = await checkBy(service.configurationFile);
  assert.equal(exitCode, 0);
  assert.deepEqual(codes(findings), ['listens-locally', 'nameserver-unnamed']);
  assert.deepEqual(
    steps.map(({ step, status }) => `${step} ${status}`),
    [
      'service passed',
      'database passed',
      'key passed',
      'update skipped',
      'reach hint',
      'delegation skipped',
      'secondaries passed',
    ],
  );
  const update = steps.find(({ step }) => step === 'update');
  assert.match(update?.note ?? '', /\/check of the service says whether it takes changes/);
  const { status, body } = await service.get(`/check?secret=${secret}`);
  assert.equal(status, 200);
  assert.match(
    body,
    /^INFO: The update check passed: The zone 'dyn\.example\.test\.' is hosted here, and its database takes changes\.\n/,
  );
});

test('what runs is not what the configuration says', async (t) => {
  if (!requirePeer(t, ...makes.bind.peers)) return;
  const dnsPort = await freePort();
  const key = makeTestKey(zone);
  const described = (name: string, secretOfKey = key.secret) =>
    configurationOf([{ name, tsig_key: secretOfKey }], settings(dnsPort));
  await using service = await launchService({ configuration: described(zone), readyWhen: 'ready' });

  await t.test('another zone', async () => {
    const file = await writeUnread(service, described('other.example.test'));
    const { exitCode, findings } = await checkBy(file);
    assert.equal(exitCode, 1);
    assert.equal(findings[0]?.code, 'service-lacks-zone');
    assert.match(findings[0]?.cause ?? '', /it answers REFUSED/);
    assert.match(findings[0]?.remedy ?? '', /systemctl reload dyndns/);
  });

  await t.test('another secret of the key', async () => {
    const file = await writeUnread(service, described(zone, makeTestKey(zone).secret));
    const { exitCode, findings } = await checkBy(file);
    assert.equal(exitCode, 1);
    assert.equal(findings[0]?.code, 'key-not-in-force');
    assert.match(findings[0]?.cause ?? '', /it answers NOTAUTH \(BADSIG\)/);
  });

  await t.test('another nameserver, with the same zone from elsewhere', async () => {
    await service.stop();
    await using _other = await startNameserver('bind', { port: dnsPort, zones: [{ name: zone }] });
    const { exitCode, findings } = await checkBy(service.configurationFile);
    assert.equal(exitCode, 1);
    assert.equal(findings[0]?.code, 'service-of-another');
    assert.match(findings[0]?.cause ?? '', /with the serial 1, and the database of this configuration has \d+:/);
  });
});

test('the database from outside', async (t) => {
  const dnsPort = await freePort();
  const records = Array.from({ length: 3000 }, (_, index) => `host-${index} A 192.0.2.1\n`).join('');
  const configuration = configurationOf([{ name: zone, records }], settings(dnsPort));
  await using service = await launchService({ configuration, readyWhen: 'ready' });
  await service.stop();

  await t.test('damaged pages are found', async () => {
    await using directory = await createTemporaryDirectory('damaged');
    const file = await directory.write('dyndns.yml', JSON.stringify(configuration), 0o600);
    const path = join(directory.path, 'zones.db');
    await copyFile(join(service.directory, 'zones.db'), path);
    await damage(path);
    const { exitCode, findings } = await checkBy(file);
    assert.equal(exitCode, 1);
    assert.deepEqual(codes(findings).slice(0, 2), ['service-not-running', 'database-damaged']);
    assert.match(findings[1]?.cause ?? '', /zones\.db is damaged: /);
  });

  await t.test('something else than a database is told as such', async () => {
    await using directory = await createTemporaryDirectory('no-database');
    const file = await directory.write('dyndns.yml', JSON.stringify(configuration), 0o600);
    await directory.write('zones.db', 'a letter to somebody, and quite a long one '.repeat(100));
    const { findings } = await checkBy(file);
    assert.deepEqual(codes(findings).slice(0, 2), ['service-not-running', 'database-fault']);
    assert.match(findings[1]?.cause ?? '', /is damaged, or no database at all/);
  });

  await t.test('where it belongs to another user, that one should ask', async () => {
    if (!isRoot()) return;
    await using directory = await createTemporaryDirectory('hidden', 'nobody');
    const file = await directory.write('dyndns.yml', JSON.stringify(configuration));
    await writeFile(join(directory.path, 'zones.db'), '', { mode: 0o600 });
    const { findings } = await checkBy(file, true);
    assert.ok(codes(findings).includes('database-hidden'), codes(findings).join());
  });

  await t.test('before the first start there is none', async () => {
    await using directory = await createTemporaryDirectory('unborn');
    const file = await directory.write('dyndns.yml', JSON.stringify(configuration), 0o600);
    const { findings } = await checkBy(file);
    assert.deepEqual(codes(findings).slice(0, 2), ['service-not-running', 'database-absent']);
    await assert.rejects(stat(join(directory.path, 'zones.db')), /ENOENT/, 'looking makes none');
  });
});

/** Overwrites a page in the middle: the cells of a table's leaf no longer lie where its beginning says. */
async function damage(path: string): Promise<void> {
  const { size } = await stat(path);
  await using file = await open(path, 'r+');
  const pageOctets = 4096;
  const middle = Math.floor(size / pageOctets / 2) * pageOctets;
  await file.write(Buffer.alloc(pageOctets / 2, 0xee), 0, pageOctets / 2, middle + 16);
}

test('a key with a weak algorithm', async () => {
  await using embedded = await launchEmbedded(zone, { key: makeTestKey(zone, 'hmac-md5') });
  const [report] = await examineHosted(embedded.service, {
    parentPort: await freePort(),
    ports: {},
    servicePort: embedded.dnsPort,
  });
  assert.deepEqual(
    foundIn(report).map(({ code }) => code),
    ['weak-key', 'listens-locally', 'nameserver-unnamed'],
  );
  assert.equal(report?.status, 'warning');
  assert.ok(report.content !== undefined, 'it is good enough for the trial');
});

test('at the address that the zone gives for us, somebody else answers, or nobody', async (t) => {
  if (!requirePeer(t, ...makes.knot.peers)) return;
  const parent = 'example.test';
  await using above = await startNameserver('knot', {
    zones: [{ name: parent, records: ['dyn NS ns1.dyn', 'ns1.dyn A 127.0.0.1'] }],
  });
  await using embedded = await launchEmbedded(zone, { dns: { ns: `ns1.${zone} 127.0.0.1` } });
  const world = { parentPort: above.port, ports: { [`ns.${parent}.`]: above.port } };
  const listening = { code: 'listens-locally', places: [`127.0.0.1 port ${embedded.dnsPort}`] } as const;

  await t.test('somebody else', async () => {
    const [report] = await examineHosted(embedded.service, { ...world, servicePort: above.port });
    const answer = 'it answers without authority';
    assert.deepEqual(foundIn(report), [
      listening,
      { code: 'address-of-another', name: `ns1.${zone}.`, address: '127.0.0.1', answer },
    ]);
  });

  await t.test('nobody: where only this machine can ask, that says it all', async () => {
    const [report] = await examineHosted(embedded.service, { ...world, servicePort: await freePort() });
    expectOnlyFinding(report, listening, /just right for trying it out/);
    assert.equal(report?.status, 'passed');
  });

  await t.test('ourselves', async () => {
    const [report] = await examineHosted(embedded.service, { ...world, servicePort: embedded.dnsPort });
    assert.ok(report);
    assert.deepEqual(foundIn(report), []);
    assert.ok(stepsOf(report).every((step) => step.endsWith(' passed')));
  });

  await t.test('nobody, and the service listens on all addresses, at a port beside 53', async () => {
    const dnsPort = await freePort();
    const dns = { listen: `0.0.0.0:${dnsPort}`, ns: `ns1.${zone} 127.0.0.1` };
    await using wide = await launchEmbedded(zone, { dns });
    const [report] = await examineHosted(wide.service, { ...world, servicePort: await freePort() });
    const finding = { code: 'listens-beside-53', places: [`0.0.0.0 port ${dnsPort}`] } as const;
    expectOnlyFinding(report, finding, /and the world asks at port 53/);
  });

  await t.test('ourselves, where systemd has handed over other sockets than dns.listen says', async () => {
    const configuration = configurationOf([{ name: zone, tsig_key: embedded.key().secret }], {
      dns: { listen: `127.0.0.1:${await freePort()}`, ns: `ns1.${zone} 127.0.0.1` },
      database: 'sqlite:zones.db',
    });
    const configurationFile = await writeUnread(embedded.service, configuration);
    const service = { configurationFile, directory: embedded.service.directory };
    const [report] = await examineHosted(service, { ...world, servicePort: embedded.dnsPort });
    assert.deepEqual(foundIn(report), []);
  });

  await t.test('nobody knows where, when the system has chosen the port', async () => {
    const configuration = configurationOf([{ name: zone }], {
      dns: { listen: '127.0.0.1:0' },
      database: 'sqlite:zones.db',
    });
    const { exitCode, findings } = await checkBy(await writeUnread(embedded.service, configuration));
    assert.equal(exitCode, 1);
    assert.equal(findings[0]?.code, 'service-not-running');
    assert.match(findings[0]?.cause ?? '', /at 127\.0\.0\.1, at a port that the system chooses/);
  });

  await t.test('an examination that is interrupted changes nothing', async () => {
    const serial = await embedded.serial();
    const signal = AbortSignal.abort();
    const [report] = await examineHosted(embedded.service, { ...world, servicePort: embedded.dnsPort, signal });
    assert.deepEqual(new Set(foundIn(report).map(({ code }) => code)), new Set(['interrupted']));
    assert.equal(await embedded.serial(), serial);
  });
});

import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import { dyndns } from '../e2e/cli-process.ts';
import { dig, type DigAnswer, digSerial } from '../support/dig.ts';
import { type EmbeddedService, launchEmbedded } from '../support/embedded-service.ts';
import { type NameserverUnderTest, startNameserver } from '../support/nameserver/primary-server.ts';
import { startSecondary } from '../support/nameserver/secondary.ts';
import { requirePeer } from '../support/peers.ts';
import { runCommand } from '../support/run-command.ts';
import { makeTestKey, type TestKey } from '../support/test-key.ts';
import { queryOverUdp } from '../support/udp-query.ts';
import { configurationOf, expectAnswer, updatePath } from './seed-service.ts';

const zone = 'dyn.example.test';
const peers = ['named', 'dig', 'nsupdate', 'named-checkzone', 'tsig-keygen'];
const waitMs = 30_000;

/** Types that we know, types that are octets to us, wildcards, a delegation with its DS, names that need escapes. */
const records = [
  '@ IN SOA ns hostmaster 4000000 3600 600 1209600 60',
  '@ IN NS ns',
  '@ IN NS ns.elsewhere.example.',
  '@ IN MX 10 mail',
  '@ IN CAA 0 issue "letsencrypt.org"',
  'ns IN A 127.0.0.1',
  'mail 120 IN A 192.0.2.25',
  'mail 120 IN AAAA 2001:db8::25',
  'www IN CNAME mail',
  '*.wild IN TXT "one" "two \\"quoted\\""',
  'sub IN NS ns.sub',
  'ns.sub IN A 192.0.2.54',
  `sub IN DS 1 8 2 ${'ab'.repeat(32)}`,
  '_sip._tcp IN SRV 1 2 5060 mail',
  'odd\\.name IN TXT "a dot in a label"',
  'key IN SSHFP 4 2 123456789abcdef67890123456789abcdef67890123456789abcdef123456789',
  'https IN HTTPS 1 . alpn=h2',
  'unknown IN TYPE65280 \\# 3 010203',
  ...Array.from({ length: 500 }, (_, n) => `host-${n} IN A 192.0.2.${n % 256}`),
];

function cli(embedded: EmbeddedService, ...args: readonly string[]) {
  const { configurationFile, directory } = embedded.service;
  return dyndns(['-c', configurationFile, ...args], { directory, timeoutMs: 120_000 });
}

/** All records of a transfer but SOA and NS at the apex, which are the configuration's. */
function content({ answers, text }: DigAnswer): readonly string[] {
  assert.ok(answers.length > 2, text);
  return [
    ...new Set(
      answers
        .filter(({ name, type }) => !(name === `${zone}.` && (type === 'SOA' || type === 'NS')))
        .map(({ name, ttlSeconds, type, value }) => `${name} ${ttlSeconds} ${type} ${value}`),
    ),
  ].sort();
}

const theirs = async (bind: NameserverUnderTest, key: TestKey) =>
  content(await bind.query(zone, 'AXFR', { key, tcp: true }));
const ours = async (embedded: EmbeddedService) =>
  content(await embedded.query(zone, 'AXFR', { key: embedded.key(), tcp: true }));

function startBind(key: TestKey, more: { port?: number; isOpen?: boolean } = {}): Promise<NameserverUnderTest> {
  return startNameserver('bind', {
    zones: [{ name: zone, records, key }],
    ...(more.port === undefined ? {} : { port: more.port }),
    rewriteConfiguration: (text) =>
      more.isOpen ? text.replaceAll(/allow-transfer \{[^}]*\}/g, 'allow-transfer { any; }') : text,
  });
}

test('a zone comes from BIND: with a key of its own, with ours, and without one', async (t) => {
  if (!requirePeer(t, ...peers)) return;
  await using embedded = await launchEmbedded(zone);
  const from = (bind: NameserverUnderTest) => `--from=127.0.0.1:${bind.port}`;

  await t.test('with a key in a file as tsig-keygen prints it', async () => {
    const printed = await runCommand('tsig-keygen', ['-a', 'hmac-sha256', 'transfer-key']);
    const [, secret = ''] = /secret "([^"]+)"/.exec(printed.stdout) ?? [];
    const key: TestKey = { name: 'transfer-key', algorithm: 'hmac-sha256', secret };
    await using bind = await startBind(key);
    const file = join(embedded.service.directory, 'transfer.key');
    await writeFile(file, printed.stdout, { mode: 0o600 });
    const refused = await cli(embedded, 'zone', 'import', zone, from(bind));
    assert.equal(refused.exitCode, 1, refused.stderr);
    assert.match(refused.stderr, /--key-file/);
    const dry = await cli(embedded, 'zone', 'import', zone, from(bind), '--key-file', file, '--dry-run');
    assert.match(dry.stdout, /^\+ _sip\._tcp\.dyn\.example\.test\. SRV$/m);
    const before = await embedded.serial();
    const imported = await cli(embedded, 'zone', 'import', zone, from(bind), '--key-file', file);
    assert.equal(imported.exitCode, 0, imported.stderr);
    assert.match(imported.stderr, /warning: the nameservers of the zone stay as they are configured/);
    assert.deepEqual(await ours(embedded), await theirs(bind, key));
    const serial = await embedded.serial();
    assert.ok(serial > before && serial > (await bind.serial(zone)), `${serial}`);
  });

  await t.test("with the zone's own key, where the server takes it", async () => {
    await using bind = await startBind(embedded.key());
    const imported = await cli(embedded, 'zone', 'import', zone, from(bind), '--replace');
    assert.equal(imported.exitCode, 0, imported.stderr);
    assert.doesNotMatch(imported.stderr, /without a signature/);
    assert.deepEqual(await ours(embedded), await theirs(bind, embedded.key()));
  });

  await t.test('without a key, where the server does not know ours', async () => {
    const key = makeTestKey('somebody');
    await using bind = await startBind(key, { isOpen: true });
    const imported = await cli(embedded, 'zone', 'import', zone, from(bind), '--replace');
    assert.equal(imported.exitCode, 0, imported.stderr);
    assert.match(imported.stderr, /does not take the key dyn\.example\.test\. .*without a signature/);
    assert.deepEqual(await ours(embedded), await theirs(bind, key));
  });

  await t.test('from a server that has other zones: another server is right, and not another key', async () => {
    const other = 'other.example.test';
    const others = ['@ IN SOA ns hostmaster 1 3600 600 1209600 60', '@ IN NS ns', 'ns IN A 127.0.0.1'];
    await using bind = await startNameserver('bind', {
      zones: [{ name: other, records: others, key: embedded.key() }],
    });
    const { exitCode, stderr } = await cli(embedded, 'zone', 'import', zone, from(bind), '--replace');
    assert.equal(exitCode, 1);
    assert.match(stderr, /The server answers NOTAUTH\.\nName a server that has this zone/);
    assert.doesNotMatch(stderr, /allow-transfer/);
  });

  await t.test('from a server that is not there: unreachable', async () => {
    const missing = await cli(embedded, 'zone', 'import', zone, '--from', '127.0.0.1:1', '--replace');
    assert.equal(missing.exitCode, 69, missing.stderr);
    assert.match(missing.stderr, /could not be transferred from 127\.0\.0\.1, port 1/);
  });
});

test('what is exported is a zone to BIND, and imported again the same', async (t) => {
  if (!requirePeer(t, ...peers)) return;
  await using embedded = await launchEmbedded(zone, { records: '@ A 192.0.2.53\n@ NS ns.elsewhere.example.\n' });
  const { directory } = embedded.service;
  const source = join(directory, 'source.zone');
  await writeFile(source, ['$TTL 300', ...records, ''].join('\n'));
  assert.equal((await cli(embedded, 'zone', 'import', zone, 'source.zone')).exitCode, 0);
  const held = await ours(embedded);
  const file = join(directory, 'export.zone');
  assert.deepEqual(await cli(embedded, 'zone', 'export', zone, 'export.zone'), { exitCode: 0, stdout: '', stderr: '' });
  const printed = await cli(embedded, 'zone', 'export', zone);
  assert.equal(printed.stdout, await readFile(file, 'utf8'));
  const checked = await runCommand('named-checkzone', ['-i', 'local', zone, file]);
  assert.equal(checked.exitCode, 0, checked.stdout + checked.stderr);
  assert.match(checked.stdout, /^OK$/m);

  const again = await cli(embedded, 'zone', 'export', zone, 'export.zone');
  assert.equal(again.exitCode, 1);
  assert.match(again.stderr, /is there already; name another file, or give --force/);
  assert.equal((await cli(embedded, 'zone', 'export', zone, 'export.zone', '--force')).exitCode, 0);

  await using other = await launchEmbedded(zone, { records: '@ A 192.0.2.53\n@ NS ns.elsewhere.example.\n' });
  const imported = await cli(other, 'zone', 'import', zone, file, '--json');
  assert.equal(imported.exitCode, 0, imported.stderr);
  assert.deepEqual(JSON.parse(imported.stdout).warnings, []);
  assert.deepEqual(await ours(other), held);
});

test('a secondary of the old server follows the new one, and a restore from an older backup, without help', async (t) => {
  if (!requirePeer(t, ...peers)) return;
  const key = makeTestKey(zone);
  await using bind = await startBind(key);
  await using secondary = await startSecondary('bind', { zone, key, primaryPort: bind.port });
  assert.equal(await secondary.serial(), 4_000_000);
  const notify = [`127.0.0.1:${secondary.port}`];
  await using embedded = await launchEmbedded(zone, { key, dns: { notify } });
  const { service } = embedded;
  assert.equal((await cli(embedded, 'zone', 'import', zone, `--from=127.0.0.1:${bind.port}`)).exitCode, 0);
  const atOld = await theirs(bind, key);

  // The old server goes, and the new one takes its place at the address that the secondary knows.
  await bind.stop();
  const place = { ...embedded, dnsPort: bind.port };
  const dns = { listen: `127.0.0.1:${bind.port}`, notify };
  const zones = [{ name: zone, tsig_key: key.secret }];
  await service.writeConfiguration(configurationOf(zones, { dns, database: 'sqlite:zones.db', log_level: 30 }));
  await service.restart();
  const serial = () => digSerial({ port: place.dnsPort, name: zone });
  const followed = async () => {
    const wanted = await serial();
    const deadlineMs = performance.now() + waitMs;
    while ((await secondary.serial()) !== wanted)
      if (performance.now() > deadlineMs)
        assert.fail(`${await secondary.serial()} is not ${wanted}:\n${secondary.log()}`);
      else await delay(20);
    return content(await dig({ port: secondary.port, name: zone, type: 'AXFR', key, tcp: true }));
  };
  assert.deepEqual(await followed(), atOld);

  await expectAnswer(service, updatePath(`kept.${zone}`, '203.0.113.7'), [
    `UPDATED: kept.${zone}. A None -> 203.0.113.7`,
    `UNCHANGED: kept.${zone}. AAAA None`,
  ]);
  const atBackup = await followed();
  const backup = await cli(embedded, 'backup', 'older.db');
  assert.equal(backup.exitCode, 0, backup.stderr);
  for (let n = 0; n < 5; n += 1) await service.get(updatePath(`later${n}.${zone}`, '203.0.113.8'));
  assert.notDeepEqual(await followed(), atBackup);

  const running = await cli(embedded, 'restore', 'older.db');
  assert.equal(running.exitCode, 1);
  assert.match(running.stderr, /in use by process \d+:/);
  await service.stop();
  const before = await secondary.serial();
  const restored = await cli(embedded, 'restore', 'older.db');
  assert.equal(restored.exitCode, 0, restored.stderr);
  assert.match(restored.stdout, /kept as .*zones\.db\.before-restore-/);
  await service.restart();
  assert.ok((await serial()) > (before ?? 0));
  assert.deepEqual(await followed(), atBackup);
  // An import while it is followed, too.
  assert.equal((await cli(embedded, 'zone', 'import', zone, 'only.zone', '--replace')).exitCode, 1);
  await writeFile(join(service.directory, 'only.zone'), '$TTL 60\n@ SOA a b 1 2 3 4 5\nonly A 192.0.2.1\n');
  const replaced = await cli(embedded, 'zone', 'import', zone, 'only.zone', '--replace');
  assert.equal(replaced.exitCode, 0, replaced.stderr);
  assert.deepEqual(await followed(), [`only.${zone}. 60 A 192.0.2.1`]);

  // The database is lost, and only the secondary knows how far the serial had come.
  await writeFile(join(service.directory, 'ahead.zone'), '$TTL 60\n@ SOA a b 3000000000 2 3 4 5\nonly A 192.0.2.2\n');
  assert.equal((await cli(embedded, 'zone', 'import', zone, 'ahead.zone', '--replace')).exitCode, 0);
  await followed();
  assert.equal(await secondary.serial(), 3_000_000_001);
  await service.stop();
  await writeFile(join(service.directory, 'zones.db'), 'This was a database.\n'.repeat(500));
  const rescued = await cli(embedded, 'restore', 'older.db');
  assert.equal(rescued.exitCode, 0, rescued.stderr);
  assert.match(rescued.stderr, /could not be read/);
  await service.restart();
  assert.equal(await serial(), 3_000_000_002);
  assert.deepEqual(await followed(), atBackup);
  t.diagnostic(`the secondary went from 4000000 to ${await secondary.serial()}`);
});

/** A bound ten times as generous as what was measured. */
const largeImportMs = 60_000;

test('a zone of 100,000 records comes by transfer while clients are answered', async (t) => {
  if (!requirePeer(t, ...peers)) return;
  const many = Array.from({ length: 100_000 }, (_, n) => `h${n} IN A 192.0.${(n >> 8) & 0xff}.${n & 0xff}`);
  await using embedded = await launchEmbedded(zone);
  await using bind = await startNameserver('bind', { zones: [{ name: zone, records: many, key: embedded.key() }] });
  let slowestMs = 0;
  const over = new AbortController();
  const asking = (async () => {
    while (!over.signal.aborted) {
      const begunMs = performance.now();
      await queryOverUdp({ port: embedded.dnsPort, name: zone, type: 6 });
      slowestMs = Math.max(slowestMs, performance.now() - begunMs);
      await delay(5);
    }
  })();
  const begunMs = performance.now();
  const imported = await cli(embedded, 'zone', 'import', zone, `--from=127.0.0.1:${bind.port}`, '--json');
  const tookMs = performance.now() - begunMs;
  over.abort();
  await asking;
  assert.equal(imported.exitCode, 0, imported.stderr);
  assert.equal(JSON.parse(imported.stdout).added, 100_001);
  assert.ok(tookMs < largeImportMs, `${tookMs} ms`);
  const values = await embedded.query(`h99999.${zone}`, 'A');
  assert.deepEqual(
    values.answers.map(({ value }) => value),
    [`192.0.${(99_999 >> 8) & 0xff}.${99_999 & 0xff}`],
  );
  const memory = /^VmHWM:\s+(\d+) kB$/m.exec(await readFile(`/proc/${embedded.service.pid}/status`, 'utf8'))?.[1];
  t.diagnostic(
    `${Math.round(tookMs)} ms in all, a question waited ${Math.round(slowestMs)} ms at most, ${Number(memory) >> 10} MiB at the peak`,
  );
  await embedded.service.restart();
  assert.equal((await embedded.query(`h5.${zone}`, 'A')).answers.length, 1);
});

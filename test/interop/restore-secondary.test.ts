import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { launcher } from '../e2e/cli-process.ts';
import { launchEmbedded } from '../support/embedded-service.ts';
import { freePort } from '../support/free-port.ts';
import { startSecondary } from '../support/nameserver/secondary.ts';
import { requirePeer } from '../support/peers.ts';
import { type CommandResult, runCommand } from '../support/run-command.ts';
import { updatePath } from './seed-service.ts';

const zone = 'dyn.example.test';
/** As people write dates: ahead of the time until 2034. */
const dateSerial = 2_026_112_509;
const updates = 7;
const deadlineMs = 30_000;

test('a secondary that was down during a restore follows, though its serial is a date and the database is lost', async (t) => {
  if (!requirePeer(t, 'named')) return;
  const port = await freePort();
  await using embedded = await launchEmbedded(zone, { dns: { notify: [`127.0.0.1:${port}`] } });
  const { service } = embedded;
  const { directory } = service;
  const dyndns = (...args: readonly string[]): Promise<CommandResult> =>
    runCommand(process.execPath, [launcher, '-c', service.configurationFile, ...args], { directory });
  const change = async (number: number) => {
    const { status, body } = await service.get(updatePath(`host.${zone}`, `203.0.113.${number}`));
    assert.equal(status, 200, body);
  };
  await runWith(dyndns, 'zone', 'import', zone, await writeZone(directory));
  assert.ok((await embedded.serial()) >= dateSerial);

  await using bind = await startSecondary('bind', { zone, key: embedded.key(), primaryPort: embedded.dnsPort, port });
  const follows = async () => {
    const untilMs = performance.now() + deadlineMs;
    while ((await bind.serial()) !== (await embedded.serial())) {
      assert.ok(performance.now() < untilMs, `${await bind.serial()}\n${bind.log()}`);
      await sleep(50);
    }
  };
  await follows();
  await runWith(dyndns, 'backup', 'backup.db');
  for (let number = 1; number <= updates; number += 1) await change(number);
  await follows();
  const reached = await embedded.serial();

  bind.signal('SIGSTOP');
  await service.stop();
  for (const suffix of ['', '-wal', '-shm']) await rm(join(directory, `zones.db${suffix}`), { force: true });
  const restored = await runWith(dyndns, 'restore', 'backup.db');
  assert.match(restored.stderr, new RegExp(`warning: 127\\.0\\.0\\.1:${port} does not answer; what it has`));
  assert.match(restored.stderr, /its serial \d+ is an estimate\. .*--serial dyn\.example\.test=N/);
  bind.signal('SIGCONT');
  await service.restart();
  await change(99);
  assert.ok((await embedded.serial()) > reached, `${await embedded.serial()} after ${reached}`);
  await follows();
});

async function runWith(
  dyndns: (...args: readonly string[]) => Promise<CommandResult>,
  ...args: readonly string[]
): Promise<CommandResult> {
  const result = await dyndns(...args);
  assert.equal(result.exitCode, 0, `${args.join(' ')}: ${result.stderr}`);
  return result;
}

async function writeZone(directory: string): Promise<string> {
  const file = join(directory, 'bind.zone');
  const lines = [
    '$TTL 60',
    `@ SOA ns1.${zone}. hostmaster.${zone}. ${dateSerial} 3600 600 1209600 60`,
    `@ NS ns1.${zone}.`,
    'ns1 A 192.0.2.53',
    'old A 192.0.2.1',
  ];
  await writeFile(file, `${lines.join('\n')}\n`);
  return file;
}

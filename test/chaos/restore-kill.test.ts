import assert from 'node:assert/strict';
import { cp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { Name } from '../../src/dns/name.ts';
import { openSqliteZoneStore } from '../../src/store/sqlite/sqlite-zone-store.ts';
import { launcher } from '../e2e/cli-process.ts';
import { updatePath } from '../interop/seed-service.ts';
import { launchEmbedded } from '../support/embedded-service.ts';
import { requirePeer } from '../support/peers.ts';
import { type CommandResult, runCommand } from '../support/run-command.ts';
import { storedContent } from '../support/stored-content.ts';
import { createTemporaryDirectory } from '../support/temporary-directory.ts';

const zone = 'dyn.example.test';
/** What changes the directory, and what makes sure of it; of the writes between them, some. */
const calls = ['link', 'unlink', 'rename', 'fsync', 'fchmod', 'ftruncate', 'pwrite64'] as const;
const everyWrite = 7;

/** A database that a killed service has left, its log with it, and an older backup. */
async function makeTemplate(directory: string): Promise<void> {
  await using embedded = await launchEmbedded(zone);
  const { service } = embedded;
  const change = async (label: string) => {
    const { status, body } = await service.get(updatePath(`${label}.${zone}`, '203.0.113.7'));
    assert.equal(status, 200, body);
  };
  await change('both');
  const made = await runCommand(process.execPath, [launcher, '-c', service.configurationFile, 'backup', 'backup.db'], {
    directory: service.directory,
  });
  assert.equal(made.exitCode, 0, made.stderr);
  for (let n = 0; n < 20; n += 1) await change(`only-old${n}`);
  await service.kill9();
  for (const file of ['dyndns.yml', 'zones.db', 'zones.db-wal', 'zones.db-lock', 'backup.db'])
    await cp(join(service.directory, file), join(directory, file));
}

function restore(directory: string, injected: readonly string[]): Promise<CommandResult> {
  const expressions = [`trace=${calls.join(',')}`, ...injected].flatMap((expression) => ['-e', expression]);
  const command = [process.execPath, launcher, '-c', 'dyndns.yml', 'restore', 'backup.db'];
  const output = join(directory, 'trace');
  // Not with --seccomp-bpf, under which no signal is injected.
  return runCommand('strace', ['-f', '-qq', '-o', output, ...expressions, ...command], {
    directory,
    timeoutMs: 60_000,
  });
}

/** Which of the two databases stands there, as a service finds it. */
async function contentAt(directory: string): Promise<{ readonly which: 'old' | 'new'; readonly serial: number }> {
  const opened = await openSqliteZoneStore({ path: join(directory, 'zones.db'), unixSeconds: () => 0 });
  assert.ok(opened.kind === 'opened', JSON.stringify(opened));
  await using store = opened.store;
  assert.deepEqual(await store.check(), { kind: 'sound' });
  const content = await storedContent(store, Name.parse(zone));
  const names = Object.keys(content?.recordSets ?? {});
  const onlyOld = names.filter((name) => name.startsWith('only-old')).length;
  assert.ok(names.includes(`both.${zone}./1`));
  assert.ok(onlyOld === 0 || onlyOld === 20, `${onlyOld} of 20`);
  return { which: onlyOld === 20 ? 'old' : 'new', serial: content?.serial ?? 0 };
}

test('a restore that is killed anywhere leaves the one database or the other, whole, and can be made again', async (t) => {
  if (!requirePeer(t, 'strace')) return;
  await using template = await createTemporaryDirectory('restore-template');
  await makeTemplate(template.path);
  const attempt = async (
    injected: readonly string[],
    use: (directory: string, result: CommandResult) => Promise<void>,
  ) => {
    await using place = await createTemporaryDirectory('restore-kill');
    await cp(template.path, place.path, { recursive: true });
    await use(place.path, await restore(place.path, injected));
  };

  // The first one leaves compiled code behind, which later ones need not write.
  await attempt([], () => Promise.resolve());
  const positions: { readonly call: string; readonly number: number }[] = [];
  let oldSerial = 0;
  await attempt([], async (directory, result) => {
    if (/ptrace.*(?:not permitted|Operation)/i.test(result.stderr))
      return t.skip(`strace may not trace here: ${result.stderr}`);
    assert.equal(result.exitCode, 0, result.stderr);
    const trace = await readFile(join(directory, 'trace'), 'utf8');
    for (const call of calls) {
      // strace counts the calls of each thread by themselves, and kills at the first that comes so far.
      const counts = new Map<string, number>();
      for (const [, thread = ''] of trace.matchAll(new RegExp(`^(\\d+) ${call}\\(`, 'gm')))
        counts.set(thread, (counts.get(thread) ?? 0) + 1);
      const step = call === 'pwrite64' ? everyWrite : 1;
      for (let number = 1; number <= Math.max(0, ...counts.values()); number += step) positions.push({ call, number });
    }
    assert.equal((await contentAt(directory)).which, 'new');
    const kept = (await readdir(directory)).find((file) => file.includes('before-restore')) ?? '';
    for (const file of ['zones.db', 'zones.db-wal', 'zones.db-shm']) await rm(join(directory, file), { force: true });
    await cp(join(directory, kept), join(directory, 'zones.db'));
    const old = await contentAt(directory);
    assert.equal(old.which, 'old');
    oldSerial = old.serial;
  });
  if (positions.length === 0) return;

  const seen = { old: 0, new: 0, unharmed: 0 };
  const lane = async (waiting: Iterator<(typeof positions)[number]>) => {
    for (let next = waiting.next(); next.done !== true; next = waiting.next()) {
      const { call, number } = next.value;
      await attempt([`inject=${call}:signal=SIGKILL:when=${number}`], async (directory, { exitCode }) => {
        const where = `${call} ${number}`;
        const found = await contentAt(directory);
        // A thread may have made fewer calls this time.
        if (exitCode === 0) seen.unharmed += 1;
        else seen[found.which] += 1;
        assert.ok(exitCode !== 0 || found.which === 'new', where);
        assert.ok(found.serial > oldSerial || found.which === 'old', where);
        if (number % 3 !== 1) return;
        const again = await restore(directory, []);
        assert.equal(again.exitCode, 0, `${where}: ${again.stderr}`);
        assert.equal((await contentAt(directory)).which, 'new', where);
        const left = (await readdir(directory)).filter((file) => file.includes('.restoring'));
        assert.deepEqual(left, [], where);
      });
    }
  };
  const waiting = positions.values();
  await Promise.all([lane(waiting), lane(waiting)]);
  t.diagnostic(`${positions.length} kills: ${seen.old} left the old database, ${seen.new} the new one`);
  assert.ok(seen.old > 0 && seen.new > 0 && seen.unharmed * 5 < positions.length, JSON.stringify(seen));
});

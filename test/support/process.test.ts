import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { startProcess } from './process.ts';
import { runCommand } from './run-command.ts';
import { createTemporaryDirectory } from './temporary-directory.ts';
import { isRoot, nobody } from './unprivileged.ts';

const never = async () => false;

test('a process that ends before it is ready is reported with what it said', async () => {
  const child = startProcess({ title: 'the child', command: 'sh', args: ['-c', 'echo no luck >&2; exit 3'] });
  await assert.rejects(child.waitUntil(never, 10_000), /the child ended \(exit code 3, .*no luck/s);
});

test('a process that is not ready in time is reported, and a missing program too', async () => {
  await using child = startProcess({ title: 'the child', command: 'sleep', args: ['100'] });
  await assert.rejects(child.waitUntil(never, 50), /was not ready within 50 ms/);
  const missing = startProcess({ title: 'the child', command: 'no-such-program', args: [] });
  await assert.rejects(missing.waitUntil(never, 10_000), /ended .* before it was ready/);
});

test('SIGTERM stops it, and SIGKILL what does not listen', async () => {
  const polite = startProcess({ title: 'polite', command: 'sleep', args: ['100'] });
  assert.deepEqual(await polite.stop(), { exitCode: null, signal: 'SIGTERM' });
  const deaf = startProcess({
    title: 'deaf',
    command: 'sh',
    args: ['-c', "trap '' TERM; echo up; while :; do sleep 0.1; done"],
  });
  await deaf.waitUntil(async () => deaf.output() === 'up\n', 10_000);
  assert.equal((await deaf.stop(100)).signal, 'SIGKILL');
});

test('it dies with the process that started it, and runs as nobody', async () => {
  await using directory = await createTemporaryDirectory('process', 'nobody');
  const module = fileURLToPath(new URL('./process.ts', import.meta.url));
  const script = `
    import { startProcess } from ${JSON.stringify(module)};
    const child = startProcess({ title: 'sleeper', command: 'sh', args: ['-c', 'id -u; exec sleep 100'], asNobody: true });
    await child.waitUntil(async () => child.output() !== '', 10_000);
    console.log(JSON.stringify({ pid: child.pid, user: child.output().trim() }));
    process.kill(process.pid, 'SIGKILL');`;
  const file = await directory.write('parent.ts', script);
  const { stdout } = await runCommand(process.execPath, [file]);
  const { pid, user } = JSON.parse(stdout) as { pid: number; user: string };
  assert.equal(user, String(isRoot() ? nobody.uid : process.getuid?.()));
  for (let tries = 0; tries < 100 && isAlive(pid); tries += 1) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(isAlive(pid), false);
});

/** A zombie that nobody has collected yet counts as dead. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

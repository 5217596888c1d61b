import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import { processTree, ProcessWatch, wants } from './process-watch.ts';

const isLinux = process.platform === 'linux';

test('a busy process wants a core and an idle one does not', { skip: !isLinux }, async () => {
  using watch = new ProcessWatch(20);
  watch.add({ title: 'busy', pid: process.pid }, 'now');
  const idle = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'], { stdio: 'ignore' });
  await once(idle, 'spawn');
  watch.add({ title: 'idle', pid: idle.pid ?? 0 }, 'now');
  const endMs = performance.now() + 300;
  while (performance.now() < endMs);
  const [busyUse, idleUse] = watch.uses();
  idle.kill();
  assert.equal(busyUse?.title, 'busy');
  assert.ok(wants(busyUse.busiestThread) > wants(idleUse?.busiestThread ?? busyUse.busiestThread));
  assert.ok(busyUse.cpuShare > 0);
});

test('a process that has ended keeps what it had used', { skip: !isLinux }, async () => {
  using watch = new ProcessWatch(5);
  const child = spawn(process.execPath, ['-e', 'const end = Date.now() + 200; while (Date.now() < end);'], {
    stdio: 'ignore',
  });
  await once(child, 'spawn');
  watch.add({ title: 'child', pid: child.pid ?? 0 }, 'its start');
  await once(child, 'exit');
  await delay(20);
  assert.ok((watch.uses()[0]?.cpuShare ?? 0) > 0);
});

test('a tree has the process and what it has started', { skip: !isLinux }, async () => {
  const child = spawn('sh', ['-c', 'sleep 60 & echo begun; wait'], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout, 'data');
  const pid = child.pid ?? 0;
  const tree = processTree(pid);
  for (const each of tree) process.kill(each);
  assert.equal(tree.length, 2);
  assert.equal(tree[0], pid);
  assert.ok(processTree(process.pid).includes(pid));
});

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { readClosingLines, runTests, type TestRun } from './node-tests.ts';
import { createTemporaryDirectory } from './temporary-directory.ts';
import type { TestGroup } from './test-groups.ts';

const begin = "import { test } from 'node:test';\n";
const passing = `${begin}test('passes', () => {});`;

/** Runs a file with this text as a group of its own. */
async function run(
  text: string,
  group: Partial<TestGroup> = {},
  signal = new AbortController().signal,
): Promise<TestRun> {
  await using directory = await createTemporaryDirectory('runner');
  const files = [await directory.write('planted.test.ts', text)];
  const whole = { title: 'planted', patterns: [], isolation: 'process', deadlineMs: 60_000, ...group } as const;
  return await runTests({ ...whole, files }, { signal });
}

test('what passes, fails and is skipped is counted, in either isolation', async () => {
  const text = `${passing}
    test('fails', () => { throw new Error('on purpose'); });
    test('is skipped', { skip: 'no peer' }, () => {});
    test('is skipped too', (t) => t.skip('no peer'));`;
  for (const isolation of ['none', 'process'] as const) {
    const { passed, failed, skipped, fault, output } = await run(text, { isolation });
    assert.deepEqual([passed, failed, skipped, fault], [1, 1, 2, undefined], output);
    assert.match(output, /^ℹ tests 4$/m);
  }
});

test('a file that cannot be loaded fails', async () => {
  for (const isolation of ['none', 'process'] as const) {
    const { failed, fault } = await run(`import './nowhere.ts';`, { isolation });
    assert.ok(failed > 0 || fault !== undefined);
  }
});

test('a runner that dies has not passed', async () => {
  const dying = `${begin}test('dies', () => process.kill(process.pid, 'SIGKILL'));`;
  const { passed, fault } = await run(dying, { isolation: 'none' });
  assert.equal(passed, 0);
  assert.match(fault ?? '', /before it had summed up/);
  assert.equal((await run(dying)).failed, 1);
});

test('a test that leaves something open is told so, and fails', async () => {
  const leaking = `${begin}test('leaks', () => void setInterval(() => {}, 1000));`;
  const [together, apart] = await Promise.all([run(leaking, { isolation: 'none' }), run(leaking)]);
  for (const { failed, fault, output } of [together, apart]) {
    assert.ok(failed > 0 || fault !== undefined, output);
    assert.match(output, /something is still open: .*Timeout/);
  }
});

test('a group that is not done by its deadline is ended', async () => {
  const endless = `${begin}test('never ends', () => new Promise((resolve) => setTimeout(resolve, 1e8)));`;
  const { fault, output } = await run(endless, { deadlineMs: 1500 });
  assert.equal(fault, 'not done within 1.5 s', output);
});

test('an interruption ends it', async () => {
  const endless = `${begin}test('never ends', () => new Promise((resolve) => setTimeout(resolve, 1e8)));`;
  assert.equal((await run(endless, {}, AbortSignal.timeout(500))).fault, 'interrupted');
});

test('closing lines are read, coloured or not, and missing ones are missed', () => {
  const lines = ['ℹ tests 7', 'ℹ pass 3', 'ℹ fail 1', 'ℹ cancelled 1', 'ℹ skipped 1', 'ℹ todo 1'];
  assert.deepEqual(readClosingLines(lines.join('\n')), { passed: 3, failed: 2, skipped: 2 });
  const coloured = lines.map((line) => `\u001B[34m${line}\u001B[39m`).join('\n');
  assert.deepEqual(readClosingLines(coloured), { passed: 3, failed: 2, skipped: 2 });
  assert.equal(readClosingLines('✔ something'), undefined);
});

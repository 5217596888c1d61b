import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { BufferedDestination } from './buffered-destination.ts';

const moduleUrl = new URL('./buffered-destination.ts', import.meta.url).href;

function script(body: string): string[] {
  return ['--input-type=module', '--eval', `import { BufferedDestination } from '${moduleUrl}';${body}`];
}

function temporaryFile(t: { after(cleanUp: () => void): void }) {
  const directory = mkdtempSync(join(tmpdir(), 'dyndns-log-'));
  const path = join(directory, 'log');
  const fileDescriptor = openSync(path, 'a');
  t.after(() => {
    closeSync(fileDescriptor);
    rmSync(directory, { recursive: true });
  });
  return { fileDescriptor, read: () => readFileSync(path, 'utf8') };
}

const numbered = (count: number) => Array.from({ length: count }, (_, i) => `line ${i}\n`);

test('many lines arrive, each once and in order', async (t) => {
  const { fileDescriptor, read } = temporaryFile(t);
  const lines = numbered(20_000);
  const destination = new BufferedDestination(fileDescriptor);
  for (const [index, line] of lines.entries()) {
    destination.write(line);
    if (index % 1000 === 0) await new Promise(setImmediate);
  }
  await destination[Symbol.asyncDispose]();
  assert.equal(read(), lines.join(''));
  assert.equal(destination.lostLines, 0);
});

test('a single line does not wait for others', async (t) => {
  const { fileDescriptor, read } = temporaryFile(t);
  const destination = new BufferedDestination(fileDescriptor);
  t.after(() => destination[Symbol.asyncDispose]());
  destination.write('alone\n');
  for (let tries = 0; read() === '' && tries < 500; tries++) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(read(), 'alone\n');
});

test('what is buffered is written when the process exits', () => {
  const lines = script(`
    const destination = new BufferedDestination(1);
    for (let i = 0; i < 300; i++) destination.write('line ' + i + '\\n');
    process.exit(0);`);
  const { stdout } = spawnSync(process.execPath, lines, { encoding: 'utf8' });
  assert.equal(stdout, numbered(300).join(''));
});

test('a full disk loses lines, says how many, and neither stops the process nor keeps it from exiting', () => {
  const lines = script(`
    import { openSync } from 'node:fs';
    const destination = new BufferedDestination(openSync('/dev/full', 'w'));
    for (let i = 0; i < 5000; i++) destination.write('line ' + i + '\\n');
    await destination[Symbol.asyncDispose]();
    console.log('alive, lost ' + destination.lostLines);
    destination.write('at the end\\n');`);
  const { stdout, status } = spawnSync(process.execPath, lines, { encoding: 'utf8', timeout: 20_000 });
  assert.deepEqual({ stdout, status }, { stdout: 'alive, lost 5000\n', status: 0 });
});

test('a reader that does not read costs lines, not memory', async () => {
  const child = spawn(
    process.execPath,
    script(`
      const destination = new BufferedDestination(1);
      const line = 'x'.repeat(1023) + '\\n';
      for (let i = 0; i < 40_000; i++) destination.write(line);
      process.stderr.write('lost ' + (destination.lostLines > 0 ? 'some' : 'none'));
      process.kill(process.pid, 'SIGKILL');`),
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  child.stdout.pause();
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  await new Promise((resolve) => child.on('exit', resolve));
  child.stdout.resume();
  assert.equal(said, 'lost some');
});

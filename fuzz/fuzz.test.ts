import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import process from 'node:process';
import { describe, test } from 'node:test';
import { corpusFolder, crashesFolder, readInputs } from './corpus.ts';
import { BlockCoverage } from './coverage.ts';
import { fuzz, runOnce, type FuzzResult } from './fuzzer.ts';
import { mutate } from './mutate.ts';
import { SeededRandom } from './random.ts';
import type { FuzzTarget } from './target.ts';
import { messageTarget } from './targets/message.ts';
import { nameTarget } from './targets/name.ts';
import { tsigTarget } from './targets/tsig.ts';
import { respondTarget } from './targets/respond.ts';
import { zonefileTarget } from './targets/zonefile.ts';

const targets = [messageTarget, tsigTarget, nameTarget, zonefileTarget, respondTarget];
const noCpuMs = (): number => 0;

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
}

/** Runs node, with no test coverage in it: V8 counts for one reader only. */
async function runNode(...args: readonly string[]): Promise<Ended> {
  const { NODE_V8_COVERAGE: _unused, ...env } = process.env;
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk) => (output += String(chunk)));
  child.stderr.on('data', (chunk) => (output += String(chunk)));
  return new Promise((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, output }));
  });
}

const runScript = join(import.meta.dirname, 'run.ts');

describe('every input ever kept', () => {
  for (const target of targets) {
    for (const folder of [corpusFolder, crashesFolder]) {
      for (const { file, octets } of readInputs(folder, target.name)) {
        test(`${target.name}: ${basename(folder)}/${basename(file)}`, () => {
          const { error } = runOnce(target, octets, noCpuMs);
          if (error !== undefined) throw error;
        });
      }
    }

    test(`${target.name} has seeds`, () => {
      assert.ok(readInputs(corpusFolder, target.name).length > 5);
    });
  }
});

test('a short run over all targets finds nothing', async () => {
  const { code, output } = await runNode(runScript, '--executions', '2000', '--seed', '1');
  assert.equal(code, 0, output);
  for (const { name } of targets) {
    assert.match(output, new RegExp(`^${name}: 2[0-9]{3} executions, .* coverage [0-9.]+ % .* 0 findings$`, 'm'));
  }
});

test('wrong arguments are said, and nothing runs', async () => {
  for (const args of [
    ['--target', 'nothing'],
    ['--executions', 'many'],
  ]) {
    const { code, output } = await runNode(runScript, ...args);
    assert.equal(code, 2);
    assert.match(output, /nothing|many/);
  }
});

describe('the loop', () => {
  const plantedTarget = async (): Promise<FuzzTarget> => {
    const { parseWithBug } = await import('./planted-bug.ts');
    // one outcome for all, so that only coverage can lead the way
    return {
      name: 'planted',
      maxOctets: 8,
      dictionary: [Uint8Array.of(0)],
      run: (octets) => (parseWithBug(octets), ''),
    };
  };
  const seek = (target: FuzzTarget, coverage: Parameters<typeof fuzz>[1]['coverage']): FuzzResult =>
    fuzz(target, {
      seeds: [new Uint8Array(4)],
      random: new SeededRandom(2),
      coverage,
      isEnough: (executions) => executions > 40_000,
      cpuMs: noCpuMs,
    });

  const isMeasured = process.env['NODE_V8_COVERAGE'] !== undefined;
  test(
    'finds a bug behind four conditions, led by coverage',
    { skip: isMeasured && 'V8 counts for one reader only' },
    async () => {
      using coverage = new BlockCoverage('/fuzz/planted-bug.ts');
      const { findings, executions } = seek(await plantedTarget(), coverage);
      assert.equal(findings.length, 1, `${executions} executions`);
      assert.deepEqual(
        [...(findings[0]?.octets ?? [])].slice(0, 4).map((octet) => octet & 0x0f),
        [6, 5, 10, 12],
      );
      assert.match(findings[0]?.error.message ?? '', /planted/);
    },
  );

  test('does not find it blindly', async () => {
    const blind = { take: () => [], reachesNew: () => false, record: () => 0 };
    assert.deepEqual(seek(await plantedTarget(), blind).findings, []);
  });

  test('an input that takes more than a second of CPU time is a finding', () => {
    let spentMs = 0;
    const slow: FuzzTarget = { name: 'slow', maxOctets: 1, dictionary: [], run: () => ((spentMs += 1001), 'done') };
    const { error } = runOnce(slow, new Uint8Array(1), () => spentMs);
    assert.match(error?.message ?? '', /1001 ms/);
  });

  test('equal seeds give equal mutations, within the limit', () => {
    const corpus = [Uint8Array.from(Buffer.from('some octets to begin with'))];
    const sequence = (): Uint8Array[] => {
      const material = { random: new SeededRandom(5), corpus, dictionary: [Uint8Array.of(0xc0, 0x0c)], maxOctets: 30 };
      return Array.from({ length: 500 }, () => mutate(corpus[0]!, material));
    };
    assert.deepEqual(sequence(), sequence());
    assert.ok(sequence().every((octets) => octets.length <= 30));
    assert.ok(new Set(sequence().map(String)).size > 300);
  });
});

test('an input that never comes back is kept, and the process ended', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dyndns-fuzz-'));
  try {
    const script = `
      import { Watchdog } from ${JSON.stringify(new URL('watchdog.ts', import.meta.url).href)};
      const watchdog = new Watchdog(${JSON.stringify(folder)}, 'endless', 200);
      await new Promise((resolve) => setTimeout(resolve, 100));
      watchdog.begin(Uint8Array.of(1, 2, 3));
      for (;;);`;
    const { signal, output } = await runNode('--input-type=module', '--eval', script);
    assert.equal(signal, 'SIGKILL', output);
    const [file] = await readdir(join(folder, 'endless'));
    assert.deepEqual([...(await readFile(join(folder, 'endless', file ?? '')))], [1, 2, 3]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

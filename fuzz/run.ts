import { relative } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { corpusFolder, crashesFolder, readInputs, writeInput } from './corpus.ts';
import { BlockCoverage } from './coverage.ts';
import { fuzz, type FuzzResult } from './fuzzer.ts';
import { SeededRandom } from './random.ts';
import type { FuzzTarget } from './target.ts';
import { Watchdog } from './watchdog.ts';

const usage = `Fuzzes src/dns and what src/nameserver makes of it: node fuzz/run.ts [options]

  --seconds N                   how long altogether, split over the targets (default 60)
  --executions N                instead of --seconds: how many inputs for each target
  --target NAME                 one of message, tsig, name, zonefile, respond instead of all
  --seed N                      of the random numbers, to repeat a run (default: another one each time)
  --keep                        write inputs that reached something new to fuzz/corpus/

Findings are written to fuzz/crashes/, and the exit code is 1.`;

const targetNames = ['message', 'tsig', 'name', 'zonefile', 'respond'] as const;
/** Long enough that a machine under load is not taken for a hang; what takes a second of CPU time is a finding before. */
const stalledMs = 10_000;

interface Settings {
  readonly targetNames: readonly string[];
  readonly secondsEach: number | undefined;
  readonly executionsEach: number | undefined;
  readonly seed: number;
  readonly isKept: boolean;
}

function readSettings(args: readonly string[]): Settings | string {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string' },
      executions: { type: 'string' },
      target: { type: 'string' },
      seed: { type: 'string' },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return usage;
  const chosen = targetNames.filter((name) => values.target === undefined || name === values.target);
  if (chosen.length === 0) return `There is no target ${values.target}; there are ${targetNames.join(', ')}.`;
  for (const name of ['seconds', 'executions', 'seed'] as const) {
    if (values[name] !== undefined && !/^[0-9]+$/.test(values[name]))
      return `--${name} wants a whole number, not ${values[name]}.`;
  }
  const executionsEach = values.executions === undefined ? undefined : Number(values.executions);
  return {
    targetNames: chosen,
    executionsEach,
    secondsEach: executionsEach === undefined ? Number(values.seconds ?? 60) / chosen.length : undefined,
    seed: values.seed === undefined ? Date.now() % 0x1_0000_0000 : Number(values.seed),
    isKept: values.keep,
  };
}

/** Loads the targets, and with them the code under test, which has to happen while coverage is on. */
async function loadTargets(coverage: BlockCoverage): Promise<readonly FuzzTarget[]> {
  const { messageTarget } = await import('./targets/message.ts');
  const { tsigTarget } = await import('./targets/tsig.ts');
  const { nameTarget } = await import('./targets/name.ts');
  const { zonefileTarget } = await import('./targets/zonefile.ts');
  const { respondTarget } = await import('./targets/respond.ts');
  coverage.record(coverage.take());
  return [messageTarget, tsigTarget, nameTarget, zonefileTarget, respondTarget];
}

async function fuzzTarget(target: FuzzTarget, coverage: BlockCoverage, settings: Settings): Promise<FuzzResult> {
  const seeds = [corpusFolder, crashesFolder].flatMap((folder) => readInputs(folder, target.name));
  const { secondsEach, executionsEach } = settings;
  const startMs = performance.now();
  await using watchdog = new Watchdog(crashesFolder, target.name, stalledMs);
  coverage.forgetReached();
  const result = fuzz(target, {
    seeds: seeds.map(({ octets }) => octets),
    random: new SeededRandom(settings.seed),
    coverage,
    isEnough: (executions) =>
      executionsEach === undefined
        ? performance.now() - startMs >= (secondsEach ?? 0) * 1000
        : executions >= executionsEach,
    cpuMs: () => process.threadCpuUsage().user / 1000,
    onInput: (octets) => watchdog.begin(octets),
  });
  const seconds = (performance.now() - startMs) / 1000;
  const totals = coverage.totals();
  const share = ((100 * totals.reachedCharacters) / Math.max(1, totals.characters)).toFixed(1);
  console.log(
    `${target.name}: ${result.executions} executions, ${Math.round(result.executions / seconds)}/s, ` +
      `corpus ${seeds.length} + ${result.corpus.length - seeds.length}, ${result.outcomes.size} outcomes, ` +
      `coverage ${share} % of src (${totals.reachedFunctions} of ${totals.functions} functions), ${result.findings.length} findings`,
  );
  if (settings.isKept)
    for (const octets of result.corpus.slice(seeds.length)) writeInput(corpusFolder, target.name, octets);
  return result;
}

async function main(args: readonly string[]): Promise<number> {
  const settings = readSettings(args);
  if (typeof settings === 'string') {
    console.error(settings);
    return 2;
  }
  console.log(`seed ${settings.seed}`);
  let hasFindings = false;
  using coverage = new BlockCoverage('/src/');
  for (const target of await loadTargets(coverage)) {
    if (!settings.targetNames.includes(target.name)) continue;
    const { findings } = await fuzzTarget(target, coverage, settings);
    for (const { octets, error } of findings) {
      hasFindings = true;
      const file = writeInput(crashesFolder, target.name, octets);
      console.error(`FINDING ${relative(process.cwd(), file)}: ${error.stack ?? error.message}`);
    }
  }
  return hasFindings ? 1 : 0;
}

process.exitCode = await main(process.argv.slice(2));

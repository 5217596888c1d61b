import { randomInt } from 'node:crypto';

import { runTests } from './support/node-tests.ts';
import { provisioningFaultVariable } from './support/peers.ts';
import { provision } from './support/provision.ts';
import { chooseSoakRuns, type SoakRun, soakRuns } from './support/soak-runs.ts';
import { type Say, stepLine, untilInterrupted } from './support/step-report.ts';

const mostSeeds = 1_000_000;
const usage = `npm run soak             the long forms of the tests that have one, one after the other: hours
npm run soak -- WORD…    only those that a word names: a part of the file's path or of the title

${soakRuns(1)
  .map(({ title, file }) => `  ${file.padEnd(40)}  ${title}`)
  .join('\n')}`;

/** `npm run soak`: what is too long for every commit. */
async function main(words: readonly string[]): Promise<boolean> {
  const say: Say = (line) => console.log(line);
  if (words.includes('--help')) {
    say(usage);
    return true;
  }
  const runs = chooseSoakRuns(soakRuns(randomInt(mostSeeds)), words);
  if (runs.length === 0) {
    say(`Nothing is named by ${words.join(', ')}.\n${usage}`);
    return false;
  }
  const signal = untilInterrupted();
  const provisioningFault = await provision(say, signal);
  const verdicts: { readonly line: string; readonly isWell: boolean }[] = [];
  for (const run of runs) {
    if (signal.aborted) break;
    verdicts.push(await soak(run, provisioningFault, signal, say));
  }
  say('');
  for (const { line } of verdicts) say(line);
  return verdicts.length === runs.length && verdicts.every(({ isWell }) => isWell);
}

async function soak(
  { title, file, environment, deadlineMs }: SoakRun,
  provisioningFault: string | undefined,
  signal: AbortSignal,
  say: Say,
): Promise<{ readonly line: string; readonly isWell: boolean }> {
  const settings = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  say(`\n${title}: ${settings.join(' ')} npm test -- ${file} --test-timeout=${deadlineMs}`);
  const group = { title, patterns: [], isolation: 'process', deadlineMs, files: [file] } as const;
  const run = await runTests(group, {
    signal,
    flags: [`--test-timeout=${deadlineMs}`],
    environment: { ...environment, [provisioningFaultVariable]: provisioningFault },
    onOutput: (chunk) => void process.stdout.write(chunk),
  });
  const skipped = run.skipped > 0 ? `${run.skipped} skipped` : undefined;
  const fault = run.fault ?? (run.failed > 0 ? `${run.failed} failed` : skipped);
  return { line: stepLine(title, run.seconds, fault), isWell: fault === undefined };
}

process.exitCode = (await main(process.argv.slice(2))) ? 0 : 1;

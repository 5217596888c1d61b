import { runTests, type TestCounts, type TestRun } from './support/node-tests.ts';
import { provisioningFaultVariable } from './support/peers.ts';
import { provision } from './support/provision.ts';
import { staticChecks } from './support/static-checks.ts';
import { reportStaticChecks, type Say, untilInterrupted } from './support/step-report.ts';
import { repositoryRoot } from './support/supervised-command.ts';
import { type SelectedGroup, selectFiles, suite } from './support/test-groups.ts';

const usage = `npm test                          everything: packages, checks, the whole suite
npm test -- WORD…                 only the test files that a word names: a path, a folder, a glob, a part of the path
npm test -- --test-NAME=VALUE …   hands options to node's test runner, such as --test-name-pattern=wildcard`;

/** `npm test`: installs the peers that are missing, checks the sources, and runs the tests. */
async function main(args: readonly string[]): Promise<boolean> {
  const say: Say = (line) => console.log(line);
  if (args.includes('--help')) {
    say(usage);
    return true;
  }
  const flags = args.filter((word) => word.startsWith('--test-'));
  const words = args.filter((word) => !word.startsWith('--test-'));
  const selection = selectFiles(repositoryRoot, suite, words);
  if (selection.kind === 'fault') {
    say(`npm test cannot begin: ${selection.reason}.`);
    return false;
  }
  const signal = untilInterrupted();
  const failed: string[] = [];
  const provisioningFault = await provision(say, signal);
  // Elsewhere the tests that need the missing packages are skipped with this reason.
  if (provisioningFault !== undefined && process.env['CI'] === 'true') failed.push('packages');
  if (words.length === 0) failed.push(...(await reportStaticChecks(staticChecks, signal, say)));
  const tests = await runGroups(selection.groups, { signal, flags, provisioningFault, say });
  failed.push(...tests.failedGroups);
  say('');
  if (signal.aborted) say('Interrupted.');
  if (failed.length > 0) say(`Failed: ${failed.join(', ')}`);
  say(`Total: ${tests.passed} passed, ${tests.failed} failed, ${tests.skipped} skipped`);
  return failed.length === 0 && !signal.aborted;
}

interface RunContext {
  readonly signal: AbortSignal;
  readonly flags: readonly string[];
  readonly provisioningFault: string | undefined;
  readonly say: Say;
}

interface SuiteResult extends TestCounts {
  readonly failedGroups: readonly string[];
}

async function runGroups(groups: readonly SelectedGroup[], context: RunContext): Promise<SuiteResult> {
  const { signal, flags, provisioningFault, say } = context;
  const failedGroups: string[] = [];
  const runs: TestRun[] = [];
  for (const group of groups) {
    if (signal.aborted) break;
    say(`\n${group.title}: ${group.files.length} ${group.files.length === 1 ? 'file' : 'files'}`);
    const run = await runTests(group, {
      signal,
      flags,
      environment: { [provisioningFaultVariable]: provisioningFault },
      onOutput: (chunk) => void process.stdout.write(chunk),
    });
    runs.push(run);
    const fault = run.fault ?? (run.failed > 0 ? `${run.failed} failed` : undefined);
    if (fault !== undefined) failedGroups.push(`${group.title} (${fault})`);
  }
  const sum = (count: (run: TestRun) => number) => runs.reduce((total, run) => total + count(run), 0);
  return {
    passed: sum(({ passed }) => passed),
    failed: sum(({ failed }) => failed),
    skipped: sum(({ skipped }) => skipped),
    failedGroups,
  };
}

process.exitCode = (await main(process.argv.slice(2))) ? 0 : 1;

import { runTests } from './support/node-tests.ts';
import { staticChecks } from './support/static-checks.ts';
import { reportStaticChecks, stepLine, untilInterrupted } from './support/step-report.ts';
import { repositoryRoot } from './support/supervised-command.ts';
import { houseTests, selectFiles, unitTests } from './support/test-groups.ts';

/** `npm run check`: what can be said about the sources in seconds, before the whole suite is run. */
async function check(): Promise<boolean> {
  const say = (line: string) => console.log(line);
  const signal = untilInterrupted();
  const failed = [...(await reportStaticChecks(staticChecks, signal, say))];
  for (const group of [houseTests, unitTests]) {
    if (signal.aborted) return false;
    const files = group.patterns.flatMap((pattern) => filesOf(pattern));
    const run = await runTests({ ...group, files }, { signal });
    const fault = run.fault ?? (run.failed > 0 ? `${run.failed} failed` : undefined);
    say(stepLine(`${group.title} (${run.passed})`, run.seconds, fault));
    if (fault === undefined) continue;
    failed.push(group.title);
    // From there on it is about the failed ones.
    const failures = run.output.slice(Math.max(0, run.output.indexOf('✖ failing tests:')));
    say(failures.trimEnd().replaceAll(/^/gm, '    '));
  }
  say(failed.length === 0 ? 'All is well. The whole suite: npm test' : `Failed: ${failed.join(', ')}`);
  return failed.length === 0;
}

function filesOf(pattern: string): readonly string[] {
  const selection = selectFiles(repositoryRoot, [unitTests, houseTests], [pattern]);
  if (selection.kind === 'fault') throw new Error(selection.reason);
  return selection.groups.flatMap(({ files }) => files);
}

process.exitCode = (await check()) ? 0 : 1;

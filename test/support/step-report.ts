import { type StaticCheck, runStaticCheck } from './static-checks.ts';

export type Say = (line: string) => void;

/** One line a step: what it is, how it went, how long it took. */
export function stepLine(title: string, seconds: number, fault?: string): string {
  const verdict = fault === undefined ? 'ok    ' : 'FAILED';
  return `${verdict}  ${title.padEnd(20)} ${seconds.toFixed(1).padStart(6)} s${fault === undefined ? '' : `  ${fault}`}`;
}

/** Runs the checks one after the other. @returns the titles of those that failed */
export async function reportStaticChecks(
  checks: readonly StaticCheck[],
  signal: AbortSignal,
  say: Say,
): Promise<readonly string[]> {
  const failed: string[] = [];
  for (const check of checks) {
    if (signal.aborted) break;
    const { exitCode, ended, output, seconds } = await runStaticCheck(check, signal);
    if (exitCode === 0) {
      say(stepLine(check.title, seconds));
      continue;
    }
    failed.push(check.title);
    say(stepLine(check.title, seconds, ended ?? `${check.command} found something`));
    say(output.trimEnd().replaceAll(/^/gm, '    '));
    if (check.remedy !== undefined) say(`    Put it right with: ${check.remedy}`);
  }
  return failed;
}

/** A signal that Ctrl-C or SIGTERM sets off, so that children are ended in order. */
export function untilInterrupted(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => controller.abort());
  return controller.signal;
}

import { runSupervised, type SupervisedResult } from './supervised-command.ts';

/** A tool that judges the sources without running them. */
export interface StaticCheck {
  readonly title: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly remedy?: string;
}

export const staticChecks: readonly StaticCheck[] = [
  { title: 'types', command: 'tsc', args: [] },
  { title: 'lint', command: 'oxlint', args: ['--type-aware', '--deny-warnings'] },
  { title: 'format', command: 'oxfmt', args: ['--check', '.'], remedy: 'npm run format' },
  { title: 'unused code', command: 'knip', args: ['--no-progress'] },
];

const deadlineMs = 120_000;

export async function runStaticCheck({ command, args }: StaticCheck, signal: AbortSignal): Promise<SupervisedResult> {
  return runSupervised({ command, args, signal, deadlineMs });
}

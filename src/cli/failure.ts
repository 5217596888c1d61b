import { explainStoreFault, type StoreFault } from '../store/store-fault.ts';
import type { CliContext, Invocation } from './command.ts';
import { ExitCode } from './exit-code.ts';

/** Why a command did nothing, in sentences, with a code for programs. */
export interface Failure {
  readonly code: string;
  readonly text: string;
  readonly remedy: string;
}

/** Tells it on standard error, or, as data that was asked for, on standard output. */
export function tellFailure(
  { code, text, remedy }: Failure,
  { switches }: Invocation,
  { output, errors }: CliContext,
): ExitCode {
  if (switches.has('json')) output.printJson({ error: { code, text, remedy } });
  else errors.print(`dyndns: ${[text, remedy].filter(Boolean).join(' ')}`);
  return ExitCode.failed;
}

export function tellStoreFault(fault: StoreFault, invocation: Invocation, context: CliContext): ExitCode {
  const { cause, remedy } = explainStoreFault(fault);
  return tellFailure({ code: fault.code, text: cause, remedy }, invocation, context);
}

/** The database is made by the first start. */
export function tellNoDatabase(path: string, invocation: Invocation, context: CliContext): ExitCode {
  const text = `There is no database ${path} yet.`;
  return tellFailure(
    {
      code: 'no-database',
      text,
      remedy: 'The service makes it at its first start; else correct "database" in the configuration.',
    },
    invocation,
    context,
  );
}

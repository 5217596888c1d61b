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

/** The command line is wrong, and nothing was asked. @param text  a sentence without a full stop */
export function tellMistake(text: string, invocation: Invocation, context: CliContext): ExitCode {
  return tellWrongUsage(text, `dyndns ${invocation.command} --help`, invocation.switches.has('json'), context);
}

/** @param help  the command that shows how it is used */
export function tellWrongUsage(
  text: string,
  help: string,
  asJson: boolean,
  { output, errors }: Pick<CliContext, 'output' | 'errors'>,
): ExitCode {
  const remedy = `"${help}" shows how it is used.`;
  if (asJson) output.printJson({ error: { code: 'usage', text, remedy } });
  else errors.print(`dyndns: ${text}\n${remedy}`);
  return ExitCode.wrongUsage;
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

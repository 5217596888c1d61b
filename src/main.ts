import { networkInterfaces } from 'node:os';
import { commands } from './cli/commands.ts';
import { ExitCode } from './cli/exit-code.ts';
import { Output } from './cli/output.ts';
import { signalsOf } from './cli/process-signals.ts';
import { runCommandLine } from './cli/run.ts';
import { applicationServices } from './cli/services.ts';

/**
 * The process's edge: everything of the world that a command may use is taken here and passed on.
 *
 * @param args  what stands after the program's name
 * @returns the exit code
 */
export async function main(args: readonly string[]): Promise<number> {
  const errors = new Output(process.stderr, process.env);
  try {
    return await runCommandLine(args, commands, {
      output: new Output(process.stdout, process.env),
      errors,
      environment: process.env,
      workingDirectory: process.cwd(),
      signals: signalsOf(process),
      networkInterfaces,
      services: applicationServices,
    });
  } catch (error) {
    const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
    errors.print(`dyndns: this is a fault of dyndns itself; please report it with these lines:\n${trace}`);
    return ExitCode.internalFault;
  }
}

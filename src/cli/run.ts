import type { CliContext, Command } from './command.ts';
import { ExitCode } from './exit-code.ts';
import { helpText } from './help.ts';
import { parseCommandLine } from './options.ts';
import { packageVersion } from './version.ts';

/** Understands the command line and runs what it asks for. */
export async function runCommandLine(
  args: readonly string[],
  commands: readonly Command[],
  context: CliContext,
): Promise<ExitCode> {
  const parsed = parseCommandLine(args, commands);
  switch (parsed.kind) {
    case 'help':
      context.output.print(helpText(parsed.command, parsed.group, commands));
      return ExitCode.done;
    case 'version':
      context.output.print(`dyndns ${packageVersion()}`);
      return ExitCode.done;
    case 'command':
      return await parsed.command.run(parsed.invocation, context);
    case 'wrong': {
      const help = parsed.command ? `dyndns ${parsed.command.name} --help` : 'dyndns --help';
      context.errors.print(`dyndns: ${parsed.message}\n"${help}" shows how it is used.`);
      return ExitCode.wrongUsage;
    }
  }
}

import type { CliContext, Command } from './command.ts';
import { ExitCode } from './exit-code.ts';
import { tellWrongUsage } from './failure.ts';
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
      const { message, command, group } = parsed;
      const help = ['dyndns', command?.name ?? group, '--help'].filter((word) => word !== undefined).join(' ');
      const mayBeJson = command === undefined || Object.hasOwn(command.options, 'json');
      return tellWrongUsage(message, help, mayBeJson && args.includes('--json'), context);
    }
  }
}

import { fileURLToPath } from 'node:url';
import { type CommandOptions, type CommandResult, runCommand } from '../support/run-command.ts';
import { type ProcessOptions, type RunningProcess, startProcess } from '../support/process.ts';

export const launcher = fileURLToPath(new URL('../../bin/dyndns.js', import.meta.url));

/** Nothing of the developer's own environment may decide where the configuration is looked for. */
const ownEnvironment = {
  dyndns_CONFIG_FILE: undefined,
  DYNDNS_CONFIG_FILE: undefined,
  NO_COLOR: undefined,
  FORCE_COLOR: undefined,
};

/** Runs `dyndns` with these arguments to its end, as a process of its own. */
export async function dyndns(args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const environment = { ...ownEnvironment, ...options.environment };
  return await runCommand(process.execPath, [launcher, ...args], { ...options, environment });
}

/** Starts `dyndns` with these arguments, and leaves it running. */
export function startDyndns(args: readonly string[], options: Partial<ProcessOptions> = {}): RunningProcess {
  const environment = { ...ownEnvironment, ...options.environment };
  const command = { title: `dyndns ${args.join(' ')}`, command: process.execPath, args: [launcher, ...args] };
  return startProcess({ ...command, ...options, environment });
}

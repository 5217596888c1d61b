import { runCommand, type CommandOptions, type CommandResult } from './run-command.ts';

/** A network namespace with nothing in it but loopback, for what listens on ports that are not free to choose. */
export function runInOwnNetwork(words: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const script = 'ip link set lo up && exec "$@"';
  return runCommand('unshare', ['--net', 'sh', '-c', script, 'sh', ...words], options);
}

/** Whether this user may make one. */
export async function hasOwnNetwork(): Promise<boolean> {
  const { exitCode } = await runInOwnNetwork(['true']).catch(() => ({ exitCode: 1 }));
  return exitCode === 0;
}

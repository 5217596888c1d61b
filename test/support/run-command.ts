import { spawn } from 'node:child_process';

import { findExecutable } from './debian-packages.ts';
import { outputTail } from './output-tail.ts';
import { commandPrefix } from './unprivileged.ts';

export interface CommandResult {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  /** What it reads from standard input; nothing when absent. */
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly directory?: string;
  readonly asNobody?: boolean;
  /** It is killed then, and that is an error. */
  readonly timeoutMs?: number;
  /** It goes on when this process dies, since breaking off would do harm. */
  readonly outlivesUs?: boolean;
}

/** Runs a command to its end. That it fails is a result; that it cannot be run, or hangs, is an error. */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const timeoutMs = options.timeoutMs ?? 30_000;
  const [file = command, ...rest] = [
    ...(options.outlivesUs ? [] : commandPrefix(options.asNobody ?? false)),
    findExecutable(command) ?? command,
    ...args,
  ];
  const child = spawn(file, rest, {
    cwd: options.directory,
    env: { ...process.env, ...options.environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const stdout = outputTail();
  const stderr = outputTail();
  child.stdout.on('data', stdout.push);
  child.stderr.on('data', stderr.push);
  // Whoever does not read its input to the end has closed it early; its exit code tells the rest.
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');

  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.once('error', (error) => reject(new Error(`${command} could not be run: ${error.message}`)));
  child.once('close', (exitCode) => resolve(exitCode));
  const deadline = setTimeout(() => {
    child.kill('SIGKILL');
    reject(
      new Error(
        `${command} ${args.join(' ')} did not end within ${timeoutMs} ms; it said:\n${stdout.text()}${stderr.text()}`,
      ),
    );
  }, timeoutMs);
  try {
    return { exitCode: await promise, stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    clearTimeout(deadline);
  }
}

import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

import { findExecutable } from './debian-packages.ts';
import { outputTail } from './output-tail.ts';
import { commandPrefix } from './unprivileged.ts';

export interface ProcessOptions {
  /** What failure messages call it. */
  readonly title: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly directory?: string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly asNobody?: boolean;
  /** A command to run it under, one that becomes it: {@link ./wrong-clock.ts} makes one. */
  readonly under?: readonly string[];
}

export interface ProcessExit {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A child process that goes on until it is told to stop, and at the latest until this process dies. */
export interface RunningProcess extends AsyncDisposable {
  readonly pid: number;
  readonly exited: Promise<ProcessExit>;
  /** What it has printed so far, standard output and standard error as they came. */
  output(): string;
  signal(signal: NodeJS.Signals): void;
  /** Asks until the answer is yes. Fails, with what the process has printed, when it ends first or time runs out. */
  waitUntil(isReady: () => Promise<boolean>, timeoutMs: number): Promise<void>;
  /** SIGTERM, and SIGKILL when that does not help. */
  stop(graceMs?: number): Promise<ProcessExit>;
  kill9(): Promise<ProcessExit>;
}

const defaultGraceMs = 5000;
const askEveryMs = 15;
const lastWordsMs = 500;

export function startProcess(options: ProcessOptions): RunningProcess {
  const [file = '', ...args] = [
    ...commandPrefix(options.asNobody ?? false),
    ...(options.under ?? []),
    findExecutable(options.command) ?? options.command,
    ...options.args,
  ];
  const child = spawn(file, args, {
    cwd: options.directory,
    env: { ...process.env, ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const tail = outputTail();
  child.stdout.on('data', tail.push);
  child.stderr.on('data', tail.push);
  return runningProcess(options.title, child, () => tail.text());
}

function runningProcess(title: string, child: ChildProcess, output: () => string): RunningProcess {
  const { promise: exited, resolve } = Promise.withResolvers<ProcessExit>();
  let exit: ProcessExit | undefined;
  let startFault: Error | undefined;
  const settle = (result: ProcessExit) => {
    exit ??= result;
    resolve(result);
  };
  child.once('error', (error) => {
    startFault = error;
    if (child.pid === undefined) settle({ exitCode: null, signal: null });
  });
  child.once('close', (exitCode, signal) => settle({ exitCode, signal }));
  // Its last words come between the two, unless a child of its own keeps the pipe open.
  child.once('exit', (exitCode, signal) => setTimeout(() => settle({ exitCode, signal }), lastWordsMs).unref());

  const failure = (what: string) => new Error(`${title} ${what}; it said:\n${output()}`, { cause: startFault });
  const running: RunningProcess = {
    pid: child.pid ?? 0,
    exited,
    output,
    signal: (signal) => void child.kill(signal),
    waitUntil: async (isReady, timeoutMs) => {
      const deadlineMs = performance.now() + timeoutMs;
      while (!(await isReady())) {
        if (exit) throw failure(`ended (exit code ${exit.exitCode}, signal ${exit.signal}) before it was ready`);
        if (performance.now() > deadlineMs) throw failure(`was not ready within ${timeoutMs} ms`);
        await sleep(askEveryMs);
      }
    },
    stop: async (graceMs = defaultGraceMs) => {
      if (exit) return exit;
      child.kill('SIGTERM');
      const impatience = setTimeout(() => child.kill('SIGKILL'), graceMs);
      const result = await exited;
      clearTimeout(impatience);
      return result;
    },
    kill9: async () => {
      if (!exit) child.kill('SIGKILL');
      return exited;
    },
    [Symbol.asyncDispose]: async () => {
      await running.stop();
    },
  };
  return running;
}

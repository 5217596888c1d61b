import { startProcess } from '../../test/support/process.ts';
import type { WatchedProcess } from '../measure/process-watch.ts';

/** A program that makes load for a while and then says what came of it. */
export interface LoadCommand {
  readonly title: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly directory?: string;
  /** How long it should run; it is an error when it takes much longer. */
  readonly seconds: number;
  /** A command to run it under, such as taskset. */
  readonly under: readonly string[];
}

/** Beyond its seconds: to start, to wait for the last answers, and to add up. */
const graceMs = 20_000;

/**
 * Runs it to its end.
 *
 * @param started  told at once, so that the process can be watched
 * @returns what it printed
 */
export async function runLoad(load: LoadCommand, started: (process: WatchedProcess) => void): Promise<string> {
  await using running = startProcess({
    title: load.title,
    command: load.command,
    args: load.args,
    under: load.under,
    ...(load.directory === undefined ? {} : { directory: load.directory }),
  });
  started({ title: 'load', pid: running.pid });
  const impatience = setTimeout(() => running.signal('SIGKILL'), load.seconds * 1000 + graceMs);
  const { exitCode, signal } = await running.exited;
  clearTimeout(impatience);
  if (exitCode === 0) return running.output();
  throw new Error(`${load.title} ended with ${signal ?? `exit code ${exitCode}`}; it said:\n${running.output()}`);
}

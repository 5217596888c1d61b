import { fileURLToPath } from 'node:url';

import type { TestKey } from '../../test/support/test-key.ts';
import { runLoad } from '../load/run-load.ts';
import type { WatchedProcess } from '../measure/process-watch.ts';

/** What the bare client is to do; see bare-client-process.ts. */
export interface BareClientTask {
  readonly port: number;
  readonly zone: string;
  readonly key: TestKey;
  readonly firstNumber: number;
  /** Until its code is compiled; not measured. */
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

export interface BareClientResult {
  /** Updates that were answered NOERROR, those of the warm-up too. */
  readonly completed: number;
  /** Those after the warm-up. */
  readonly measured: number;
  readonly seconds: number;
  readonly medianMs: number;
  readonly p99Ms: number;
}

const script = fileURLToPath(new URL('./bare-client-process.ts', import.meta.url));

/** Runs the bare client in a process of its own. Any answer but a proven NOERROR is an error. */
export async function runBareClient(
  task: BareClientTask,
  under: readonly string[],
  started: (process: WatchedProcess) => void,
): Promise<BareClientResult> {
  const seconds = task.warmUpSeconds + task.seconds;
  const args = [script, JSON.stringify(task)];
  const output = await runLoad({ title: 'the bare client', command: process.execPath, args, seconds, under }, started);
  return JSON.parse(output) as BareClientResult;
}

import { workerData } from 'node:worker_threads';
import { writeInput } from './corpus.ts';

/** The other half of watchdog.ts: sleeps, looks, and sleeps again. */

const { progress, octets, targetName, stalledMs, folder } = workerData as {
  readonly progress: Int32Array;
  readonly octets: Uint8Array;
  readonly targetName: string;
  readonly stalledMs: number;
  readonly folder: string;
};

let seen = Atomics.load(progress, 0);
setInterval(() => {
  const begun = Atomics.load(progress, 0);
  if (begun === seen && begun > 0) {
    const input = Uint8Array.from(octets.subarray(0, Atomics.load(progress, 1)));
    const file = writeInput(folder, targetName, input);
    process.stderr.write(`HANG: an input has not come back for ${stalledMs} ms; it is kept in ${file}\n`);
    process.kill(process.pid, 'SIGKILL');
  }
  seen = begun;
}, stalledMs);

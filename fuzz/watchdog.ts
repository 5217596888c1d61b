import { Worker } from 'node:worker_threads';

const maxOctets = 65_536;

/**
 * Sees to it that an input that never comes back is not lost: a second thread holds a copy of the input that is running,
 * and when nothing has moved for `stalledMs`, writes it down as a finding and ends the process.
 */
export class Watchdog implements AsyncDisposable {
  readonly #progress = new Int32Array(new SharedArrayBuffer(8)); // inputs begun, octets of the one that is running
  readonly #octets = new Uint8Array(new SharedArrayBuffer(maxOctets));
  readonly #worker: Worker;

  /** @param folder  where the input goes, into the target's own folder */
  constructor(folder: string, targetName: string, stalledMs: number) {
    const workerData = { progress: this.#progress, octets: this.#octets, folder, targetName, stalledMs };
    this.#worker = new Worker(new URL('watchdog-thread.ts', import.meta.url), { workerData, execArgv: [] });
    this.#worker.unref();
  }

  begin(octets: Uint8Array): void {
    this.#octets.set(octets.subarray(0, maxOctets));
    Atomics.store(this.#progress, 1, Math.min(octets.length, maxOctets));
    Atomics.add(this.#progress, 0, 1);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate();
  }
}

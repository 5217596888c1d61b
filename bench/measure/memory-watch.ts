import { readFileSync } from 'node:fs';

/** Resident memory in octets. */
export interface MemoryUse {
  /** The kernel's own high-water mark, which no sampling can miss. */
  readonly peak: number;
  /** In the middle of the samples. */
  readonly median: number;
  readonly last: number;
}

/** Samples the resident memory of a process for as long as it is not disposed of. */
export class MemoryWatch implements Disposable {
  readonly #pid: number;
  readonly #samples: number[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor(pid: number, everyMs: number) {
    this.#pid = pid;
    this.#timer = setInterval(() => this.#samples.push(this.#read().resident), everyMs).unref();
  }

  /** To be asked while the process runs. */
  use(): MemoryUse {
    const { resident, peak } = this.#read();
    const sorted = [...this.#samples, resident].sort((a, b) => a - b);
    return { peak, median: sorted[sorted.length >> 1] ?? resident, last: resident };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #read(): { readonly resident: number; readonly peak: number } {
    return parseMemory(readFileSync(`/proc/${this.#pid}/status`, 'utf8'));
  }
}

/** proc(5): kilobytes there are 1024 octets. */
export function parseMemory(status: string): { readonly resident: number; readonly peak: number } {
  const octets = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) * 1024;
  return { resident: octets('VmRSS'), peak: octets('VmHWM') };
}

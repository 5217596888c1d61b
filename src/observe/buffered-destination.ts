import { write, writeSync } from 'node:fs';

/** From so many octets on, a write is started at once. */
const enoughOctets = 8 * 1024;
/** So many octets may wait for a slow disk or reader; lines that come then are dropped rather than kept in memory. */
const mostOctets = 16 * 1024 * 1024;
/** A line waits no longer than this for others to be written with. */
const longestWaitMs = 250;
/** A pipe whose reader is behind is tried again so often. */
const retryMs = 20;

/**
 * Writes lines to a file descriptor without ever waiting for it: ten thousand lines a second cost a few system calls.
 *
 * One write is under way at a time, so that lines keep their order. What is still buffered is written when the process
 * exits. A full disk or a reader that went away costs lines, which are counted, and nothing else.
 */
export class BufferedDestination implements AsyncDisposable {
  readonly #fileDescriptor: number;
  #lines: string[] = [];
  #octets = 0;
  /** What a write that is under way has not been able to write yet. */
  #underWay: Buffer | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lostLines = 0;
  #settled: (() => void)[] = [];
  readonly #onExit = (): void => this.flushSync();

  constructor(fileDescriptor: number) {
    this.#fileDescriptor = fileDescriptor;
    process.on('exit', this.#onExit);
  }

  /** How many lines could not be written so far. */
  get lostLines(): number {
    return this.#lostLines;
  }

  write(line: string): void {
    if (this.#octets + line.length > mostOctets) {
      this.#lostLines += 1;
      return;
    }
    this.#lines.push(line);
    this.#octets += line.length;
    if (this.#underWay) return;
    if (this.#octets >= enoughOctets) this.#start();
    else this.#timer ??= setTimeout(() => this.#start(), longestWaitMs).unref();
  }

  /** Writes all that is buffered before it returns; lines of a write that is under way are left to it. */
  flushSync(): void {
    let rest = this.#take();
    try {
      while (rest.length > 0) rest = rest.subarray(writeSync(this.#fileDescriptor, rest));
    } catch {
      this.#lostLines += countLines(rest);
    }
  }

  /** Resolves when all lines are written or lost. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#underWay) this.#start();
    if (this.#underWay) await new Promise<void>((resolve) => this.#settled.push(resolve));
    process.off('exit', this.#onExit);
  }

  #take(): Buffer {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const taken = Buffer.from(this.#lines.join(''));
    this.#lines = [];
    this.#octets = 0;
    return taken;
  }

  #start(): void {
    const octets = this.#take();
    if (octets.length > 0) this.#continue(octets);
  }

  #continue(octets: Buffer): void {
    this.#underWay = octets;
    write(this.#fileDescriptor, octets, (error, written) => {
      if (error?.code === 'EAGAIN') {
        setTimeout(() => this.#continue(octets), retryMs);
        return;
      }
      if (error) this.#lostLines += countLines(octets);
      const rest = error ? octets.subarray(octets.length) : octets.subarray(written);
      if (rest.length > 0) this.#continue(rest);
      else this.#finish();
    });
  }

  #finish(): void {
    this.#underWay = undefined;
    if (this.#octets >= enoughOctets || this.#settled.length > 0) this.#start();
    else if (this.#octets > 0) this.#timer ??= setTimeout(() => this.#start(), longestWaitMs).unref();
    if (this.#underWay) return;
    for (const resolve of this.#settled.splice(0)) resolve();
  }
}

function countLines(octets: Buffer): number {
  let lines = 0;
  for (const octet of octets) lines += Number(octet === 0x0a);
  return lines;
}

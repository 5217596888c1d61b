import { readdirSync, readFileSync } from 'node:fs';

/** A process whose use of the machine is of interest. */
export interface WatchedProcess {
  readonly title: string;
  readonly pid: number;
}

/** What a process used while it was watched, in shares of one core. */
export interface ProcessUse {
  readonly title: string;
  readonly cpuShare: number;
  /** Of the thread that wanted most: a program that has to do its work on one thread can have no more than one core. */
  readonly busiestThread: ThreadUse;
}

export interface ThreadUse {
  /** At work. */
  readonly runShare: number;
  /** Ready to work, while other threads had the cores. */
  readonly waitShare: number;
}

interface Nanoseconds {
  readonly run: number;
  readonly wait: number;
}

const nothing: Nanoseconds = { run: 0, wait: 0 };

/**
 * Adds up what processes use, from the kernel's scheduler statistics.
 *
 * A process that ends takes its figures with it, so they are read now and again; what it did after the last reading is
 * lost, and so is little.
 */
export class ProcessWatch implements Disposable {
  readonly #startedAtMs = performance.now();
  readonly #watched: {
    readonly process: WatchedProcess;
    readonly threads: Map<string, { first: Nanoseconds; last: Nanoseconds }>;
  }[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor(everyMs: number) {
    this.#timer = setInterval(() => this.#read(), everyMs).unref();
  }

  /** @param since  whether all that it has used counts, or only what it uses from now on */
  add(process: WatchedProcess, since: 'now' | 'its start'): void {
    const threads = new Map<string, { first: Nanoseconds; last: Nanoseconds }>();
    for (const [thread, times] of readThreads(process.pid))
      threads.set(thread, { first: since === 'now' ? times : nothing, last: times });
    this.#watched.push({ process, threads });
  }

  /** What each used since the watch began. */
  uses(): readonly ProcessUse[] {
    this.#read();
    const elapsedNs = (performance.now() - this.#startedAtMs) * 1e6;
    return this.#watched.map(({ process, threads }) => {
      const uses = [...threads.values()].map(({ first, last }) => ({
        runShare: (last.run - first.run) / elapsedNs,
        waitShare: (last.wait - first.wait) / elapsedNs,
      }));
      return {
        title: process.title,
        cpuShare: uses.reduce((sum, { runShare }) => sum + runShare, 0),
        busiestThread: uses.reduce((most, use) => (wants(use) > wants(most) ? use : most), {
          runShare: 0,
          waitShare: 0,
        }),
      };
    });
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #read(): void {
    for (const { process, threads } of this.#watched) {
      for (const [thread, times] of readThreads(process.pid)) {
        const known = threads.get(thread);
        if (known) known.last = times;
        else threads.set(thread, { first: nothing, last: times });
      }
    }
  }
}

/** How much of a core the thread would have used, had it been alone. */
export function wants({ runShare, waitShare }: ThreadUse): number {
  return runShare + waitShare;
}

/** A process and all that it has started, so far. */
export function processTree(pid: number): readonly number[] {
  const children = listThreads(pid).flatMap((thread) => readChildren(`/proc/${pid}/task/${thread}/children`));
  return [pid, ...children.flatMap(processTree)];
}

function readChildren(file: string): readonly number[] {
  try {
    return (readFileSync(file, 'ascii').match(/\d+/g) ?? []).map(Number);
  } catch {
    // The thread has just ended.
    return [];
  }
}

function readThreads(pid: number): [string, Nanoseconds][] {
  return listThreads(pid).flatMap((thread) => {
    const times = readTimes(`/proc/${pid}/task/${thread}/schedstat`);
    return times ? [[thread, times]] : [];
  });
}

function listThreads(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    // The process has just ended.
    return [];
  }
}

/** Nanoseconds on a core, nanoseconds in line for one, and the number of turns (Documentation/scheduler/sched-stats). */
function readTimes(file: string): Nanoseconds | undefined {
  try {
    const [run = 0, wait = 0] = readFileSync(file, 'ascii').split(' ').map(Number);
    return { run, wait };
  } catch {
    // The thread has just ended.
    return undefined;
  }
}

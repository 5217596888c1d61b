import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

/** What came back for one question. */
export interface PollTally {
  readonly name: string;
  readonly type: number;
  readonly sent: number;
  /** NOERROR with records. */
  readonly answers: number;
  /** NOERROR without records. */
  readonly empty: number;
  readonly nxdomain: number;
  readonly servfail: number;
  readonly otherErrors: number;
  /** No answer within a second. */
  readonly lost: number;
}

export interface PollQuestion {
  readonly name: string;
  /** See `Type` in src/dns/codes.ts. */
  readonly type: number;
}

/** The data that the loop in the worker is started with. */
export interface PollOrder {
  readonly port: number;
  readonly questions: readonly PollQuestion[];
  /** Of each question. */
  readonly pollsPerSecond: number;
}

/** Asks a nameserver the same questions over and over, in a thread of its own so that nothing holds it up. */
export interface UdpPoller extends AsyncDisposable {
  /** How it stands: one tally a question, in their order. */
  tally(): Promise<readonly PollTally[]>;
  /** Waits until every question has been answered this often, whatever the answers. */
  waitForPolls(count: number, timeoutMs: number): Promise<void>;
  /** Stops asking, waits for what is still under way, and says how it ended. */
  stop(): Promise<readonly PollTally[]>;
}

export type PollerRequest = 'tally' | 'stop';

export function startUdpPoller(order: PollOrder): UdpPoller {
  const worker = new Worker(new URL('./udp-poll-loop.ts', import.meta.url), { workerData: order });
  const waiting: ((tally: readonly PollTally[]) => void)[] = [];
  const failure = Promise.withResolvers<never>();
  failure.promise.catch(() => {});
  worker.on('message', (tally: readonly PollTally[]) => waiting.shift()?.(tally));
  worker.once('error', failure.reject);
  let last: readonly PollTally[] | undefined;

  const ask = async (request: PollerRequest): Promise<readonly PollTally[]> => {
    if (last) return last;
    const { promise, resolve } = Promise.withResolvers<readonly PollTally[]>();
    waiting.push(resolve);
    worker.postMessage(request);
    return Promise.race([promise, failure.promise]);
  };
  const stop = async () => {
    last = await ask('stop');
    await worker.terminate();
    return last;
  };
  return {
    tally: () => ask('tally'),
    waitForPolls: async (count, timeoutMs) => {
      const deadlineMs = performance.now() + timeoutMs;
      for (;;) {
        const tallies = await ask('tally');
        if (tallies.every((tally) => came(tally) >= count)) return;
        if (performance.now() > deadlineMs)
          throw new Error(`fewer than ${count} answers in ${timeoutMs} ms: ${JSON.stringify(tallies)}`);
        await sleep(50);
      }
    },
    stop,
    [Symbol.asyncDispose]: async () => {
      if (!last) await worker.terminate();
    },
  };
}

function came({ answers, empty, nxdomain, servfail, otherErrors }: PollTally): number {
  return answers + empty + nxdomain + servfail + otherErrors;
}

import { fileURLToPath } from 'node:url';

import type { WatchedProcess } from '../measure/process-watch.ts';
import { runLoad } from './run-load.ts';

/** Requests over HTTP, each connection with one under way at a time, kept alive. */
export interface HttpLoad {
  readonly title: string;
  readonly baseUrl: string;
  readonly connections: number;
  readonly seconds: number;
  readonly requests: HttpRequests;
  readonly under: readonly string[];
}

/** As seed-requests.lua takes them. */
export interface HttpRequests {
  readonly kind: 'fresh' | 'still' | 'constant';
  /** What a right answer begins with; its status has to be 200. */
  readonly word: string;
  readonly path: string;
  readonly domain: string;
  readonly names: number;
  readonly firstNumber: number;
  /** What stands between a name and its address; as in the seed's paths where it is absent. */
  readonly between?: string;
  readonly authorization?: string;
}

export interface HttpLoadResult {
  /** Requests made, with those at the end that did not get to see their answers. */
  readonly issued: number;
  /** Answers as they should be. */
  readonly right: number;
  readonly seconds: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  /** Why it counts for nothing; empty where all is well. */
  readonly faults: readonly string[];
}

const script = fileURLToPath(new URL('./seed-requests.lua', import.meta.url));
const requestTimeoutSeconds = 15;

/** Runs wrk, which takes a few microseconds a request, so that the two cores are left to what is measured. */
export async function runHttpLoad(load: HttpLoad, started: (process: WatchedProcess) => void): Promise<HttpLoadResult> {
  const { kind, word, path, domain, names, firstNumber, between = '/', authorization } = load.requests;
  const options = ['-t1', `-c${load.connections}`, `-d${load.seconds}s`, `--timeout=${requestTimeoutSeconds}s`];
  const requests = [kind, word, path, domain, String(names), String(firstNumber), between];
  if (authorization !== undefined) requests.push(authorization);
  const output = await runLoad(
    {
      title: load.title,
      command: 'wrk',
      args: [...options, '-s', script, load.baseUrl, '--', ...requests],
      seconds: load.seconds,
      under: load.under,
    },
    started,
  );
  return parseHttpLoad(output);
}

export function parseHttpLoad(output: string): HttpLoadResult {
  const line = /^RESULT (.*)$/m.exec(output)?.[1];
  if (line === undefined) throw new Error(`wrk gave no result; it said:\n${output}`);
  const result = new Map(line.split(' ').map((pair) => pair.split('=') as [string, string]));
  const number = (name: string): number => Number(result.get(name));
  const faults: string[] = [];
  if (number('wrong') > 0) {
    const first = /^WRONG (.*)/ms.exec(output)?.[1]?.trim() ?? '';
    faults.push(`${number('wrong')} answers were not as they should be, first: ${first}`);
  }
  if (number('socketFaults') > 0) faults.push(`${number('socketFaults')} connections failed`);
  if (number('timeouts') > 0) faults.push(`${number('timeouts')} requests had no answer in ${requestTimeoutSeconds} s`);
  if (number('right') === 0) faults.push('not one right answer came');
  return {
    issued: number('issued'),
    right: number('right'),
    seconds: number('microseconds') / 1e6,
    medianMs: number('medianMicroseconds') / 1000,
    p99Ms: number('p99Microseconds') / 1000,
    faults,
  };
}

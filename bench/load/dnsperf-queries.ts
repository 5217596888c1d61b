import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { WatchedProcess } from '../measure/process-watch.ts';
import { runLoad } from './run-load.ts';

/** Queries over UDP, as Debian's dnsperf sends them: the names in their order, again and again. */
export interface DnsperfQueries {
  readonly port: number;
  /** As {@link writeQueryFile} has written it. */
  readonly file: string;
  /** Queries under way at once. */
  readonly queue: number;
  readonly seconds: number;
  readonly under: readonly string[];
  /** Further options of dnsperf. */
  readonly options: readonly string[];
}

export interface QueryResult {
  readonly sent: number;
  readonly lost: number;
  readonly ratePerSecond: number;
  /** Rcodes and their counts: `NOERROR 289747 (100.00%)`. */
  readonly responseCodes: string;
}

/** One line a query: name and type. */
export async function writeQueryFile(directory: string, names: readonly string[]): Promise<string> {
  const file = join(directory, 'dnsperf-queries.txt');
  await writeFile(file, names.map((name) => `${name} A\n`).join(''));
  return file;
}

export async function runQueries(
  { port, file, queue, seconds, under, options }: DnsperfQueries,
  started: (process: WatchedProcess) => void,
): Promise<QueryResult> {
  const target = ['-s', '127.0.0.1', '-p', String(port), '-d', file];
  const args = [...target, '-q', String(queue), '-l', String(seconds), ...options];
  return parseQueries(await runLoad({ title: 'dnsperf', command: 'dnsperf', args, seconds, under }, started));
}

export function parseQueries(output: string): QueryResult {
  const value = (label: string): string => {
    const found = new RegExp(`^ *${label}: +(.*)$`, 'm').exec(output)?.[1];
    if (found === undefined) throw new Error(`dnsperf told no "${label}"; it said:\n${output}`);
    return found;
  };
  return {
    sent: Number.parseInt(value('Queries sent'), 10),
    lost: Number.parseInt(value('Queries lost'), 10),
    ratePerSecond: Number(value('Queries per second')),
    responseCodes: value('Response codes'),
  };
}

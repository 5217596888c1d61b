import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { keyArgument, type TestKey } from '../../test/support/test-key.ts';
import type { WatchedProcess } from '../measure/process-watch.ts';
import { runLoad } from './run-load.ts';

/** UPDATE messages over UDP, each for one name, as Debian's dnsperf sends them. */
export interface DnsperfLoad {
  readonly port: number;
  readonly zone: string;
  readonly key: TestKey;
  /** Messages under way at once. */
  readonly queue: number;
  readonly seconds: number;
  readonly directory: string;
  /** At least as many as it can send in its time: it begins anew at the end, and then changes nothing. */
  readonly updates: readonly NameUpdate[];
  readonly under: readonly string[];
}

export interface NameUpdate {
  /** Relative to the zone. */
  readonly name: string;
  readonly address: string;
}

export interface DnsperfResult {
  readonly sent: number;
  readonly completed: number;
  /** Those to which no answer came; BIND drops what is beyond its update-quota, 100 at once. */
  readonly lost: number;
  readonly ratePerSecond: number;
  readonly seconds: number;
  readonly meanMs: number;
  /** Rcodes and their counts: `NOERROR 2848 (100.00%)`. */
  readonly responseCodes: string;
}

/** Deletes the A records of each name and adds one, all with one signed message a name. */
export async function runDnsperf(
  load: DnsperfLoad,
  started: (process: WatchedProcess) => void,
): Promise<DnsperfResult> {
  const { port, zone, key, queue, seconds, directory, updates, under } = load;
  const file = join(directory, 'dnsperf-input.txt');
  await writeFile(file, renderUpdates(zone, updates));
  try {
    const target = ['-s', '127.0.0.1', '-p', String(port), '-y', keyArgument(key)];
    const args = ['-u', ...target, '-d', file, '-q', String(queue), '-l', String(seconds)];
    return parseDnsperf(await runLoad({ title: 'dnsperf', command: 'dnsperf', args, seconds, under }, started));
  } finally {
    await rm(file);
  }
}

export function renderUpdates(zone: string, updates: readonly NameUpdate[]): string {
  return updates.map(({ name, address }) => `${zone}\ndelete ${name} A\nadd ${name} 300 A ${address}\nsend\n`).join('');
}

export function parseDnsperf(output: string): DnsperfResult {
  const value = (label: string): string => {
    const found = new RegExp(`^ *${label}: +(.*)$`, 'm').exec(output)?.[1];
    if (found === undefined) throw new Error(`dnsperf told no "${label}"; it said:\n${output}`);
    return found;
  };
  return {
    sent: Number.parseInt(value('Updates sent'), 10),
    completed: Number.parseInt(value('Updates completed'), 10),
    lost: Number.parseInt(value('Updates lost'), 10),
    ratePerSecond: Number(value('Updates per second')),
    seconds: Number(value('Run time \\(s\\)')),
    meanMs: Number.parseFloat(value('Average Latency \\(s\\)')) * 1000,
    responseCodes: value('Response codes'),
  };
}

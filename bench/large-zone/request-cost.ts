import { join } from 'node:path';

import { digValues } from '../../test/support/dig.ts';
import type { BenchSettings } from '../bench.ts';
import type { EmbeddedTestbed } from '../embedded/embedded-testbed.ts';
import { runQueries, writeQueryFile } from '../load/dnsperf-queries.ts';
import { runHttpLoad } from '../load/http-load.ts';
import { ProcessWatch, type WatchedProcess } from '../measure/process-watch.ts';
import { changingLabels, type FreshNumbers, numberedAddress } from '../update/numbered-names.ts';
import { nameLabel } from './large-zone.ts';

/** A service and how many names its zone has. */
export interface ZoneOfSize {
  readonly testbed: EmbeddedTestbed;
  readonly names: number;
}

export interface Cost {
  readonly ratePerSecond: number;
  /** Of the service, all its threads, for each request. */
  readonly cpuMicroseconds: number;
  /** Why the run counts for nothing; empty where all is well. */
  readonly faults: readonly string[];
}

const connections = 64;
const queue = 200;
const queriedNames = 10_000;
/** Far from each other in a zone of any size, and never the same twice: 7,919 is a prime. */
const stride = 7919;
const watchEveryMs = 100;
const sampledNames = 20;
const tolerableLoss = 0.01;

/** Every request gives the next name an address that none had before. */
export async function measureUpdates(
  { testbed, names }: ZoneOfSize,
  numbers: FreshNumbers,
  { seconds, pinning }: BenchSettings,
): Promise<Cost> {
  const firstNumber = numbers.next;
  const requests = {
    kind: 'fresh',
    word: 'UPDATED',
    path: testbed.path(changingLabels.service),
    domain: testbed.zone,
    names,
    firstNumber,
  } as const;
  const { baseUrl } = testbed.service;
  const task = { title: 'wrk', baseUrl, connections, seconds, requests, under: pinning.load };
  const { result, cpuSeconds } = await watched(testbed, (started) => runHttpLoad(task, started));
  numbers.used(result.issued);
  // The names of the last answers: those that were under way at the end may hold what nobody saw acknowledged.
  const sample = Array.from({ length: sampledNames }, (_, index) => firstNumber + result.right - connections - index);
  const held = await Promise.all(sample.map((number) => holdsAtLeast(testbed, number, names)));
  const faults = [...result.faults];
  if (held.includes(false)) faults.push('names do not hold the addresses that were acknowledged');
  return {
    ratePerSecond: result.right / result.seconds,
    cpuMicroseconds: (cpuSeconds * 1e6) / result.right,
    faults,
  };
}

/** Names all over the zone, by dnsperf. */
export async function measureQueries(
  { testbed, names }: ZoneOfSize,
  directory: string,
  { seconds, pinning }: BenchSettings,
): Promise<Cost> {
  const asked = Array.from({ length: queriedNames }, (_, index) => {
    return `${nameLabel((index * stride) % names)}.${testbed.zone}`;
  });
  const file = await writeQueryFile(join(directory), asked);
  const task = { port: testbed.dnsPort, file, queue, seconds, under: pinning.load, options: [] };
  const { result, cpuSeconds } = await watched(testbed, (started) => runQueries(task, started));
  const answered = result.sent - result.lost;
  const faults: string[] = [];
  if (!/^NOERROR \d+ \(100\.00%\)$/.test(result.responseCodes)) faults.push(`dnsperf got ${result.responseCodes}`);
  if (result.lost > result.sent * tolerableLoss) faults.push(`${result.lost} of ${result.sent} queries were lost`);
  return { ratePerSecond: result.ratePerSecond, cpuMicroseconds: (cpuSeconds * 1e6) / answered, faults };
}

async function watched<Result>(
  { service }: EmbeddedTestbed,
  load: (started: (process: WatchedProcess) => void) => Promise<Result>,
): Promise<{ readonly result: Result; readonly cpuSeconds: number }> {
  using watch = new ProcessWatch(watchEveryMs);
  const beginMs = performance.now();
  watch.add({ title: 'service', pid: service.pid }, 'now');
  const result = await load(() => {});
  const [use] = watch.uses();
  return { result, cpuSeconds: ((use?.cpuShare ?? 0) * (performance.now() - beginMs)) / 1000 };
}

/** It holds this address, or a later one of its own. */
async function holdsAtLeast(testbed: EmbeddedTestbed, number: number, names: number): Promise<boolean> {
  const name = `${nameLabel(number % names)}.${testbed.zone}`;
  const [value] = await digValues({ port: testbed.dnsPort, name, type: 'A' });
  const later = [number, number + names].map(numberedAddress);
  return value !== undefined && later.includes(value);
}

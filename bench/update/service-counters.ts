import { setTimeout as delay } from 'node:timers/promises';

import type { ServiceUnderTest } from '../../test/support/launch-service.ts';
import type { ZoneUnderLoad } from './arena.ts';

/** What the service says that it did, and what the zone says that was done. */
export interface Counters {
  /** Steps in which the service changed the zone: UPDATE messages that it sent, or commits. */
  readonly steps: number;
  /** Requests that went with them. */
  readonly transactions: number;
  /** The zone's serial, one more for each step that changed something. */
  readonly serial: number;
}

const restTimeoutMs = 20_000;
const askEveryMs = 50;

/** Reads the counters when nothing is under way any more: a load ends without waiting for its last answers. */
export async function countersAtRest(testbed: ZoneUnderLoad, service: ServiceUnderTest): Promise<Counters> {
  return await atRest(async () => {
    const [{ body: metrics }, serial] = await Promise.all([service.get('/metrics'), testbed.serial()]);
    const counters = {
      steps: readSample(metrics, `${testbed.stepMetric}_count`),
      transactions: readSample(metrics, `${testbed.stepMetric}_sum`),
      serial,
    };
    const inFlight = readSample(metrics, 'dyndns_http_updates_in_flight');
    return { value: counters, state: `${serial} ${counters.steps} ${inFlight === 0 ? '' : performance.now()}` };
  });
}

/** The zone's serial, when nothing raises it any more. */
export async function serialAtRest(testbed: ZoneUnderLoad): Promise<number> {
  return await atRest(async () => {
    const serial = await testbed.serial();
    return { value: serial, state: String(serial) };
  });
}

/** Reads until the state is twice the same. */
async function atRest<T>(read: () => Promise<{ readonly value: T; readonly state: string }>): Promise<T> {
  const deadlineMs = performance.now() + restTimeoutMs;
  let last = await read();
  for (;;) {
    await delay(askEveryMs);
    const now = await read();
    if (now.state === last.state) return now.value;
    if (performance.now() > deadlineMs) throw new Error('the updates of a load do not come to their end');
    last = now;
  }
}

/** A sample without labels in Prometheus's text format. */
export function readSample(metrics: string, name: string): number {
  const value = new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1];
  if (value === undefined) throw new Error(`the service's metrics have no ${name}`);
  return Number(value);
}

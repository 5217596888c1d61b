import { setTimeout as delay } from 'node:timers/promises';

import type { UpdateTestbed } from './testbed.ts';

/** What the service says that it did, and what the zone says that was done. */
export interface Counters {
  /** UPDATE messages that the service sent. */
  readonly messages: number;
  /** Requests that went with them. */
  readonly transactions: number;
  /** The zone's serial, one more for each message that changed something. */
  readonly serial: number;
}

const restTimeoutMs = 20_000;
const askEveryMs = 50;

/** Reads the counters when nothing is under way any more: a load ends without waiting for its last answers. */
export async function countersAtRest(testbed: UpdateTestbed): Promise<Counters> {
  const deadlineMs = performance.now() + restTimeoutMs;
  let last = await readCounters(testbed);
  for (;;) {
    await delay(askEveryMs);
    const now = await readCounters(testbed);
    if (now.inFlight === 0 && now.serial === last.serial && now.messages === last.messages) return now;
    if (performance.now() > deadlineMs) throw new Error(`${now.inFlight} updates do not come to their end`);
    last = now;
  }
}

async function readCounters(testbed: UpdateTestbed): Promise<Counters & { readonly inFlight: number }> {
  const [{ body: metrics }, serial] = await Promise.all([testbed.service.get('/metrics'), testbed.serial()]);
  return {
    messages: readSample(metrics, 'dyndns_update_message_transactions_count'),
    transactions: readSample(metrics, 'dyndns_update_message_transactions_sum'),
    inFlight: readSample(metrics, 'dyndns_http_updates_in_flight'),
    serial,
  };
}

/** A sample without labels in Prometheus's text format. */
export function readSample(metrics: string, name: string): number {
  const value = new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1];
  if (value === undefined) throw new Error(`the service's metrics have no ${name}`);
  return Number(value);
}

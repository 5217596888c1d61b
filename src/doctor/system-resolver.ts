import { lookup } from 'node:dns/promises';
import { setTimeout as delay } from 'node:timers/promises';

import type { Name } from '../dns/name.ts';

const timeoutMs = 5_000;

/** Asks the machine's own resolver, and its hosts file; no addresses where it knows none or takes too long. */
export async function resolveBySystem(name: Name): Promise<readonly string[]> {
  const lookUp = async () => (await lookup(name.toString(), { all: true })).map(({ address }) => address);
  const cancellation = new AbortController();
  try {
    return await Promise.race([lookUp(), delay(timeoutMs, [], { signal: cancellation.signal })]);
  } catch {
    return [];
  } finally {
    cancellation.abort();
  }
}

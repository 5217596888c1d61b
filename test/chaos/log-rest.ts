import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import type { EmbeddedService } from '../support/embedded-service.ts';

/** What is written late is written within 200 ms. */
const logRestMs = 350;

/** Until nothing is written behind an answer any more. */
export async function untilLogRests(embedded: EmbeddedService): Promise<void> {
  const changedAtMs = async () => (await stat(logOf(embedded))).mtimeMs;
  for (let last = await changedAtMs(), since = performance.now(); performance.now() - since < logRestMs;) {
    await delay(20);
    const now = await changedAtMs();
    if (now !== last) since = performance.now();
    last = now;
  }
}

export function logOf({ service }: EmbeddedService): string {
  return join(service.directory, 'zones.db-wal');
}

import { setImmediate as nextTurn } from 'node:timers/promises';

import type { Name } from '../../../dns/name.ts';
import { mistakeText } from '../../../dns/zonefile/mistake.ts';
import { readZonefile } from '../../../dns/zonefile/read-zonefile.ts';
import { type CollectedZone, ImportCollector } from './imported-zone.ts';

/** So many records are read without letting anybody else in. */
const recordsAtOnce = 500;

/**
 * Reads a zone that a command has sent to the running service. The service goes on answering meanwhile, however large it is. The command
 * has told all mistakes with their places before; here the first one ends it.
 */
export async function readImportText(text: Uint8Array, origin: Name): Promise<CollectedZone> {
  const collector = new ImportCollector(origin);
  let count = 0;
  for (const item of readZonefile(text, { origin, maxMistakes: 1 })) {
    if (item.kind === 'mistake') return { kind: 'invalid', reason: mistakeText(item.mistake) };
    if (item.kind !== 'record') continue;
    collector.add(item.record);
    count += 1;
    if (count % recordsAtOnce === 0) await nextTurn();
  }
  return collector.finish();
}

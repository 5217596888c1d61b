import { stat, unlink } from 'node:fs/promises';

import { openSqliteZoneReader } from '../store/sqlite/sqlite-zone-reader.ts';
import type { StoreFault } from '../store/store-fault.ts';
import type { ZoneReader } from '../store/zone-store.ts';
import { summariseZones, type ZoneSummary } from './stored-zones.ts';

/** A file that was read from its beginning to its end, and what is in it. */
export interface VerifiedCopy {
  readonly octets: number;
  /** When it was last written. */
  readonly writtenAt: Date;
  readonly zones: readonly ZoneSummary[];
}

export type VerifiedFile =
  | { readonly kind: 'sound'; readonly copy: VerifiedCopy }
  | { readonly kind: 'damaged'; readonly complaints: readonly string[] }
  | { readonly kind: 'failed'; readonly fault: StoreFault };

/**
 * Copies a database as of one moment into a new file, beside a running service or without one, and reads the copy. One that is
 * not sound is not left there.
 */
export async function backUpDatabase(reader: ZoneReader, to: string): Promise<VerifiedFile> {
  const written = await reader.backup(to);
  if (written.kind === 'failed') return written;
  const verified = await verifyDatabase(to);
  if (verified.kind !== 'sound') await unlink(to);
  return verified;
}

/** Whether a file is a database of ours without damage. */
export async function verifyDatabase(path: string): Promise<VerifiedFile> {
  const opened = openSqliteZoneReader(path);
  if (opened.kind === 'failed') return opened;
  const checked = await opened.reader.check();
  if (checked.kind !== 'sound') return checked;
  const summarised = await summariseZones(opened.reader);
  if (summarised.kind === 'failed') return summarised;
  const { size, mtime } = await stat(path);
  return { kind: 'sound', copy: { octets: size, writtenAt: mtime, zones: summarised.zones } };
}

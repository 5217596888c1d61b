import type { NewHistoryRow } from '../ledger.ts';
import { type OctetPacker, OctetUnpacker } from './packed-octets.ts';

/** A row of the history, on its way to the writer's thread and in the log where it waits for its place. */
export function packHistoryRow(packer: OctetPacker, { name, atMs, isAttempt, body }: NewHistoryRow): void {
  packer.octets(name);
  packer.wide(atMs);
  packer.u8(isAttempt ? 1 : 0);
  packer.octets(body);
}

export function unpackHistoryRow(unpacker: OctetUnpacker): NewHistoryRow {
  return {
    name: unpacker.octets(),
    atMs: unpacker.wide(),
    isAttempt: unpacker.u8() === 1,
    body: unpacker.octets(),
  };
}

/** The rows of one entry of the log, in their order. */
export function unpackHistory(octets: unknown): NewHistoryRow[] {
  if (!(octets instanceof Uint8Array))
    throw new TypeError('A column of a STRICT table holds something other than octets');
  const unpacker = new OctetUnpacker(octets);
  const rows: NewHistoryRow[] = [];
  while (!unpacker.isAtEnd) rows.push(unpackHistoryRow(unpacker));
  return rows;
}

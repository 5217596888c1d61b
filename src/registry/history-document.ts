import { Name } from '../dns/name.ts';
import type { NewHistoryRow } from '../store/ledger.ts';
import type { HistoryEntry } from '../updates/history-entry.ts';

export function writeHistoryEntry({ name: _name, atMs: _atMs, ...entry }: HistoryEntry): Uint8Array {
  return Buffer.from(JSON.stringify(entry));
}

export function readHistoryEntry({ name, atMs, body }: NewHistoryRow): HistoryEntry {
  const entry = JSON.parse(Buffer.from(body).toString('utf8')) as Omit<HistoryEntry, 'name' | 'atMs'>;
  return { ...entry, name: Name.fromWire(name), atMs };
}

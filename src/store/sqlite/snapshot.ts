import { DatabaseSync } from 'node:sqlite';

import { OctetPacker } from './packed-octets.ts';

/** A piece of what a snapshot holds, packed. */
export interface Piece {
  readonly content: 'record-sets' | 'journal' | 'remembered';
  readonly octets: Uint8Array<ArrayBuffer>;
}

const pieceOctets = 256 * 1024;

type Row = Readonly<Record<string, unknown>>;

/** The database as of one moment, for reading; commits go on beside it, while the log cannot be emptied. */
export class Snapshot implements Disposable {
  readonly #database: DatabaseSync;

  constructor(path: string) {
    this.#database = new DatabaseSync(path, { readOnly: true });
    // The first read takes the snapshot, not BEGIN.
    this.#database.exec('BEGIN; SELECT 1 FROM zone');
  }

  get database(): DatabaseSync {
    return this.#database;
  }

  zones(): { readonly name: Uint8Array; readonly serial: number; readonly isDormant: boolean }[] {
    const rows = this.#database
      .prepare(`SELECT name, serial, state FROM zone WHERE state IN ('active', 'dormant')`)
      .all();
    return rows.map(({ name, serial, state }) => ({
      name: octetsOf(name),
      serial: Number(serial),
      isDormant: state === 'dormant',
    }));
  }

  zone(name: Uint8Array): { readonly id: number; readonly serial: number; readonly isDormant: boolean } | undefined {
    const row = this.#database
      .prepare(`SELECT id, serial, state FROM zone WHERE name = ? AND state IN ('active', 'dormant')`)
      .get(name);
    return row && { id: Number(row['id']), serial: Number(row['serial']), isDormant: row['state'] === 'dormant' };
  }

  *content(zone: number): Generator<Piece, void, undefined> {
    const recordSets = this.#database.prepare(
      'SELECT owner, type, ttl_seconds, is_static, rdatas FROM record_set WHERE zone = ? ORDER BY owner, type',
    );
    yield* pieces('record-sets', recordSets.iterate(zone), (packer, row) => {
      packer.octets(octetsOf(row['owner']));
      packer.u16(Number(row['type']));
      packer.u32(Number(row['ttl_seconds']));
      packer.u8(Number(row['is_static']));
      packer.octets(octetsOf(row['rdatas']));
    });
    const journal = this.#database.prepare(
      'SELECT serial_before, serial_after, removed, added FROM journal WHERE zone = ? ORDER BY sequence',
    );
    yield* pieces('journal', journal.iterate(zone), (packer, row) => {
      packer.u32(Number(row['serial_before']));
      packer.u32(Number(row['serial_after']));
      packer.octets(octetsOf(row['removed']));
      packer.octets(octetsOf(row['added']));
    });
  }

  *remembered(nowSeconds: number): Generator<Piece, void, undefined> {
    const requests = this.#database.prepare(
      'SELECT key_name, mac, time_signed, expires_at, answer FROM remembered_request WHERE expires_at > ?',
    );
    yield* pieces('remembered', requests.iterate(nowSeconds), (packer, row) => {
      packer.octets(octetsOf(row['key_name']));
      packer.octets(octetsOf(row['mac']));
      packer.wide(Number(row['time_signed']));
      packer.wide(Number(row['expires_at']));
      packer.octets(octetsOf(row['answer']));
    });
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}

function* pieces(
  content: Piece['content'],
  rows: Iterable<Row>,
  pack: (packer: OctetPacker, row: Row) => void,
): Generator<Piece, void, undefined> {
  const packer = new OctetPacker();
  for (const row of rows) {
    pack(packer, row);
    if (packer.length >= pieceOctets) yield { content, octets: packer.take() };
  }
  if (packer.length > 0) yield { content, octets: packer.take() };
}

function octetsOf(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new TypeError('A column of a STRICT table holds something other than octets');
}

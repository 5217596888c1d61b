import { DatabaseSync } from 'node:sqlite';

import type { DocumentKind } from '../ledger.ts';
import { packedDocuments } from './ledger-reading.ts';
import { OctetPacker } from './packed-octets.ts';
import { packedRecordSetSql } from './packed-record-set.ts';

/** A piece of what a snapshot holds, packed. */
export interface Piece {
  readonly content: 'record-sets' | 'journal' | 'remembered' | 'documents';
  readonly octets: Uint8Array<ArrayBuffer>;
}

const pieceOctets = 256 * 1024;
const rowsInPiece = 1000;

interface Key {
  readonly owner: Uint8Array;
  readonly type: number;
}

/** No name on the wire begins with this octet (RFC 1035 §2.3.4: a label has at most 63). */
const afterAllKeys: Key = { owner: Uint8Array.of(255), type: 0 };

type Row = Readonly<Record<string, unknown>>;

/** The database as of one moment, for reading; commits go on beside it, while the log cannot be emptied. */
export class Snapshot implements Disposable {
  readonly #database: DatabaseSync;

  constructor(path: string) {
    this.#database = new DatabaseSync(path, { readOnly: true });
    // What has to be sorted is sorted in memory: there may be no place for temporary files. The first read takes the snapshot, not BEGIN.
    this.#database.exec('PRAGMA temp_store = MEMORY; BEGIN; SELECT 1 FROM zone');
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
    yield* this.#recordSets(zone);
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

  /** @param atMost  undefined: all */
  *remembered(nowSeconds: number, atMost: number | undefined): Generator<Piece, void, undefined> {
    // Nearly all of them are wanted, so the index by expiry would only be a detour; a negative LIMIT is none.
    const requests = this.#database.prepare(
      `SELECT key_name, mac, time_signed, expires_at, answer FROM remembered_request
       WHERE +expires_at > ? ORDER BY time_signed DESC LIMIT ?`,
    );
    yield* pieces('remembered', requests.iterate(nowSeconds, atMost ?? -1), (packer, row) => {
      packer.octets(octetsOf(row['key_name']));
      packer.octets(octetsOf(row['mac']));
      packer.wide(Number(row['time_signed']));
      packer.wide(Number(row['expires_at']));
      packer.octets(octetsOf(row['answer']));
    });
  }

  *documents(kind: DocumentKind): Generator<Piece, void, undefined> {
    for (const octets of packedDocuments(this.#database, kind)) yield { content: 'documents', octets };
  }

  *#recordSets(zone: number): Generator<Piece, void, undefined> {
    const lastOfPiece = this.#database.prepare(
      `SELECT owner, type FROM record_set WHERE zone = ? AND (owner, type) > (?, ?)
       ORDER BY owner, type LIMIT 1 OFFSET ${rowsInPiece - 1}`,
    );
    const range = this.#database.prepare(
      `SELECT ${packedRecordSetSql} AS piece FROM (
         SELECT * FROM record_set WHERE zone = ? AND (owner, type) > (?, ?) AND (owner, type) <= (?, ?) ORDER BY owner, type)`,
    );
    let after: Key = { owner: new Uint8Array(0), type: 0 };
    for (let isLast = false; !isLast;) {
      const row = lastOfPiece.get(zone, after.owner, after.type);
      isLast = row === undefined;
      const last = row ? { owner: octetsOf(row['owner']), type: Number(row['type']) } : afterAllKeys;
      const piece = range.get(zone, after.owner, after.type, last.owner, last.type)?.['piece'];
      if (piece instanceof Uint8Array) yield { content: 'record-sets', octets: Uint8Array.from(piece) };
      after = last;
    }
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

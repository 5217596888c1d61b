import type { LedgerDocument } from '../ledger.ts';
import type { RememberedRequest, ZoneReceiver } from '../zone-store.ts';
import { OctetUnpacker } from './packed-octets.ts';
import { unpackRecordSets } from './packed-record-set.ts';
import type { Piece } from './snapshot.ts';

/** Hands a piece of a zone over, row by row. */
export function receivePiece(piece: Piece, receiver: ZoneReceiver): void {
  if (piece.content === 'record-sets')
    for (const recordSet of unpackRecordSets(piece.octets)) receiver.recordSet(recordSet);
  if (piece.content !== 'journal') return;
  const unpacker = new OctetUnpacker(piece.octets);
  while (!unpacker.isAtEnd) {
    receiver.journalEntry({
      serialBefore: unpacker.u32(),
      serialAfter: unpacker.u32(),
      removed: unpacker.octets(),
      added: unpacker.octets(),
    });
  }
}

export function receiveDocuments(piece: Piece, receive: (document: LedgerDocument) => void): void {
  const unpacker = new OctetUnpacker(piece.octets);
  while (!unpacker.isAtEnd) receive({ key: unpacker.octets(), body: unpacker.octets() });
}

export function receiveRemembered(piece: Piece, receive: (request: RememberedRequest) => void): void {
  const unpacker = new OctetUnpacker(piece.octets);
  while (!unpacker.isAtEnd) {
    receive({
      keyName: unpacker.octets(),
      mac: unpacker.octets(),
      timeSigned: unpacker.wide(),
      expiresAtSeconds: unpacker.wide(),
      answer: unpacker.octets(),
    });
  }
}

import type { DocumentKind, LedgerChanges, NewHistoryRow } from '../ledger.ts';
import type { Batch, RecordSetChange, RememberedRequest, ZoneDifference } from '../zone-store.ts';
import { OctetPacker, OctetUnpacker } from './packed-octets.ts';
import { packHistoryRow, unpackHistoryRow } from './packed-history.ts';
import { packContent, unpackContent } from './packed-record-set.ts';

/** A batch as the writer's thread reads it: the zone is its name's octets there. */
export interface UnpackedBatch {
  readonly differences: readonly UnpackedDifference[];
  readonly remembered: readonly RememberedRequest[];
  readonly history: readonly NewHistoryRow[];
  readonly documents: LedgerChanges['documents'];
}

const documentKinds: readonly DocumentKind[] = ['token', 'host', 'sighting'];

export interface UnpackedDifference extends Omit<ZoneDifference, 'zone'> {
  readonly zone: Uint8Array;
}

/** A batch of zones, and the documents of the ledger that go with it. */
export type PackedBatch = Batch & { readonly documents?: LedgerChanges['documents'] };

/** Copies a batch into one piece. It is said once, here, what the batch was when it was handed over. */
export function packBatch({
  differences,
  remembered,
  history = [],
  documents = [],
}: PackedBatch): Uint8Array<ArrayBuffer> {
  const packer = new OctetPacker();
  packer.u32(differences.length);
  for (const difference of differences) packDifference(packer, difference);
  packer.u32(remembered.length);
  for (const request of remembered) {
    packer.octets(request.keyName);
    packer.octets(request.mac);
    packer.wide(request.timeSigned);
    packer.wide(request.expiresAtSeconds);
    packer.octets(request.answer);
  }
  packer.u32(history.length);
  for (const row of history) packHistoryRow(packer, row);
  packer.u32(documents.length);
  for (const { kind, key, body } of documents) {
    packer.u8(documentKinds.indexOf(kind));
    packer.octets(key);
    packer.u8(body ? 1 : 0);
    if (body) packer.octets(body);
  }
  return packer.take();
}

export function unpackBatch(octets: Uint8Array): UnpackedBatch {
  const unpacker = new OctetUnpacker(octets);
  const differences = repeat(unpacker.u32(), () => unpackDifference(unpacker));
  const remembered = repeat(unpacker.u32(), () => ({
    keyName: unpacker.octets(),
    mac: unpacker.octets(),
    timeSigned: unpacker.wide(),
    expiresAtSeconds: unpacker.wide(),
    answer: unpacker.octets(),
  }));
  const history = repeat(unpacker.u32(), () => unpackHistoryRow(unpacker));
  const documents = repeat(unpacker.u32(), () => ({
    kind: documentKinds[unpacker.u8()]!,
    key: unpacker.octets(),
    body: unpacker.u8() === 1 ? unpacker.octets() : undefined,
  }));
  return { differences, remembered, history, documents };
}

function packDifference(packer: OctetPacker, difference: ZoneDifference): void {
  packer.octets(difference.zone.toLowerCase().wire);
  packer.u32(difference.serialBefore);
  packer.u32(difference.serialAfter);
  packer.u8(difference.journal.kind === 'append' ? 1 : 0);
  if (difference.journal.kind === 'append') {
    packer.octets(difference.journal.removed);
    packer.octets(difference.journal.added);
  }
  packer.u32(difference.recordSets.length);
  for (const { owner, type, content } of difference.recordSets) {
    packer.octets(owner);
    packer.u16(type);
    packer.u8(content ? 1 : 0);
    if (content) packContent(packer, content);
  }
}

function unpackDifference(unpacker: OctetUnpacker): UnpackedDifference {
  const zone = unpacker.octets();
  const serialBefore = unpacker.u32();
  const serialAfter = unpacker.u32();
  const isAppended = unpacker.u8() === 1;
  const journal = isAppended
    ? ({ kind: 'append', removed: unpacker.octets(), added: unpacker.octets() } as const)
    : ({ kind: 'restart' } as const);
  const recordSets = repeat(unpacker.u32(), () => unpackChange(unpacker));
  return { zone, serialBefore, serialAfter, journal, recordSets };
}

function unpackChange(unpacker: OctetUnpacker): RecordSetChange {
  const owner = unpacker.octets();
  const type = unpacker.u16();
  return { owner, type, content: unpacker.u8() === 1 ? unpackContent(unpacker) : undefined };
}

function repeat<Value>(count: number, read: () => Value): Value[] {
  return Array.from({ length: count }, read);
}

import assert from 'node:assert/strict';

import { Rcode } from '../../src/dns/codes.ts';
import { decodeMessage, encodeMessage, type Message, type ResourceRecord } from '../../src/dns/message.ts';
import type { Name } from '../../src/dns/name.ts';
import { parseUpdate } from '../../src/dns/update.ts';
import type { OwnedRecords, ZoneChange } from '../../src/zone/difference.ts';
import { evaluateUpdate, type UpdatePolicy } from '../../src/zone/evaluate.ts';
import { nameOfKey } from '../../src/zone/name-key.ts';
import { defaultZoneLimits } from '../../src/zone/zone-limits.ts';
import { packZone } from '../../src/zone/pack-zone.ts';
import { unpackRecords } from '../../src/zone/packed-records.ts';
import type { Snapshot } from '../../src/zone/snapshot.ts';
import { Zone } from '../../src/zone/zone.ts';
import { line } from './update-model.ts';

export const allowAll: UpdatePolicy = { limits: defaultZoneLimits, permits: () => true };

export function makeZone(origin: Name, records: readonly ResourceRecord[], maxJournalRecords = 10_000): Zone {
  const packed = packZone(origin, records);
  assert.ok(packed.kind === 'packed', 'reason' in packed ? packed.reason : '');
  return new Zone(origin, packed.content, maxJournalRecords);
}

/** Sends an update through the codec and evaluates it. */
export function judge(
  zone: Zone,
  message: Message,
  policy: UpdatePolicy = allowAll,
): { readonly rcode: number; readonly change?: ZoneChange } {
  const parsed = parseUpdate(decodeMessage(encodeMessage(message)));
  if (parsed.kind === 'rejected') return parsed;
  const evaluation = evaluateUpdate(zone, parsed.update, policy);
  switch (evaluation.kind) {
    case 'rejected':
      return evaluation;
    case 'unchanged':
      return { rcode: Rcode.NOERROR };
    case 'changed':
      return { rcode: Rcode.NOERROR, change: evaluation.draft.change() };
  }
}

/** As `judge`, and applies the change at once. @returns the rcode */
export function perform(zone: Zone, message: Message, policy: UpdatePolicy = allowAll): number {
  const { rcode, change } = judge(zone, message, policy);
  if (change !== undefined) zone.apply(change);
  return rcode;
}

/** All records of a zone as lines, sorted. */
export function zoneLines(zone: Zone): string[] {
  using snapshot = zone.snapshot();
  return snapshotLines(snapshot, zone.origin);
}

export function snapshotLines(snapshot: Snapshot, origin: Name): string[] {
  return [...snapshot.records(), { owner: origin.key, records: snapshot.soa }].flatMap(ownedLines).sort();
}

export function ownedLines({ owner, records }: OwnedRecords): string[] {
  const name = nameOfKey(owner).toString();
  return unpackRecords(records).map(({ type, ttlSeconds, rdata }) => line(name, type, ttlSeconds, rdata));
}

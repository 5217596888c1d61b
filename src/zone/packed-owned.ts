import type { OwnedRecords } from './difference.ts';
import type { NameKey } from './name-key.ts';
import { compactRecords, countRecords, noRecords, type PackedRecords } from './packed-records.ts';

declare const packedBrand: unique symbol;

/**
 * Records of many owners in one string, as a journal keeps them.
 *
 * For each owner: its key, which is the name on the wire in lower case; how many octets its records have, as a number of 4 octets;
 * and the records as in {@link PackedRecords}. One UTF-16 unit is one octet.
 *
 * One string, because a journal remembers hundreds of thousands of records: as objects, the collector of garbage would have to visit
 * each of them again and again.
 */
export type PackedOwned = string & { readonly [packedBrand]: true };

export const noOwned = '' as PackedOwned;

const lengthOctets = 4;

/** With the records of one more owner behind; without records there is nothing to add. */
export function withOwned(owned: PackedOwned, owner: NameKey, records: PackedRecords): PackedOwned {
  if (records === noRecords) return owned;
  const { length } = records;
  const head = String.fromCharCode(length >>> 24, (length >>> 16) & 0xff, (length >>> 8) & 0xff, length & 0xff);
  return (owned + owner + head + records) as PackedOwned;
}

export function packOwned(all: Iterable<OwnedRecords>): PackedOwned {
  let owned = noOwned;
  for (const { owner, records } of all) owned = withOwned(owned, owner, records);
  return compactOwned(owned);
}

/** Owner by owner, each in strings of its own. */
export function* unpackOwned(owned: PackedOwned): Generator<OwnedRecords, void, undefined> {
  for (let at = 0; at < owned.length;) {
    const ownerEnd = endOfName(owned, at);
    const end = endOfRecords(owned, ownerEnd);
    const records = owned.slice(ownerEnd + lengthOctets, end) as PackedRecords;
    yield { owner: owned.slice(at, ownerEnd), records: compactRecords(records) };
    at = end;
  }
}

/** The first owner's records and all others'; undefined when there is none. */
export function splitFirst(
  owned: PackedOwned,
): { readonly first: OwnedRecords; readonly rest: PackedOwned } | undefined {
  const [first] = unpackOwned(owned);
  if (!first) return undefined;
  const firstOctets = first.owner.length + lengthOctets + first.records.length;
  return { first, rest: compactOwned(owned.slice(firstOctets) as PackedOwned) };
}

export function countOwned(owned: PackedOwned): number {
  let count = 0;
  for (let at = 0; at < owned.length;) {
    const ownerEnd = endOfName(owned, at);
    const end = endOfRecords(owned, ownerEnd);
    count += countRecords(owned.slice(ownerEnd + lengthOctets, end) as PackedRecords);
    at = end;
  }
  return count;
}

/** The same in a string that keeps nothing else alive. */
export function compactOwned(owned: PackedOwned): PackedOwned {
  return Buffer.from(owned, 'latin1').toString('latin1') as PackedOwned;
}

function endOfName(owned: PackedOwned, start: number): number {
  let at = start;
  while (owned.charCodeAt(at) > 0) at += 1 + owned.charCodeAt(at);
  return at + 1;
}

/** @param ownerEnd  where the number stands */
function endOfRecords(owned: PackedOwned, ownerEnd: number): number {
  let length = 0;
  for (let index = 0; index < lengthOctets; index += 1) length = (length << 8) | owned.charCodeAt(ownerEnd + index);
  return ownerEnd + lengthOctets + length;
}

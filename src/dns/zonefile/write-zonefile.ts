import { className, typeName } from '../codes.ts';
import { DnsEncodeError } from '../errors.ts';
import type { ResourceRecord } from '../message.ts';
import type { Name } from '../name.ts';
import { rdataToText } from '../rdata-text.ts';
import { inCanonicalOrder } from './canonical-order.ts';
import { maxTtlSeconds } from './duration.ts';

/** Most owners are shorter, so that what follows them stands in columns. */
const ownerColumns = 23;
const ttlColumns = 6;
const typeColumns = 6;

/**
 * Writes a zone file (RFC 1035 §5): line by line, each with its newline, in canonical order. `readZonefile` reads it back
 * to the same records, to the case of every letter, whatever octets are in labels and strings; BIND reads it, too.
 *
 * `$TTL` is the TTL that most records have; only the others state theirs. Names in the zone are relative, an owner is
 * left out where it is that of the line before, RDATA of types that are opaque here is written as in RFC 3597 §5.
 *
 * @param records  of a zone or a part of it: of one class, and not the forms with which UPDATE deletes
 * @param origin   the name of the zone
 * @throws DnsEncodeError `out-of-range` for a TTL of more than 31 bits (RFC 2181 §8)
 */
export function* writeZonefile(records: Iterable<ResourceRecord>, origin: Name): Generator<string, void, undefined> {
  const ordered = inCanonicalOrder(records);
  const commonTtl = mostFrequentTtl(ordered);
  yield `$ORIGIN ${origin.toString()}\n`;
  if (commonTtl !== undefined) yield `$TTL ${commonTtl}\n`;
  const nameText = relativeTo(origin);
  let lastOwner: Name | undefined;
  for (const { name, type, class: dnsClass, ttl, rdata } of ordered) {
    if (ttl > maxTtlSeconds) throw new DnsEncodeError('out-of-range', `A TTL of ${ttl} is more than ${maxTtlSeconds}`);
    const isSameOwner = name === lastOwner || name.exactKey === lastOwner?.exactKey;
    lastOwner = name;
    const owner = (isSameOwner ? '' : nameText(name)).padEnd(ownerColumns);
    const ttlText = (ttl === commonTtl ? '' : String(ttl)).padEnd(ttlColumns);
    yield `${owner} ${ttlText} ${className(dnsClass)} ${typeName(type).padEnd(typeColumns)} ${rdataToText(rdata, nameText)}\n`;
  }
}

function mostFrequentTtl(records: readonly ResourceRecord[]): number | undefined {
  const counts = new Map<number, number>();
  let most: number | undefined;
  for (const { ttl } of records) {
    const count = (counts.get(ttl) ?? 0) + 1;
    counts.set(ttl, count);
    if (most === undefined || count > counts.get(most)!) most = ttl;
  }
  return most;
}

/** The text of a name without the origin, if it ends in it with the same case: reading will put that case back. */
function relativeTo(origin: Name): (name: Name) => string {
  const originText = origin.toString();
  return (name) => {
    const text = name.toString();
    const isRelative = origin.labelCount > 0 && name.isAtOrBelow(origin) && name.exactKey.endsWith(origin.exactKey);
    if (!isRelative) return text;
    return name.labelCount === origin.labelCount ? '@' : text.slice(0, text.length - originText.length - 1);
  };
}

import assert from 'node:assert/strict';

import { Class, Opcode, Type } from '../../src/dns/codes.ts';
import { makeQuery, type Message, type ResourceRecord } from '../../src/dns/message.ts';
import { Name } from '../../src/dns/name.ts';
import type { TsigKey } from '../../src/dns/tsig.ts';
import type { Zone } from '../../src/zone/zone.ts';
import { parseRecordLines } from './record-lines.ts';
import type { TestKey } from './test-key.ts';
import { line } from './update-model.ts';
import { makeZone } from './zone-fixture.ts';

export const origin = Name.parse('xfr.example.test.');

/** A key for our own code of one that configuration files write. */
export function tsigKey({ name, algorithm, secret }: TestKey): TsigKey {
  return { name: Name.parse(name), algorithm, secret: Buffer.from(secret, 'base64') };
}

/** A zone whose names have an address each. */
export function zoneOf(addresses: number, maxJournalRecords = 10_000): Zone {
  const apex = [`${origin.toString()} SOA 1`, `${origin.toString()} NS ns.${origin.toString()}`];
  const names = Array.from({ length: addresses }, (_, n) => `host-${n}.${origin.toString()} A 192.0.2.${n % 256}`);
  return makeZone(origin, parseRecordLines([...apex, ...names]), maxJournalRecords);
}

/** An UPDATE that adds records, or deletes those that are of class NONE or ANY. */
export function updateOf(authorities: readonly ResourceRecord[]): Message {
  const query = makeQuery({ id: 1, name: origin, type: Type.SOA });
  return { ...query, opcode: Opcode.UPDATE, authorities };
}

export function additionOf(...lines: readonly string[]): Message {
  return updateOf(parseRecordLines(lines));
}

/** An IXFR query of whoever has this version (RFC 1995 §3). */
export function ixfrQuery(serial: number): Message {
  const query = makeQuery({ id: 0x1234, name: origin, type: Type.IXFR });
  const [soa] = parseRecordLines([`${origin.toString()} SOA ${serial}`]);
  return { ...query, authorities: [{ ...soa!, ttl: 0 }] };
}

export function axfrQuery(): Message {
  return makeQuery({ id: 0x1234, name: origin, type: Type.AXFR });
}

export function recordLine({ name, type, class: dnsClass, ttl, rdata }: ResourceRecord): string {
  assert.equal(dnsClass, Class.IN);
  return line(name.toString(), type, ttl, rdata);
}

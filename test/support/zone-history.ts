import assert from 'node:assert/strict';

import { dig, type DigRecord } from './dig.ts';
import type { EmbeddedService } from './embedded-service.ts';

/** One step of a zone from a serial to the next. */
export interface ZoneStep {
  readonly removed: readonly DigRecord[];
  readonly added: readonly DigRecord[];
}

/** So many records that a few changes are told as such, and not by the whole zone. */
export const fillingRecords = Array.from({ length: 64 }, (_, index) => `filling-${index} A 192.0.2.1\n`).join('');

/**
 * What has happened to a zone since a serial, step by step, as IXFR tells it (RFC 1995 §4). The zone has to be larger than
 * that, as with {@link fillingRecords}.
 */
export async function historySince(
  { zone, dnsPort: port, key }: Pick<EmbeddedService, 'zone' | 'dnsPort' | 'key'>,
  serial: number,
): Promise<readonly ZoneStep[]> {
  const { answers, text } = await dig({ port, name: zone, type: `IXFR=${serial}`, key: key() });
  const [first, second] = answers;
  assert.ok(first?.type === 'SOA' && (second === undefined || second.type === 'SOA'), `no differences:\n${text}`);
  const steps: { removed: DigRecord[]; added: DigRecord[] }[] = [];
  let apexes = 0;
  for (const record of answers.slice(1, -1)) {
    if (record.type === 'SOA' && apexes++ % 2 === 0) steps.push({ removed: [], added: [] });
    if (record.type !== 'SOA') steps.at(-1)?.[apexes % 2 === 1 ? 'removed' : 'added'].push(record);
  }
  return steps;
}

/** The values that stood together at a name and type, one list for every step that changed them; none of them at first. */
export function valuesOverTime(steps: readonly ZoneStep[], name: string, type: string): readonly (readonly string[])[] {
  const isMeant = (record: DigRecord) => record.type === type && record.name === `${name}.`;
  const values = new Set<string>();
  const states: (readonly string[])[] = [];
  for (const { removed, added } of steps) {
    if (![...removed, ...added].some(isMeant)) continue;
    for (const { value } of removed.filter(isMeant)) values.delete(value);
    for (const { value } of added.filter(isMeant)) values.add(value);
    states.push([...values]);
  }
  return states;
}

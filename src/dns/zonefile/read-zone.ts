import type { ResourceRecord } from '../message.ts';
import type { ZonefileMistake } from './mistake.ts';
import { readZonefile, type ZonefileOptions } from './read-zonefile.ts';
import { ZoneCheck } from './zone-check.ts';

/** A text that is right, or all that is wrong with it, as far as `maxMistakes` goes. */
export type ZonefileContent =
  | {
      readonly kind: 'records';
      readonly records: readonly ResourceRecord[];
      /** What was taken all the same, 20 of them at most. */
      readonly warnings: readonly ZonefileMistake[];
    }
  | {
      readonly kind: 'mistakes';
      readonly mistakes: readonly ZonefileMistake[];
      readonly warnings: readonly ZonefileMistake[];
    };

const defaultMaxMistakes = 20;
const maxWarnings = 20;

/**
 * Reads the zone file of a whole zone, named by `options.origin`: every record has to be right by itself, and all of
 * them have to be a zone (`ZoneCheck`). Duplicates are left out, and an RRset has one TTL.
 */
export function readZone(text: string | Uint8Array, options: ZonefileOptions): ZonefileContent {
  return read(text, options, new ZoneCheck(options.origin));
}

/** Reads records that are not a zone by themselves, such as those of a configuration. */
export function readRecords(text: string | Uint8Array, options: ZonefileOptions): ZonefileContent {
  return read(text, options, undefined);
}

function read(text: string | Uint8Array, options: ZonefileOptions, check: ZoneCheck | undefined): ZonefileContent {
  const maxMistakes = options.maxMistakes ?? defaultMaxMistakes;
  const records: ResourceRecord[] = [];
  const mistakes: ZonefileMistake[] = [];
  const warnings: ZonefileMistake[] = [];
  const warn = (warning: ZonefileMistake): void => {
    if (warnings.length < maxWarnings) warnings.push(warning);
  };
  for (const item of readZonefile(text, { ...options, maxMistakes })) {
    if (item.kind === 'record') {
      const complaint = check?.add(item.record, item);
      if (complaint?.kind === 'mistake') mistakes.push(complaint.mistake);
      else if (complaint !== undefined) warn(complaint.mistake);
      if (complaint?.isKept !== false) records.push(item.record);
    } else if (item.kind === 'warning') warn(item.mistake);
    else mistakes.push(item.mistake);
    if (mistakes.length >= maxMistakes) break;
  }
  // Where records are missing for their mistakes, the SOA record may be one of them.
  if (mistakes.length === 0) mistakes.push(...(check?.missing(options.fileName) ?? []));
  if (mistakes.length > 0) return { kind: 'mistakes', mistakes, warnings };
  return { kind: 'records', records: check?.withEqualTtls(records) ?? records, warnings };
}

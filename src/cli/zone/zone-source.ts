import type { ResourceRecord } from '../../dns/message.ts';
import type { ExitCode } from '../exit-code.ts';

/** All records of a zone from elsewhere, or why there are none: texts for people, one a line. */
export type SourceRead =
  | { readonly kind: 'records'; readonly records: readonly ResourceRecord[]; readonly warnings: readonly string[] }
  | { readonly kind: 'failed'; readonly texts: readonly string[]; readonly exitCode: ExitCode };

/** RFC 2181 §8: a TTL with the highest bit set counts as 0. */
export function withPossibleTtl(record: ResourceRecord): ResourceRecord {
  return record.ttl > 0x7fff_ffff ? { ...record, ttl: 0 } : record;
}

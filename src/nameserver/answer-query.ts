import { Class, Rcode, Type } from '../dns/codes.ts';
import type { Question, ResourceRecord } from '../dns/message.ts';
import type { Name } from '../dns/name.ts';
import type { OwnedRecords } from '../zone/difference.ts';
import { lookup } from '../zone/lookup.ts';
import { nameOfKey } from '../zone/name-key.ts';
import { noRecords, type PackedRecords, typeAt, recordSetOf, unpackRecords } from '../zone/packed-records.ts';
import { resolve, type Resolution } from '../zone/resolve.ts';
import type { Zone } from '../zone/zone.ts';
import { negativeSoa } from './negative-soa.ts';
import { hasAdditionalData } from './quick-answer.ts';
import type { ServedZones } from './served-zones.ts';

/** What an answer says, before it is known how it has to look. */
export interface AnswerContent {
  readonly rcode: number;
  readonly isAuthoritative: boolean;
  /** To be asked again over TCP (RFC 1035 §4.2.1), also where everything fits. */
  readonly isTruncated: boolean;
  readonly answers: readonly ResourceRecord[];
  readonly authorities: readonly ResourceRecord[];
  /** Without these the answer would not be one: glue (RFC 9471 §3.1). */
  readonly glue: readonly ResourceRecord[];
  /** These save a question, and are left out where they do not fit (RFC 2181 §9). */
  readonly additionals: readonly ResourceRecord[];
}

/** Nothing but an rcode. */
export function bareContent(rcode: number, isAuthoritative = false): AnswerContent {
  return { rcode, isAuthoritative, isTruncated: false, answers: [], authorities: [], glue: [], additionals: [] };
}

/**
 * Answers a question of class IN for a type of data or for ANY, from the zone with the most labels at or above the name (RFC 1034
 * §4.3.2). Aliases are followed inside that zone.
 */
export function answerQuery(zones: ServedZones, question: Question): AnswerContent {
  const served = zones.find(question.name.key);
  if (served === undefined) return bareContent(Rcode.REFUSED);
  const { zone } = served;
  const resolution = resolve(zone, question.name.key, question.type);
  const named = new NamedRecords(question.name);
  const aliases = resolution.aliases.flatMap((alias) => named.of(alias));
  return contentOf(zone, question.type, resolution, named, aliases);
}

function contentOf(
  zone: Zone,
  type: number,
  { owner, result, aliases: passed }: Resolution,
  named: NamedRecords,
  aliases: readonly ResourceRecord[],
): AnswerContent {
  const content: AnswerContent = { ...bareContent(Rcode.NOERROR, true), answers: aliases };
  switch (result.kind) {
    case 'answer': {
      const records = type === Type.ANY ? firstRecordSet(result.records) : result.records;
      // RFC 2181 §5: a DNAME that is asked for may have been passed on the way.
      const isPassed = passed.some((alias) => alias.owner === owner && alias.records === records);
      const answers = isPassed ? aliases : [...aliases, ...named.of({ owner, records })];
      return { ...content, answers, additionals: additionalData(zone, answers, named) };
    }
    case 'redirected':
      // The name would be too long (RFC 6672 §2.2).
      return { ...content, rcode: Rcode.YXDOMAIN };
    case 'endless':
      // As BIND has it; as far as we have come, it is true.
      return { ...content, rcode: Rcode.SERVFAIL };
    case 'referral':
      return {
        ...content,
        // RFC 1034 §4.3.1: a referral is not authoritative, an alias before it is (RFC 1035 §4.1.1)
        isAuthoritative: passed.length > 0,
        authorities: named.of(result.nameservers),
        glue: result.glue.flatMap((glue) => named.of(glue)),
        additionals: result.siblings.flatMap((sibling) => named.of(sibling)),
      };
    case 'no-data':
      return { ...content, authorities: negative(zone, named) };
    case 'no-name':
      // RFC 6604 §3: the rcode is that of the last name
      return { ...content, rcode: Rcode.NXDOMAIN, authorities: negative(zone, named) };
    case 'outside':
      return content;
  }
}

/** RFC 2308 §3. */
function negative(zone: Zone, named: NamedRecords): readonly ResourceRecord[] {
  return named.of({ owner: zone.origin.key, records: negativeSoa(zone.soa) });
}

/** One RRset, the first one, is what RFC 8482 §4.1 has for ANY: so it serves no amplification, over TCP as over UDP. */
function firstRecordSet(records: PackedRecords): PackedRecords {
  return records === noRecords ? records : recordSetOf(records, typeAt(records, 0));
}

/** The addresses of what NS, MX and SRV records point at, where the zone has them. */
function additionalData(
  zone: Zone,
  answers: readonly ResourceRecord[],
  named: NamedRecords,
): readonly ResourceRecord[] {
  const targets = new Map<string, Name>();
  for (const { type, rdata } of answers) {
    if (!hasAdditionalData(type)) continue;
    const target =
      rdata.kind === 'NS' || rdata.kind === 'SRV' ? rdata.target : rdata.kind === 'MX' ? rdata.exchange : undefined;
    if (target !== undefined) targets.set(target.key, target);
  }
  return [...targets.keys()].flatMap((owner) =>
    [Type.A, Type.AAAA].flatMap((type) => {
      const found = lookup(zone, owner, type);
      return found.kind === 'answer' ? named.of({ owner, records: found.records }) : [];
    }),
  );
}

/** Makes packed records such as a message holds. */
class NamedRecords {
  readonly #asked: Name;

  /** @param asked  its case is that of the question, which the answer repeats (RFC 4343 §4.1) */
  constructor(asked: Name) {
    this.#asked = asked;
  }

  of({ owner, records }: OwnedRecords): ResourceRecord[] {
    const name = owner === this.#asked.key ? this.#asked : nameOfKey(owner);
    return unpackRecords(records).map(({ type, ttlSeconds, rdata }) => {
      return { name, type, class: Class.IN, ttl: ttlSeconds, rdata };
    });
  }
}

import { Type } from '../../dns/codes.ts';
import type { Name } from '../../dns/name.ts';
import { rdataToText } from '../../dns/rdata-text.ts';
import type { CurrentRecords } from '../../updates/ports.ts';
import type { RecordSet } from '../../updates/record-set.ts';
import { type NameKey, parentKey } from '../../zone/name-key.ts';
import { noRecords, type PackedRecords, recordSetOf, unpackRecords } from '../../zone/packed-records.ts';
import type { ZoneView } from '../../zone/zone-view.ts';
import type { Ownership } from './ownership.ts';

/** What a zone literally holds, in the words of a plan. */
export class ZoneRecords implements CurrentRecords {
  readonly #view: ZoneView;
  readonly #ownership: Ownership;

  constructor(view: ZoneView, ownership: Ownership) {
    this.#view = view;
    this.#ownership = ownership;
  }

  recordSet(name: Name, type: number): RecordSet | undefined {
    const set = recordSetOf(this.#view.records(name.key), type);
    if (set === noRecords) return undefined;
    const records = unpackRecords(set);
    return { name, type, ttlSeconds: records[0]?.ttlSeconds ?? 0, rdatas: records.map(({ rdata }) => rdata) };
  }

  aliasTarget(name: Name): string | undefined {
    return this.#alias(name)?.target;
  }

  aliasPlace(name: Name): string | undefined {
    const alias = this.#alias(name);
    return alias && this.#ownership.placeOf(alias.owner, alias.type);
  }

  #alias(name: Name): { readonly owner: NameKey; readonly type: number; readonly target: string } | undefined {
    const { origin } = this.#view;
    if (!name.isAtOrBelow(origin)) return undefined;
    const alias = targetText(recordSetOf(this.#view.records(name.key), Type.CNAME));
    if (alias !== undefined) return { owner: name.key, type: Type.CNAME, target: alias };
    // RFC 6672 §2.3: a DNAME record redirects what is below it, and not its own name.
    for (let key: NameKey = name.key; key !== origin.key;) {
      key = parentKey(key);
      const redirection = targetText(recordSetOf(this.#view.records(key), Type.DNAME));
      if (redirection !== undefined) return { owner: key, type: Type.DNAME, target: redirection };
    }
    return undefined;
  }
}

function targetText(set: PackedRecords): string | undefined {
  const [record] = unpackRecords(set);
  return record && rdataToText(record.rdata);
}

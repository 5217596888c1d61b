import { className, parseClass, parseType, Type, typeName } from '../codes.ts';
import { maxTtlSeconds } from './duration.ts';
import type { EntryFields } from './entry-fields.ts';
import { isDigit } from './escape.ts';

export const recordExample = 'A record looks like this: www 3600 IN A 192.0.2.1';

/** An address does not look like this: most likely the type before it was forgotten. */
const durationLike = /^[0-9]+[a-z0-9]*$/i;

/** A file shows far fewer types, be it in several spellings. */
const maxKnownTypes = 1000;

/** Reads what stands between the owner of a record and its data. Types that were seen before are not parsed again. */
export class RecordHeads {
  readonly #class: number;
  readonly #types = new Map<string, number>();

  constructor(dnsClass: number) {
    this.#class = dnsClass;
  }

  /** `[TTL] [class] type` or `[class] [TTL] type` (RFC 1035 §5.1). */
  read(fields: EntryFields): { readonly type: number; readonly ttl: number | undefined } {
    let ttl: number | undefined;
    let hasClass = false;
    for (;;) {
      const octet = fields.peekWordOctet();
      if (octet !== undefined && isDigit(octet)) {
        if (ttl !== undefined || !durationLike.test(fields.peekWord('a TTL'))) {
          throw fields.fault(
            `${fields.excerpt()} stands where ${ttl === undefined ? 'TTL, class or' : 'the'} type belongs`,
            recordExample,
          );
        }
        ttl = fields.duration('a TTL', maxTtlSeconds);
        continue;
      }
      const word = fields.peekWord('the type');
      const type = this.#types.get(word);
      if (type !== undefined) {
        fields.skip();
        return { type, ttl };
      }
      const dnsClass = parseClass(word);
      if (dnsClass === undefined || hasClass) this.#learn(fields, word);
      else {
        if (dnsClass !== this.#class) {
          throw fields.fault(
            `The class is ${word}, and this zone is of class ${className(this.#class)}`,
            'Leave the class out',
          );
        }
        hasClass = true;
        fields.skip();
      }
    }
  }

  #learn(fields: EntryFields, word: string): void {
    const type = parseType(word);
    if (type === undefined) {
      const isDirective = word.startsWith('$');
      throw fields.fault(
        `${fields.excerpt()} is no type that is known here`,
        isDirective
          ? 'Write the directive at the very beginning of its line'
          : `${recordExample}; a type that has no name here is written by its number, such as TYPE65280 \\# 2 ABCD`,
      );
    }
    // RFC 6895 §3.1: 0 and OPT are no data, nor are 128–255, which are for questions and messages
    if (type === 0 || type === Type.OPT || (type >= 128 && type <= 255)) {
      throw fields.fault(`${typeName(type)} is nothing that a zone holds`, 'Remove the record');
    }
    if (this.#types.size >= maxKnownTypes) this.#types.clear();
    this.#types.set(word, type);
  }
}

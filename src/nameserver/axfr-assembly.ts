import { Class, className, Opcode, Rcode, rcodeName, Type, typeName } from '../dns/codes.ts';
import type { Message, ResourceRecord } from '../dns/message.ts';
import type { Name } from '../dns/name.ts';
import { equalRdata } from '../dns/rdata.ts';

/** What came of one more message of a transfer. */
export type AssemblyStep =
  | { readonly kind: 'records'; readonly records: readonly ResourceRecord[]; readonly isComplete: boolean }
  | { readonly kind: 'refused'; readonly rcode: number; readonly reason: string }
  | { readonly kind: 'malformed'; readonly reason: string }
  | { readonly kind: 'too-large'; readonly reason: string };

/**
 * Takes the messages of an AXFR answer apart, as a client (RFC 5936 §2.2): they begin with the SOA record, and end where the
 * same one comes again.
 *
 * Every other record is handed on, in the order they come, the SOA record once; that they make a zone is for `packZone` to see.
 */
export class AxfrAssembly {
  readonly #zone: Name;
  readonly #id: number;
  readonly #maxRecords: number;
  #soa: ResourceRecord | undefined;
  #isComplete = false;
  #count = 0;

  /** @param id  of the query */
  constructor(zone: Name, id: number, maxRecords: number) {
    this.#zone = zone;
    this.#id = id;
    this.#maxRecords = maxRecords;
  }

  /** How many records have been handed on. */
  get recordCount(): number {
    return this.#count;
  }

  /** @param message  the next one, verified */
  take(message: Message): AssemblyStep {
    const fault = this.#headerFault(message);
    if (fault !== undefined) return fault;
    const records: ResourceRecord[] = [];
    for (const record of message.answers) {
      const wrong = this.#recordFault(record);
      if (wrong !== undefined) return malformed(wrong);
      if (this.#soa === undefined) this.#soa = record;
      else if (record.type === Type.SOA) {
        this.#isComplete = true;
        continue;
      }
      records.push(record);
    }
    this.#count += records.length;
    if (this.#count > this.#maxRecords)
      return { kind: 'too-large', reason: `The zone has more than the ${this.#maxRecords} records that are allowed` };
    return { kind: 'records', records, isComplete: this.#isComplete };
  }

  #headerFault(message: Message): AssemblyStep | undefined {
    const { id, qr, opcode, tc, rcode, questions, answers } = message;
    if (id !== this.#id || !qr || opcode !== Opcode.QUERY) return malformed('The message is no answer to the query');
    if (rcode !== Rcode.NOERROR) return { kind: 'refused', rcode, reason: `The server answers ${rcodeName(rcode)}` };
    // RFC 5936 §2.2.1: never truncated.
    if (tc) return malformed('The answer says that it is truncated');
    // RFC 5936 §2.2.2: the first one has to repeat the question, and nobody misses it who knows the ID.
    const other = questions.find(({ name, type }) => !name.equals(this.#zone) || type !== Type.AXFR);
    if (other !== undefined) return malformed(`The answer is to ${other.name.toString()} ${typeName(other.type)}`);
    // NSD 4.6 goes on for ever with such messages where a record of its zone is longer than 16 KiB.
    if (answers.length === 0) return malformed('A message of the transfer has no records');
    return undefined;
  }

  #recordFault(record: ResourceRecord): string | undefined {
    const said = `${record.name.toString()} ${typeName(record.type)}`;
    if (this.#isComplete) return `${said} comes after the end`;
    if (record.class !== Class.IN) return `${said} is of class ${className(record.class)} where IN is right`;
    if (!record.name.isAtOrBelow(this.#zone)) return `${said} is not in the zone ${this.#zone.toString()}`;
    if (this.#soa === undefined) {
      const isSoa = record.type === Type.SOA && record.name.equals(this.#zone);
      return isSoa ? undefined : `The transfer begins with ${said} where the SOA record of the zone is right`;
    }
    if (record.type !== Type.SOA) return undefined;
    const isSame = record.name.equals(this.#zone) && equalRdata(record.rdata, this.#soa.rdata);
    return isSame ? undefined : `${said} is another one at the end than at the beginning`;
  }
}

function malformed(reason: string): AssemblyStep {
  return { kind: 'malformed', reason };
}

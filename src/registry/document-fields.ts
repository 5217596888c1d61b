/** A document that is not as its kind has to be; `message` is a sentence without a full stop. */
export class DocumentFault extends Error {}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The fields of one document, each of which is asked for once: what nobody asks for is a fault, too, so that nothing of a document
 * is lost when it is written again.
 *
 * Every method throws {@link DocumentFault}.
 */
export class DocumentFields {
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #place: string;
  #taken = 0;

  constructor(value: unknown, place = 'the document') {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new DocumentFault(`${place} is no JSON object`);
    this.#place = place;
    // A hundred thousand documents are read at a start: nothing is copied.
    this.#fields = value as Readonly<Record<string, unknown>>;
  }

  /** UTF-8 JSON, whose field `v` is the format. */
  static fromOctets(body: Uint8Array, format: number): DocumentFields {
    const fields = new DocumentFields(jsonOf(body));
    const written = fields.take('v');
    if (typeof written === 'number' && written > format)
      throw new DocumentFault(`it has format ${written} of a newer dyndns, and this one knows format ${format}`);
    if (written !== format) throw new DocumentFault('it does not say which format it has');
    return fields;
  }

  take(name: string): unknown {
    if (!Object.hasOwn(this.#fields, name)) return undefined;
    this.#taken += 1;
    return this.#fields[name];
  }

  text(name: string): string {
    const value = this.take(name);
    if (typeof value !== 'string') throw this.#fault(name, 'is no text');
    return value;
  }

  optionalText(name: string): string | undefined {
    return Object.hasOwn(this.#fields, name) ? this.text(name) : undefined;
  }

  /** A whole number from 0 on. */
  number(name: string): number {
    const value = this.take(name);
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
      throw this.#fault(name, 'is no whole number from 0 on');
    return value;
  }

  optionalNumber(name: string): number | undefined {
    return Object.hasOwn(this.#fields, name) ? this.number(name) : undefined;
  }

  flag(name: string): boolean {
    const value = this.take(name);
    if (typeof value !== 'boolean') throw this.#fault(name, 'is neither true nor false');
    return value;
  }

  /** False where it is absent. */
  optionalFlag(name: string): boolean {
    return Object.hasOwn(this.#fields, name) && this.flag(name);
  }

  /** Empty where it is absent. */
  optionalList(name: string): readonly unknown[] {
    return Object.hasOwn(this.#fields, name) ? this.list(name) : [];
  }

  list(name: string): readonly unknown[] {
    const value = this.take(name);
    if (!Array.isArray(value)) throw this.#fault(name, 'is no list');
    return value;
  }

  oneOf<Choice extends string>(name: string, choices: readonly Choice[]): Choice {
    const value = this.text(name);
    const choice = choices.find((each) => each === value);
    if (choice === undefined) throw this.#fault(name, `is none of ${choices.join(', ')}`);
    return choice;
  }

  /** Nothing is left. */
  end(): void {
    const names = Object.keys(this.#fields);
    if (names.length > this.#taken)
      throw new DocumentFault(`${this.#place} has ${names.length} fields, and ${this.#taken} of them are known`);
  }

  #fault(name: string, complaint: string): DocumentFault {
    return new DocumentFault(`${name} of ${this.#place} ${complaint}`);
  }
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(body));
  } catch {
    // The parser's own words would quote what is in the document.
    throw new DocumentFault('it is no JSON');
  }
}

export type Reading<Value> =
  | { readonly kind: 'read'; readonly value: Value }
  /** `reason` is a sentence without a full stop. */
  | { readonly kind: 'unreadable'; readonly reason: string };

/** What `read` makes of a document, or why it cannot. */
export function reading<Value>(read: () => Value): Reading<Value> {
  try {
    return { kind: 'read', value: read() };
  } catch (error) {
    if (error instanceof DocumentFault) return { kind: 'unreadable', reason: error.message };
    throw error;
  }
}

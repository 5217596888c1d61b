/** What can be wrong with octets that came from outside. */
export type DnsDecodeCode =
  | 'truncated' // the octets end before the value does
  | 'trailing-octets' // octets follow where the value has ended
  | 'bad-label-type' // RFC 1035 §4.1.4 knows 00 (label) and 11 (pointer); 01 and 10 are not in use
  | 'bad-pointer' // a compression pointer that does not point backwards, or is not allowed here
  | 'name-too-long' // more than 255 octets, RFC 1035 §2.3.4
  | 'bad-rdata' // RDATA that its type does not allow
  | 'bad-edns'; // an OPT record in the wrong shape or number, RFC 6891 §6.1.1

/**
 * The one error that reading octets may throw: the peer sent something that is not a DNS message.
 *
 * A nameserver answers FORMERR; a client ignores the message. Everything else that a decoder throws is our own bug, and
 * the fuzzer treats it as one.
 */
export class DnsDecodeError extends Error {
  override readonly name = 'DnsDecodeError';
  readonly code: DnsDecodeCode;
  /** Where in the octets it was noticed, counted from the first octet of the message. */
  readonly offset: number;

  constructor(code: DnsDecodeCode, offset: number, message: string) {
    super(`${message} (at octet ${offset})`);
    this.code = code;
    this.offset = offset;
  }
}

/** Why a value cannot be written. */
export type DnsEncodeCode =
  | 'too-long' // the message or a field of it does not fit
  | 'out-of-range' // a number does not fit its field
  | 'type-mismatch' // an RDATA value that does not belong to the record's type
  | 'empty-set'; // a set that has to have members has none

/** A value that has no wire form. It is a programmer's error, except `too-long`, which a caller may bring about by asking for too much. */
export class DnsEncodeError extends Error {
  override readonly name = 'DnsEncodeError';
  readonly code: DnsEncodeCode;

  constructor(code: DnsEncodeCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Why a text is not a domain name. */
export type NameSyntaxCode =
  | 'empty' // nothing at all
  | 'empty-label' // two dots in a row, or one in front
  | 'label-too-long' // more than 63 octets
  | 'name-too-long' // more than 255 octets
  | 'bad-escape' // a backslash that is not followed by three digits up to 255 or by one character
  | 'bad-character'; // a space, a control character, or one outside ASCII

/** A text that is not a domain name. The message is for people: it says what is wrong, where, and what would be right. */
export class NameSyntaxError extends Error {
  override readonly name = 'NameSyntaxError';
  readonly code: NameSyntaxCode;
  /** Index into the text, in UTF-16 code units, of the first character that is wrong. */
  readonly position: number;

  constructor(code: NameSyntaxCode, position: number, message: string) {
    super(message);
    this.code = code;
    this.position = position;
  }
}

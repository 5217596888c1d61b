import { TsigError } from './codes.ts';
import type { Message } from './message.ts';
import {
  defaultFudgeSeconds,
  prepareKey,
  type RequestMac,
  type ResponseVerdict,
  signResponse,
  type TsigKey,
  verifyAnswer,
} from './tsig.ts';
import { appendTsig, lengthPrefixed, tsigTimers, tsigVariables } from './tsig-record.ts';

const noOctets = new Uint8Array(0);

/**
 * Signs an answer of several messages, as a server of zone transfers (RFC 8945 §5.3.1), every one of them.
 *
 * The first is signed as any answer is, with the request's MAC. The MAC of a later one covers the MAC before it, the
 * message, and of the TSIG record the timers alone; so none can be left out, put in, or moved.
 */
export class ResponseStreamSigner {
  readonly #key: TsigKey;
  readonly #requestMac: RequestMac;
  #priorMac: Uint8Array | undefined;

  /** @param requestMac  from the `verified` verdict */
  constructor(key: TsigKey, requestMac: RequestMac) {
    this.#key = key;
    this.#requestMac = requestMac;
  }

  /**
   * @param wire  the next message, whole and without a TSIG record; not modified
   * @throws DnsEncodeError `too-long` when message and TSIG record exceed 65535 octets
   */
  sign(wire: Uint8Array, nowSeconds: number, fudgeSeconds: number = defaultFudgeSeconds): Uint8Array {
    if (this.#priorMac === undefined) {
      const first = signResponse(wire, this.#key, this.#requestMac, nowSeconds, fudgeSeconds);
      this.#priorMac = first.mac;
      return first.wire;
    }
    const prepared = prepareKey(this.#key);
    const fields = { timeSignedSeconds: nowSeconds, fudgeSeconds, error: TsigError.NOERROR, otherData: noOctets };
    const mac = prepared.keyedHash.macOf([lengthPrefixed(this.#priorMac), wire, tsigTimers(fields)]);
    this.#priorMac = mac;
    const originalId = (wire[0]! << 8) | wire[1]!;
    return appendTsig(wire, prepared, { ...fields, mac, originalId });
  }
}

/** What a client knows after one more message of an answer. */
export type ResponseStreamVerdict =
  /** All messages since the last `verified`, this one included; only now may they be believed. */
  | { readonly kind: 'verified'; readonly messages: readonly Message[] }
  /** Unsigned, as some in the middle may be: nothing is known before a signed one follows. */
  | { readonly kind: 'pending' }
  | Exclude<ResponseVerdict, { kind: 'verified' | 'unsigned' }>
  | { readonly kind: 'unsigned'; readonly reason: string; readonly message: Message };

/** RFC 8945 §5.3.1: a client has to take up to 99 messages without a TSIG between two that have one. */
const maxUnsignedMessages = 99;

/**
 * Verifies an answer of several messages, as a client of zone transfers (RFC 8945 §5.3.1): the first and the last have to be
 * signed, and of those in between at least every hundredth.
 *
 * The answer has not been verified to its end unless `isPending` is false then. What waits is at most 99 messages of 64 KiB.
 */
export class ResponseStreamVerifier {
  readonly #key: TsigKey;
  readonly #requestMac: RequestMac;
  #priorMac: Uint8Array | undefined;
  #pendingWires: Uint8Array[] = [];
  #pendingMessages: Message[] = [];

  /** @param requestMac  what `signRequest` returned for the request */
  constructor(key: TsigKey, requestMac: RequestMac) {
    this.#key = key;
    this.#requestMac = requestMac;
  }

  /** Whether there are messages that no signature covers yet, or none has come at all. */
  get isPending(): boolean {
    return this.#priorMac === undefined || this.#pendingWires.length > 0;
  }

  /** @param wire  the next message as received; kept until it is verified, and not modified */
  take(wire: Uint8Array, nowSeconds: number): ResponseStreamVerdict {
    let mac: Uint8Array = noOctets;
    const verdict = verifyAnswer(wire, this.#key, nowSeconds, (unsigned, tsig) => {
      const prepared = prepareKey(this.#key);
      const parts =
        this.#priorMac === undefined
          ? [lengthPrefixed(this.#requestMac), ...unsigned, tsigVariables(prepared, tsig)]
          : [lengthPrefixed(this.#priorMac), ...this.#pendingWires, ...unsigned, tsigTimers(tsig)];
      return (mac = prepared.keyedHash.macOf(parts));
    });
    switch (verdict.kind) {
      case 'unsigned':
        return this.#wait(wire, verdict.message);
      case 'verified': {
        const messages = [...this.#pendingMessages, verdict.message];
        // A truncated MAC is refused, so what was computed is what was received.
        this.#priorMac = mac;
        this.#pendingWires = [];
        this.#pendingMessages = [];
        return { kind: 'verified', messages };
      }
      case 'peer-error':
      case 'forged':
      case 'malformed':
        return verdict;
    }
  }

  #wait(wire: Uint8Array, message: Message): ResponseStreamVerdict {
    if (this.#priorMac === undefined)
      return { kind: 'unsigned', reason: 'The first message of the answer is unsigned', message };
    this.#pendingWires.push(wire);
    this.#pendingMessages.push(message);
    if (this.#pendingWires.length > maxUnsignedMessages)
      return { kind: 'unsigned', reason: `${this.#pendingWires.length} messages follow each other unsigned`, message };
    return { kind: 'pending' };
  }
}

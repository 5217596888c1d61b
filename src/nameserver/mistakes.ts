import { headerOctets } from '../dns/message.ts';
import { Rcode } from '../dns/codes.ts';
import { headerAnswer } from './answer-form.ts';

/** A mistake of ours that a request has brought to light. */
export interface MistakeReport {
  /** What was thrown, with the places in the code. */
  readonly mistake: string;
  /** The request, so that it can be sent again; its first octets only where it is very long. */
  readonly requestHex: string;
  readonly requestOctets: number;
  /** How many there were since the last report, this one included. */
  readonly count: number;
}

export interface MistakesOptions {
  readonly monotonicMs: () => number;
  readonly report: (report: MistakeReport) => void;
}

/** So often is one told, however many there are: whoever has found such a request can send it as often as they like. */
const reportEveryMs = 10_000;
const maxReportedOctets = 4096;

/**
 * What becomes of a request where our own code throws: the client gets SERVFAIL (RFC 1035 §4.1.1), the operator a report, and
 * the service goes on.
 *
 * A request has no secret in it: a signature is none, and proves no other request.
 */
export class Mistakes {
  readonly #options: MistakesOptions;
  #reportedAtMs = -Infinity;
  #unreported = 0;
  #total = 0;

  constructor(options: MistakesOptions) {
    this.#options = options;
  }

  /** Since the start. */
  get total(): number {
    return this.#total;
  }

  /** @returns the answer, no longer than the request, so that nobody gains by it; undefined for what is no request */
  answer(request: Uint8Array, mistake: unknown): Uint8Array | undefined {
    this.take(request, mistake);
    // RFC 1035 §4.1.1: less than a header is no request, and what has QR set is an answer
    if (request.length < headerOctets || (request[2]! & 0x80) !== 0) return undefined;
    return headerAnswer(request, Rcode.SERVFAIL);
  }

  /** For whoever answers the request otherwise. */
  take(request: Uint8Array, mistake: unknown): void {
    this.#total += 1;
    this.#unreported += 1;
    const nowMs = this.#options.monotonicMs();
    if (nowMs - this.#reportedAtMs < reportEveryMs) return;
    const count = this.#unreported;
    this.#reportedAtMs = nowMs;
    this.#unreported = 0;
    this.#options.report({
      mistake: mistake instanceof Error ? (mistake.stack ?? mistake.message) : String(mistake),
      requestHex: Buffer.from(request.subarray(0, maxReportedOctets)).toString('hex'),
      requestOctets: request.length,
      count,
    });
  }
}

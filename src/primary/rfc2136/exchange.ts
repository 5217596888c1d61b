import type { Fault } from '../../updates/fault.ts';

/** A message to send. It is made anew when it has to be sent again, since its ID differs then. */
export interface Outgoing<Token> {
  readonly make: (id: number) => { readonly wire: Uint8Array; readonly token: Token };
  /** Whether it does no harm twice, so that it may go again after a lost connection. */
  readonly repeatable: boolean;
  /** On the monotonic clock. */
  readonly deadlineMs: number;
}

/** `sent` tells whether the peer may have got the message, and so may have acted on it. */
export type ExchangeResult<Token> =
  | { readonly kind: 'answer'; readonly wire: Uint8Array; readonly token: Token }
  | { readonly kind: 'failed'; readonly fault: Fault; readonly sent: boolean };

/** A repeatable message goes out at most so often. */
const maxAttempts = 2;

/** One message on its way: waiting, sent, answered or given up. */
export class Exchange {
  readonly #outgoing: Outgoing<unknown>;
  readonly #resolve: (result: ExchangeResult<unknown>) => void;
  #attempts = 0;
  #token: unknown;

  constructor(outgoing: Outgoing<unknown>, resolve: (result: ExchangeResult<unknown>) => void) {
    this.#outgoing = outgoing;
    this.#resolve = resolve;
  }

  isOverdue(nowMs: number): boolean {
    return this.#outgoing.deadlineMs <= nowMs;
  }

  mayGoAgain(nowMs: number): boolean {
    return this.#outgoing.repeatable && this.#attempts < maxAttempts && !this.isOverdue(nowMs);
  }

  /** The octets to send under this ID. */
  make(id: number): Uint8Array {
    const { wire, token } = this.#outgoing.make(id);
    this.#attempts += 1;
    this.#token = token;
    return wire;
  }

  answer(wire: Uint8Array): void {
    this.#resolve({ kind: 'answer', wire, token: this.#token });
  }

  fail(fault: Fault): void {
    this.#resolve({ kind: 'failed', fault, sent: this.#attempts > 0 });
  }
}

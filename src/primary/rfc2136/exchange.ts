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
  #isSettled = false;

  constructor(outgoing: Outgoing<unknown>, resolve: (result: ExchangeResult<unknown>) => void) {
    this.#outgoing = outgoing;
    this.#resolve = resolve;
  }

  isOverdue(nowMs: number): boolean {
    return this.#outgoing.deadlineMs <= nowMs;
  }

  get isRepeatable(): boolean {
    return this.#outgoing.repeatable;
  }

  /** Whether it may go out on another connection, after the one it went out on was lost. */
  mayGoAgain(nowMs: number): boolean {
    return this.isRepeatable && this.#attempts < maxAttempts && !this.isOverdue(nowMs);
  }

  /** The octets to send on a connection under this ID, and what the answer to them will be checked with. */
  make(id: number): { readonly wire: Uint8Array; readonly token: unknown } {
    this.#attempts += 1;
    return this.#outgoing.make(id);
  }

  /** The same question once more on the same connection. */
  repeat(id: number): { readonly wire: Uint8Array; readonly token: unknown } {
    return this.#outgoing.make(id);
  }

  /** The first answer counts. */
  answer(wire: Uint8Array, token: unknown): void {
    this.#settle({ kind: 'answer', wire, token });
  }

  fail(fault: Fault): void {
    this.#settle({ kind: 'failed', fault, sent: this.#attempts > 0 });
  }

  get isSettled(): boolean {
    return this.#isSettled;
  }

  #settle(result: ExchangeResult<unknown>): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#resolve(result);
  }
}

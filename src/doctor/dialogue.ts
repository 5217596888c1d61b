import { createConnection, type Socket } from 'node:net';

import type { Endpoint } from '../primary/rfc2136/connection.ts';
import { frames, MessageStream } from '../dns/message-stream.ts';

/** What came of one message, as far as the line is concerned. */
export type Delivery =
  | { readonly kind: 'answer'; readonly wire: Uint8Array }
  /** No connection; `reason` is the operating system's word. */
  | { readonly kind: 'unreachable'; readonly reason: string }
  | { readonly kind: 'connect-timeout' }
  /** Connected, and then nothing until the deadline. */
  | { readonly kind: 'silence' }
  | { readonly kind: 'closed' }
  /** Octets that are no DNS messages; the first of them, for whoever wants to guess what they are. */
  | { readonly kind: 'not-dns'; readonly octets: Uint8Array };

/** As many of the peer's first octets as are kept for looking at. */
const keptOctets = 256;

/**
 * A conversation with one peer over TCP, one message at a time, that tells apart all the ways in which it can fail.
 *
 * Daily work goes over `Connection`, which has many messages under way and need not know what a silence means. The line
 * opens with the first message, stays open after an unanswered one (so that what follows reaches the peer after it), and
 * opens anew where the peer has closed it.
 */
export class Dialogue implements AsyncDisposable {
  readonly #endpoint: Endpoint;
  readonly #connectTimeoutMs: number;
  #line: Line | undefined;

  constructor(endpoint: Endpoint, connectTimeoutMs: number) {
    this.#endpoint = endpoint;
    this.#connectTimeoutMs = connectTimeoutMs;
  }

  /**
   * Sends one message and waits for the answer with its ID.
   *
   * @param repeatable  whether it does no harm twice: it then goes again when a line that had been open before turns out
   *                    to be closed, as a peer may do with an idle one at any time (RFC 7766 §6.2.3)
   */
  async ask(wire: Uint8Array, timeoutMs: number, repeatable: boolean): Promise<Delivery> {
    const wasOpen = this.#line !== undefined;
    const delivery = await this.#askOnce(wire, timeoutMs);
    if (delivery.kind === 'closed' && wasOpen && repeatable) return this.#askOnce(wire, timeoutMs);
    return delivery;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#line?.close();
    this.#line = undefined;
  }

  async #askOnce(wire: Uint8Array, timeoutMs: number): Promise<Delivery> {
    if (!this.#line?.isOpen) {
      const opened = await openLine(this.#endpoint, Math.min(this.#connectTimeoutMs, timeoutMs));
      if (!(opened instanceof Line)) return opened;
      this.#line = opened;
    }
    const line = this.#line;
    const delivery = await line.exchange(wire, timeoutMs);
    if (!line.isOpen) this.#line = undefined;
    return delivery;
  }
}

function openLine(endpoint: Endpoint, timeoutMs: number): Promise<Line | Delivery> {
  const { promise, resolve } = Promise.withResolvers<Line | Delivery>();
  const socket = createConnection({ host: endpoint.address, port: endpoint.port, noDelay: true });
  const line = new Line(socket);
  const timer = setTimeout(() => {
    socket.destroy();
    resolve({ kind: 'connect-timeout' });
  }, timeoutMs);
  socket.once('connect', () => {
    clearTimeout(timer);
    resolve(line);
  });
  socket.once('error', (error: NodeJS.ErrnoException) => {
    clearTimeout(timer);
    const code = error.code ?? error.message;
    resolve(code === 'ETIMEDOUT' ? { kind: 'connect-timeout' } : { kind: 'unreachable', reason: code });
  });
  return promise;
}

/** One TCP connection; at most one message of ours waits for its answer. */
class Line {
  readonly #socket: Socket;
  readonly #stream = new MessageStream();
  #firstOctets: Uint8Array = new Uint8Array(0);
  #hasSpokenDns = false;
  #awaitedId: number | undefined;
  #settle: ((delivery: Delivery) => void) | undefined;
  isOpen = true;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => this.#received(chunk));
    socket.on('error', () => {});
    socket.on('close', () => this.#closed());
  }

  async exchange(wire: Uint8Array, timeoutMs: number): Promise<Delivery> {
    const { promise, resolve } = Promise.withResolvers<Delivery>();
    this.#settle = resolve;
    this.#awaitedId = idOf(wire);
    const timer = setTimeout(() => resolve(this.#without('silence')), timeoutMs);
    // What the peer said before it was asked, a banner, is not DNS either.
    if (this.#firstOctets.length > 0) this.#lookAtFirstOctets();
    if (this.isOpen) this.#socket.write(frames([wire]));
    else resolve({ kind: 'closed' });
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#settle = undefined;
      this.#awaitedId = undefined;
    }
  }

  close(): void {
    this.isOpen = false;
    this.#socket.destroy();
  }

  #received(chunk: Uint8Array): void {
    if (this.#firstOctets.length < keptOctets)
      this.#firstOctets = Buffer.concat([this.#firstOctets, chunk]).subarray(0, keptOctets);
    const framing = this.#stream.push(chunk);
    if (framing.kind === 'broken') return this.#notDns();
    this.#lookAtFirstOctets();
    for (const wire of framing.messages) {
      if (idOf(wire) !== this.#awaitedId) continue;
      this.#hasSpokenDns = true;
      this.#settle?.({ kind: 'answer', wire });
    }
  }

  /**
   * Four printable octets are the beginning of a text: read as DNS, they would announce a message of more than 8 KiB,
   * and none of our questions has such an answer.
   */
  #lookAtFirstOctets(): void {
    const beginning = this.#firstOctets.subarray(0, 4);
    if (beginning.length === 4 && beginning.every(isPrintable)) this.#notDns();
  }

  #notDns(): void {
    if (!this.#settle) return;
    this.#settle({ kind: 'not-dns', octets: this.#firstOctets });
    this.close();
  }

  #closed(): void {
    this.isOpen = false;
    this.#settle?.(this.#without('closed'));
  }

  /** Silence or a hang-up; a beginning that never became a message was no DNS. */
  #without(kind: 'silence' | 'closed'): Delivery {
    const isNoise = this.#stream.pendingOctets > 0 && !this.#hasSpokenDns;
    return isNoise ? { kind: 'not-dns', octets: this.#firstOctets } : { kind };
  }
}

function isPrintable(octet: number): boolean {
  return octet >= 0x20 && octet < 0x7f;
}

function idOf(wire: Uint8Array): number {
  return ((wire[0] ?? 0) << 8) | (wire[1] ?? 0);
}

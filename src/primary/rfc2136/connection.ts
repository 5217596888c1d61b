import { randomInt } from 'node:crypto';
import { createConnection, type Socket } from 'node:net';

import type { Clock } from '../../updates/clock.ts';
import type { Fault } from '../../updates/fault.ts';
import type { Exchange } from './exchange.ts';
import { frame, MessageStream } from './message-stream.ts';

/** Where a nameserver listens. */
export interface Endpoint {
  /** An IPv4 or IPv6 address. */
  readonly address: string;
  readonly port: number;
}

export interface ConnectionOptions {
  readonly endpoint: Endpoint;
  readonly clock: Clock;
  readonly connectTimeoutMs: number;
  /** Messages under way at once on a connection with a long round trip. */
  readonly maxInFlight: number;
}

/** Whoever owns a connection is told what becomes of it. */
export interface ConnectionOwner {
  /** It is open, or an answer came: there is room for more. */
  hasRoom(): void;
  /** An answer came, so somebody is there. */
  isAlive(): void;
  /** It ended; these exchanges had been sent on it. `opened` tells whether it had ever been open. */
  ended(connection: Connection, fault: Fault, opened: boolean, unanswered: readonly Exchange[]): void;
}

interface Sent {
  readonly exchange: Exchange;
  readonly sentAtMs: number;
  /** How many octets had come from the peer when this went out. */
  readonly receivedOctets: number;
}

/**
 * Below this round trip a connection carries one message at a time.
 *
 * BIND leaves Nagle's algorithm on (RFC 9293 §3.7.4), so the second of two small answers waits for our acknowledgement of
 * the first, which the kernel holds back for 40 ms. On a short way several connections are faster than one that is
 * shared; on a long way sharing wins (docs/decisions/0007).
 */
const longRoundTripMs = 8;

/**
 * One TCP connection to a nameserver, from its opening to its end (RFC 7766).
 *
 * An answer finds its request by the ID alone, which is random (RFC 5452 §9.2) and unique among those under way; what the
 * answer is worth is for the caller to judge.
 */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #owner: ConnectionOwner;
  readonly #socket: Socket;
  readonly #stream = new MessageStream();
  readonly #sent = new Map<number, Sent>();
  /** IDs whose time ran out: an answer that comes yet must not be taken for another's. */
  readonly #abandoned = new Set<number>();
  #state: 'opening' | 'open' | 'ended' = 'opening';
  #receivedOctets = 0;
  #bestRoundTripMs = 0;

  constructor(options: ConnectionOptions, owner: ConnectionOwner) {
    this.#options = options;
    this.#owner = owner;
    this.#socket = this.#open();
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  get inFlight(): number {
    return this.#sent.size;
  }

  /** How many more messages it takes now. */
  get room(): number {
    if (this.#state !== 'open') return 0;
    return Math.max(0, this.#depth - this.#sent.size - this.#abandoned.size);
  }

  get #depth(): number {
    return this.#bestRoundTripMs > longRoundTripMs ? this.#options.maxInFlight : 1;
  }

  /** Sends these, no more than there is room for, in one write. */
  send(exchanges: readonly Exchange[]): void {
    const frames = exchanges.map((exchange) => this.#enter(exchange));
    this.#socket.write(frames.length === 1 && frames[0] ? frames[0] : Buffer.concat(frames));
  }

  /** Gives up what is overdue; ends when the peer has been silent all the while, for then it may lead nowhere. */
  sweep(nowMs: number): void {
    let isPeerSilent = false;
    for (const [id, { exchange, receivedOctets }] of this.#sent) {
      if (!exchange.isOverdue(nowMs)) continue;
      this.#sent.delete(id);
      this.#abandoned.add(id);
      isPeerSilent ||= receivedOctets === this.#receivedOctets;
      exchange.fail(this.#silenceFault());
    }
    if (isPeerSilent || this.#abandoned.size >= this.#depth) this.end(this.#disconnected());
  }

  end(fault: Fault): void {
    if (this.#state === 'ended') return;
    const opened = this.#state === 'open';
    this.#state = 'ended';
    this.#socket.destroy();
    const unanswered = [...this.#sent.values()].map(({ exchange }) => exchange);
    this.#sent.clear();
    this.#owner.ended(this, fault, opened, unanswered);
  }

  #open(): Socket {
    const { endpoint, connectTimeoutMs } = this.#options;
    const nameserver = endpoint.address;
    const socket = createConnection({ host: endpoint.address, port: endpoint.port, noDelay: true, keepAlive: true });
    const timer = setTimeout(() => this.end({ code: 'timeout', nameserver }), connectTimeoutMs);
    let reason = 'the connection was closed';
    socket.on('connect', () => {
      clearTimeout(timer);
      if (this.#state !== 'opening') return;
      this.#state = 'open';
      this.#owner.hasRoom();
    });
    socket.on('data', (chunk) => this.#received(chunk));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      reason = error.code ?? error.message;
    });
    socket.on('close', () => {
      clearTimeout(timer);
      this.end(this.#state === 'opening' ? { code: 'unreachable', nameserver, reason } : this.#closeFault());
    });
    return socket;
  }

  #enter(exchange: Exchange): Uint8Array {
    const id = this.#freshId();
    const wire = exchange.make(id);
    const sentAtMs = this.#options.clock.monotonicMs();
    this.#sent.set(id, { exchange, sentAtMs, receivedOctets: this.#receivedOctets });
    return frame(wire);
  }

  #freshId(): number {
    for (;;) {
      const id = randomInt(0x10000);
      if (!this.#sent.has(id) && !this.#abandoned.has(id)) return id;
    }
  }

  #received(chunk: Uint8Array): void {
    if (this.#state !== 'open') return;
    this.#receivedOctets += chunk.length;
    const framing = this.#stream.push(chunk);
    if (framing.kind === 'broken') return this.end(this.#notDns('it sent octets that are no DNS message'));
    for (const wire of framing.messages) this.#answered(wire);
    this.#owner.hasRoom();
  }

  #answered(wire: Uint8Array): void {
    const id = ((wire[0] ?? 0) << 8) | (wire[1] ?? 0);
    const sent = this.#sent.get(id);
    if (!sent) {
      // An answer to nothing we ask now, late or twice: not ours to act on.
      this.#abandoned.delete(id);
      return;
    }
    this.#sent.delete(id);
    const roundTripMs = this.#options.clock.monotonicMs() - sent.sentAtMs;
    this.#bestRoundTripMs = Math.min(this.#bestRoundTripMs || roundTripMs, roundTripMs);
    this.#owner.isAlive();
    sent.exchange.answer(wire);
  }

  #closeFault(): Fault {
    if (this.#stream.pendingOctets === 0) return this.#disconnected();
    return this.#notDns('it sent octets that are no DNS message and closed the connection');
  }

  #silenceFault(): Fault {
    if (this.#stream.pendingOctets > 0) return this.#notDns('it sent octets that are no DNS message');
    return { code: 'timeout', nameserver: this.#options.endpoint.address };
  }

  #disconnected(): Fault {
    return { code: 'disconnected', nameserver: this.#options.endpoint.address };
  }

  #notDns(reason: string): Fault {
    return { code: 'not-dns', nameserver: this.#options.endpoint.address, reason };
  }
}

import { randomInt } from 'node:crypto';
import { createConnection, type OnReadOpts, type Socket } from 'node:net';

import type { Clock } from '../../updates/clock.ts';
import type { Fault } from '../../updates/fault.ts';
import type { Exchange } from './exchange.ts';
import { frames, MessageStream } from '../../dns/message-stream.ts';

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
  /** Messages under way at once. */
  readonly maxInFlight: number;
}

/** A question is answered within a few round trips; whatever takes longer may wait for the kernel's acknowledgement. */
const maxNudges = 4;
/** As many answers as come together at most when a whole batch is read. */
const readBufferOctets = 16 * 1024;

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
  readonly token: unknown;
  /** How many octets had come from the peer when this went out. */
  readonly receivedOctets: number;
}

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
  #owesAcknowledgement = false;
  /** How often something was sent only to acknowledge since the last answer that told us anything. */
  #nudges = 0;

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
    return Math.max(0, this.#options.maxInFlight - this.#sent.size - this.#abandoned.size);
  }

  /** Sends these, no more than there is room for, in one write. */
  send(exchanges: readonly Exchange[]): void {
    this.#write(exchanges.map((exchange) => this.#enter(exchange, (id) => exchange.make(id))));
  }

  /**
   * Asks the youngest open question once more where answers may be stuck behind our acknowledgement.
   *
   * BIND leaves Nagle's algorithm on (RFC 9293 §3.7.4): of several small answers it sends the first, and the others when
   * the first is acknowledged, which our kernel puts off for 40 ms unless there is something to send. So if answers are
   * due, and one has just come, and nothing waits to be sent, this sends something (docs/decisions/0007). The answer to
   * that has to be acknowledged as well; where nothing else comes any more, the peer is at work, and is left in peace.
   */
  nudge(): void {
    if (!this.#owesAcknowledgement || this.#state !== 'open') return;
    this.#owesAcknowledgement = false;
    if (this.room === 0 || this.#nudges >= maxNudges) return;
    const youngest = [...this.#sent.values()].findLast(({ exchange }) => exchange.isRepeatable && !exchange.isSettled);
    if (!youngest) return;
    this.#nudges += 1;
    this.#write([this.#enter(youngest.exchange, (id) => youngest.exchange.repeat(id))]);
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
    const isCrowded = this.#abandoned.size * 2 >= this.#options.maxInFlight;
    if (isPeerSilent || isCrowded) this.end(this.#silenceFault());
  }

  end(fault: Fault): void {
    if (this.#state === 'ended') return;
    const opened = this.#state === 'open';
    this.#state = 'ended';
    // A reset takes back what a silent peer has not read yet, lest it act on it when nobody expects that any more.
    if (opened && fault.code === 'timeout') this.#socket.resetAndDestroy();
    else this.#socket.destroy();
    const unanswered = [...new Set(this.#unanswered())];
    this.#sent.clear();
    this.#owner.ended(this, fault, opened, unanswered);
  }

  #open(): Socket {
    const { endpoint, connectTimeoutMs } = this.#options;
    const nameserver = endpoint.address;
    // One buffer for all that ever comes: else Node makes one of 64 kB for each reading, and the collector pays for it.
    const onread: OnReadOpts = {
      buffer: Buffer.allocUnsafeSlow(readBufferOctets),
      callback: (length, buffer) => {
        this.#received(buffer.subarray(0, length));
        return true;
      },
    };
    const { address: host, port } = endpoint;
    const socket = createConnection({ host, port, noDelay: true, keepAlive: true, onread });
    const timer = setTimeout(() => this.end({ code: 'timeout', nameserver }), connectTimeoutMs);
    let reason = 'the connection was closed';
    socket.on('connect', () => {
      clearTimeout(timer);
      if (this.#state !== 'opening') return;
      this.#state = 'open';
      this.#owner.hasRoom();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      reason = error.code ?? error.message;
    });
    socket.on('close', () => {
      clearTimeout(timer);
      this.end(this.#state === 'opening' ? { code: 'unreachable', nameserver, reason } : this.#closeFault());
    });
    return socket;
  }

  /** An exchange can stand here twice, when it was repeated. */
  #unanswered(): Exchange[] {
    return [...this.#sent.values()].flatMap(({ exchange }) => (exchange.isSettled ? [] : [exchange]));
  }

  #enter(exchange: Exchange, make: Exchange['make']): Uint8Array {
    const id = this.#freshId();
    const { wire, token } = make(id);
    this.#sent.set(id, { exchange, token, receivedOctets: this.#receivedOctets });
    return wire;
  }

  #write(wires: readonly Uint8Array[]): void {
    this.#owesAcknowledgement = false;
    this.#socket.write(frames(wires));
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
    this.#owesAcknowledgement = this.#sent.size > 0;
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
    if (!sent.exchange.isSettled) this.#nudges = 0;
    this.#owner.isAlive();
    sent.exchange.answer(wire, sent.token);
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

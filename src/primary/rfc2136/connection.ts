import { randomInt } from 'node:crypto';
import { createConnection, type Socket } from 'node:net';

import type { Clock } from '../../updates/clock.ts';
import type { Fault } from '../../updates/fault.ts';
import { BackOff, type BackOffPolicy } from './back-off.ts';
import { frame, FrameAssembler } from './message-stream.ts';

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
  readonly backOff: BackOffPolicy;
  /** Messages sent and not yet answered. */
  readonly maxInFlight: number;
  /** Messages that wait for a place in flight, or for a connection. */
  readonly maxWaiting: number;
}

/** A message to send. It is made anew when it has to be sent again, since its ID differs then. */
export interface Outgoing<Token> {
  readonly make: (id: number) => { readonly wire: Uint8Array; readonly token: Token };
  /** Whether it does no harm twice, so that it may go again after a lost connection. */
  readonly repeatable: boolean;
  readonly deadlineMs: number;
}

/** `sent` tells whether the peer may have got the message, and so may have acted on it. */
export type ExchangeResult<Token> =
  | { readonly kind: 'answer'; readonly wire: Uint8Array; readonly token: Token }
  | { readonly kind: 'failed'; readonly fault: Fault; readonly sent: boolean };

interface Exchange {
  readonly outgoing: Outgoing<unknown>;
  readonly resolve: (result: ExchangeResult<unknown>) => void;
  attempts: number;
  token: unknown;
  /** How many octets the peer had sent us when this went out. */
  receivedOctetsAtSending: number;
}

/** A repeatable message goes out at most so often. */
const maxAttempts = 2;
const sweepEveryMs = 25;

/**
 * One persistent TCP connection to a nameserver, with many messages under way at once (RFC 7766 §6.2.1).
 *
 * It opens when there is something to send, and again after it was lost, at most as often as the back-off allows. An
 * answer finds its request by the ID alone, which is random (RFC 5452 §9.2) and unique among those under way; what the
 * answer is worth is for the caller to judge. Nothing waits beyond its deadline.
 */
export class Connection implements AsyncDisposable {
  readonly #options: ConnectionOptions;
  readonly #backOff: BackOff;
  readonly #inFlight = new Map<number, Exchange>();
  /** IDs whose time ran out on this connection: an answer that comes yet must not be taken for another's. */
  readonly #abandoned = new Set<number>();
  #waiting: Exchange[] = [];
  #socket: Socket | undefined;
  #connected = false;
  #assembler = new FrameAssembler();
  #receivedOctets = 0;
  #flushScheduled = false;
  #sweeper: NodeJS.Timeout | undefined;
  #retryTimer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#backOff = new BackOff(options.backOff, () => randomInt(2 ** 32) / 2 ** 32);
  }

  get isConnected(): boolean {
    return this.#connected;
  }

  get inFlight(): number {
    return this.#inFlight.size;
  }

  exchange<Token>(outgoing: Outgoing<Token>): Promise<ExchangeResult<Token>> {
    if (this.#closed || this.#waiting.length >= this.#options.maxWaiting)
      return Promise.resolve({ kind: 'failed', fault: { code: 'busy', nameserver: this.#nameserver }, sent: false });
    return new Promise((resolve) => {
      this.#waiting.push({
        outgoing,
        resolve: resolve as Exchange['resolve'],
        attempts: 0,
        token: undefined,
        receivedOctetsAtSending: 0,
      });
      this.#sweeper ??= setInterval(() => this.#sweep(), sweepEveryMs);
      this.#advance();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retryTimer);
    this.#disconnect({ code: 'disconnected', nameserver: this.#nameserver });
    this.#failWaiting({ code: 'busy', nameserver: this.#nameserver });
    clearInterval(this.#sweeper);
  }

  get #nameserver(): string {
    return this.#options.endpoint.address;
  }

  get #nowMs(): number {
    return this.#options.clock.monotonicMs();
  }

  #advance(): void {
    if (this.#connected) return this.#scheduleFlush();
    if (this.#socket || this.#retryTimer || this.#closed || this.#waiting.length === 0) return;
    const waitMs = this.#backOff.waitMs(this.#nowMs);
    if (waitMs === 0) return this.#connect();
    this.#retryTimer = setTimeout(() => {
      this.#retryTimer = undefined;
      this.#advance();
    }, waitMs);
  }

  #connect(): void {
    const { endpoint, connectTimeoutMs } = this.#options;
    const socket = createConnection({ host: endpoint.address, port: endpoint.port, noDelay: true, keepAlive: true });
    this.#socket = socket;
    this.#assembler = new FrameAssembler();
    const connectTimer = setTimeout(
      () => this.#connectFailed(socket, { code: 'timeout', nameserver: this.#nameserver }),
      connectTimeoutMs,
    );
    let reason = 'the connection was closed';
    socket.on('connect', () => {
      clearTimeout(connectTimer);
      if (this.#socket !== socket) return;
      this.#connected = true;
      this.#scheduleFlush();
    });
    socket.on('data', (chunk) => this.#received(socket, chunk));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      reason = error.code ?? error.message;
    });
    socket.on('close', () => {
      clearTimeout(connectTimer);
      if (this.#socket !== socket) return;
      if (this.#connected) this.#disconnect(this.#closeFault());
      else this.#connectFailed(socket, { code: 'unreachable', nameserver: this.#nameserver, reason });
    });
  }

  #connectFailed(socket: Socket, fault: Fault): void {
    if (this.#socket !== socket || this.#connected) return;
    this.#socket = undefined;
    socket.destroy();
    this.#backOff.failed(this.#nowMs);
    this.#failWaiting(fault);
  }

  /** The requests of one turn of the event loop leave in one write. */
  #scheduleFlush(): void {
    if (this.#flushScheduled) return;
    this.#flushScheduled = true;
    setImmediate(() => {
      this.#flushScheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    const socket = this.#socket;
    if (!socket || !this.#connected) return this.#advance();
    const room = this.#options.maxInFlight - this.#inFlight.size;
    const leaving = this.#waiting.splice(0, Math.max(0, room));
    if (leaving.length === 0) return;
    socket.write(
      leaving.length === 1 && leaving[0]
        ? this.#send(leaving[0])
        : Buffer.concat(leaving.map((exchange) => this.#send(exchange))),
    );
  }

  #send(exchange: Exchange): Uint8Array {
    const id = this.#freshId();
    const { wire, token } = exchange.outgoing.make(id);
    exchange.attempts += 1;
    exchange.token = token;
    exchange.receivedOctetsAtSending = this.#receivedOctets;
    this.#inFlight.set(id, exchange);
    return frame(wire);
  }

  #freshId(): number {
    for (;;) {
      const id = randomInt(0x10000);
      if (!this.#inFlight.has(id) && !this.#abandoned.has(id)) return id;
    }
  }

  #received(socket: Socket, chunk: Uint8Array): void {
    if (this.#socket !== socket) return;
    this.#receivedOctets += chunk.length;
    const framing = this.#assembler.push(chunk);
    if (framing.kind === 'broken') return this.#disconnect(this.#notDns('it sent octets that are no DNS message'));
    for (const wire of framing.messages) this.#answered(wire);
    if (this.#waiting.length > 0) this.#scheduleFlush();
  }

  #answered(wire: Uint8Array): void {
    const id = ((wire[0] ?? 0) << 8) | (wire[1] ?? 0);
    const exchange = this.#inFlight.get(id);
    // An answer to nothing we asked, late or twice: not ours to act on.
    if (!exchange) {
      this.#abandoned.delete(id);
      return;
    }
    this.#inFlight.delete(id);
    this.#backOff.succeeded();
    exchange.resolve({ kind: 'answer', wire, token: exchange.token });
  }

  /** The connection is gone: what may go again waits for the next one, the rest is told. */
  #disconnect(fault: Fault): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#connected = false;
    socket?.destroy();
    const lost = [...this.#inFlight.values()];
    this.#inFlight.clear();
    this.#abandoned.clear();
    if (lost.length > 0) this.#backOff.failed(this.#nowMs);
    const again = lost.filter((exchange) => this.#mayGoAgain(exchange, fault));
    this.#waiting = [...again, ...this.#waiting];
    for (const exchange of lost) if (!again.includes(exchange)) exchange.resolve({ kind: 'failed', fault, sent: true });
    this.#advance();
  }

  #mayGoAgain({ outgoing, attempts }: Exchange, fault: Fault): boolean {
    if (this.#closed || fault.code !== 'disconnected') return false;
    return outgoing.repeatable && attempts < maxAttempts && outgoing.deadlineMs > this.#nowMs;
  }

  #failWaiting(fault: Fault): void {
    const failed = this.#waiting;
    this.#waiting = [];
    for (const exchange of failed) exchange.resolve({ kind: 'failed', fault, sent: exchange.attempts > 0 });
  }

  #closeFault(): Fault {
    return this.#assembler.pendingOctets > 0
      ? this.#notDns('it sent octets that are no DNS message and closed the connection')
      : { code: 'disconnected', nameserver: this.#nameserver };
  }

  #notDns(reason: string): Fault {
    return { code: 'not-dns', nameserver: this.#nameserver, reason };
  }

  #sweep(): void {
    const nowMs = this.#nowMs;
    let isPeerSilent = false;
    for (const [id, exchange] of this.#inFlight) {
      if (exchange.outgoing.deadlineMs > nowMs) continue;
      this.#inFlight.delete(id);
      this.#abandoned.add(id);
      isPeerSilent ||= exchange.receivedOctetsAtSending === this.#receivedOctets;
      exchange.resolve({ kind: 'failed', fault: this.#silenceFault(), sent: true });
    }
    const overdue = this.#waiting.filter(({ outgoing }) => outgoing.deadlineMs <= nowMs);
    if (overdue.length > 0) this.#waiting = this.#waiting.filter(({ outgoing }) => outgoing.deadlineMs > nowMs);
    for (const exchange of overdue)
      exchange.resolve({ kind: 'failed', fault: this.#silenceFault(), sent: exchange.attempts > 0 });
    // Not one octet since it was asked: the connection may lead nowhere, and a new one will tell.
    if (isPeerSilent || this.#abandoned.size > this.#options.maxInFlight)
      this.#disconnect({ code: 'disconnected', nameserver: this.#nameserver });
    if (this.#inFlight.size === 0 && this.#waiting.length === 0) {
      clearInterval(this.#sweeper);
      this.#sweeper = undefined;
    }
  }

  #silenceFault(): Fault {
    return this.#assembler.pendingOctets > 0
      ? this.#notDns('it sent octets that are no DNS message')
      : { code: 'timeout', nameserver: this.#nameserver };
  }
}

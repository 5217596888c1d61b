import { randomInt } from 'node:crypto';

import type { Clock } from '../../updates/clock.ts';
import type { Fault } from '../../updates/fault.ts';
import { BackOff, type BackOffPolicy } from './back-off.ts';
import { Connection, type ConnectionOwner, type Endpoint } from './connection.ts';
import { Exchange, type ExchangeResult, type Outgoing } from './exchange.ts';

export interface LaneOptions {
  readonly endpoint: Endpoint;
  readonly clock: Clock;
  readonly limits: LaneLimits;
}

export interface LaneLimits {
  readonly connectTimeoutMs: number;
  readonly backOff: BackOffPolicy;
  readonly connections: number;
  /** Messages under way at once on one connection. */
  readonly inFlightPerConnection: number;
  /** Messages that wait for a connection with room. */
  readonly waiting: number;
}

const sweepEveryMs = 25;

/**
 * A few persistent connections to a nameserver, and the messages that wait for room on one.
 *
 * Connections open as more messages wait, and again after they were lost, at most as often as the back-off allows. When no
 * connection can be had, what waits is told at once. Nothing waits beyond its deadline.
 */
export class Lane implements ConnectionOwner, AsyncDisposable {
  readonly #options: LaneOptions;
  readonly #backOff: BackOff;
  readonly #connections = new Set<Connection>();
  #waiting: Exchange[] = [];
  #isDispatchDue = false;
  #sweeper: NodeJS.Timeout | undefined;
  #retryTimer: NodeJS.Timeout | undefined;
  #isClosed = false;
  #lost = 0;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#backOff = new BackOff(options.limits.backOff, () => randomInt(2 ** 32) / 2 ** 32);
  }

  get openConnections(): number {
    return [...this.#connections].filter(({ isOpen }) => isOpen).length;
  }

  /** How many connections have ended that had been open. */
  get lost(): number {
    return this.#lost;
  }

  get inFlight(): number {
    return [...this.#connections].reduce((sum, { inFlight }) => sum + inFlight, 0);
  }

  /** How many more messages would find room at once, on connections that are open or may be opened. */
  get spare(): number {
    const { connections, inFlightPerConnection } = this.#options.limits;
    return connections * inFlightPerConnection - this.inFlight - this.#waiting.length;
  }

  exchange<Token>(outgoing: Outgoing<Token>): Promise<ExchangeResult<Token>> {
    if (this.#isClosed || this.#waiting.length >= this.#options.limits.waiting)
      return Promise.resolve({ kind: 'failed', fault: this.#busy, sent: false });
    return new Promise((resolve) => {
      this.#waiting.push(new Exchange(outgoing, resolve as (result: ExchangeResult<unknown>) => void));
      this.#sweeper ??= setInterval(() => this.#sweep(), sweepEveryMs);
      this.hasRoom();
    });
  }

  /** What is asked for in one turn of the event loop is handed out together. */
  hasRoom(): void {
    if (this.#isDispatchDue) return;
    this.#isDispatchDue = true;
    setImmediate(() => {
      this.#isDispatchDue = false;
      this.#dispatch();
    });
  }

  isAlive(): void {
    this.#backOff.succeeded();
  }

  ended(connection: Connection, fault: Fault, opened: boolean, unanswered: readonly Exchange[]): void {
    this.#connections.delete(connection);
    const nowMs = this.#nowMs;
    if (opened) this.#lost += 1;
    if (!opened || unanswered.length > 0) this.#backOff.failed(nowMs);
    const mayRepeat = fault.code !== 'not-dns' && !this.#isClosed;
    const again = mayRepeat ? unanswered.filter((exchange) => exchange.mayGoAgain(nowMs)) : [];
    for (const exchange of unanswered) if (!again.includes(exchange)) exchange.fail(fault);
    this.#waiting = [...again, ...this.#waiting];
    if (!opened && this.#connections.size === 0) this.#failWaiting(fault);
    this.hasRoom();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#retryTimer);
    clearInterval(this.#sweeper);
    for (const connection of this.#connections)
      connection.end({ code: 'disconnected', nameserver: this.#options.endpoint.address });
    this.#failWaiting(this.#busy);
  }

  get #nowMs(): number {
    return this.#options.clock.monotonicMs();
  }

  get #busy(): Fault {
    return { code: 'busy', nameserver: this.#options.endpoint.address };
  }

  #dispatch(): void {
    this.#handOut();
    this.#openMore();
    for (const connection of this.#connections) connection.nudge();
  }

  /** Few go one on each connection that is idle; many go together on one. */
  #handOut(): void {
    if (this.#waiting.length === 0) return;
    const open = [...this.#connections].filter(({ room }) => room > 0).toSorted((a, b) => a.inFlight - b.inFlight);
    const idle = open.filter(({ inFlight }) => inFlight === 0);
    if (this.#waiting.length <= idle.length) {
      for (const connection of idle.slice(0, this.#waiting.length)) connection.send(this.#waiting.splice(0, 1));
      return;
    }
    for (const connection of open) {
      const taken = this.#waiting.splice(0, connection.room);
      if (taken.length > 0) connection.send(taken);
    }
  }

  /** One connection for each message that found no room, as far as that is allowed. */
  #openMore(): void {
    const opening = this.#connections.size - this.openConnections;
    const allowed = this.#options.limits.connections - this.#connections.size;
    const wanted = Math.min(this.#waiting.length - opening, allowed);
    if (wanted <= 0 || this.#isClosed || this.#retryTimer) return;
    const waitMs = this.#backOff.waitMs(this.#nowMs);
    if (waitMs > 0) {
      this.#retryTimer = setTimeout(() => {
        this.#retryTimer = undefined;
        this.hasRoom();
      }, waitMs);
      return;
    }
    const { endpoint, clock, limits } = this.#options;
    const { connectTimeoutMs, inFlightPerConnection: maxInFlight } = limits;
    for (let opened = 0; opened < wanted; opened++)
      this.#connections.add(new Connection({ endpoint, clock, connectTimeoutMs, maxInFlight }, this));
  }

  #failWaiting(fault: Fault): void {
    const failed = this.#waiting;
    this.#waiting = [];
    for (const exchange of failed) exchange.fail(fault);
  }

  #sweep(): void {
    const nowMs = this.#nowMs;
    for (const connection of this.#connections) connection.sweep(nowMs);
    const overdue = this.#waiting.filter((exchange) => exchange.isOverdue(nowMs));
    if (overdue.length > 0) this.#waiting = this.#waiting.filter((exchange) => !exchange.isOverdue(nowMs));
    for (const exchange of overdue) exchange.fail({ code: 'timeout', nameserver: this.#options.endpoint.address });
    if (this.#waiting.length > 0 || this.inFlight > 0) return;
    clearInterval(this.#sweeper);
    this.#sweeper = undefined;
  }
}

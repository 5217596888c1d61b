import type { Clock } from '../../updates/clock.ts';
import type { BackOffPolicy } from './back-off.ts';
import { Connection, type Endpoint } from './connection.ts';

export interface NameserverOptions {
  readonly endpoint: Endpoint;
  readonly clock: Clock;
  readonly limits: NameserverLimits;
}

export interface NameserverLimits {
  readonly connectTimeoutMs: number;
  readonly backOff: BackOffPolicy;
  /** Queries under way at once. */
  readonly queriesInFlight: number;
  /** Messages that wait to be sent. */
  readonly messagesWaiting: number;
}

/**
 * The two connections to one nameserver, which all its zones share.
 *
 * Queries do not go the way of updates: a nameserver that takes one message of a connection after the other (PowerDNS)
 * would let them wait for the disk.
 */
export class Nameserver implements AsyncDisposable {
  readonly endpoint: Endpoint;
  readonly queries: Connection;
  readonly updates: Connection;

  constructor({ endpoint, clock, limits }: NameserverOptions) {
    const { connectTimeoutMs, backOff, queriesInFlight, messagesWaiting } = limits;
    const common = { endpoint, clock, connectTimeoutMs, backOff, maxWaiting: messagesWaiting };
    this.endpoint = endpoint;
    this.queries = new Connection({ ...common, maxInFlight: queriesInFlight });
    // A zone has one UPDATE under way at a time, so this bounds how many zones are updated at once.
    this.updates = new Connection({ ...common, maxInFlight: queriesInFlight });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.queries[Symbol.asyncDispose](), this.updates[Symbol.asyncDispose]()]);
  }
}

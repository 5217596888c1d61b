import type { Clock } from '../../updates/clock.ts';
import type { BackOffPolicy } from './back-off.ts';
import type { Endpoint } from './connection.ts';
import { Lane } from './lane.ts';

export interface NameserverOptions {
  readonly endpoint: Endpoint;
  readonly clock: Clock;
  readonly limits: NameserverLimits;
}

export interface NameserverLimits {
  readonly connectTimeoutMs: number;
  readonly backOff: BackOffPolicy;
  /** BIND listens with a backlog of 10, and PowerDNS serves 20 TCP clients, unless told otherwise. */
  readonly queryConnections: number;
  readonly updateConnections: number;
  /** Queries under way at once on one connection. */
  readonly queriesInFlight: number;
  /** Messages that wait for a connection with room. */
  readonly waiting: number;
}

/**
 * A nameserver as its zones reach it.
 *
 * Updates have connections of their own, with one message at a time on each: an update's answer is worth waiting for, so
 * it must not be stuck behind one of another message that we have not acknowledged yet, and queries need not wait for the
 * disk where a nameserver takes the messages of a connection one after the other (PowerDNS).
 */
export class Nameserver implements AsyncDisposable {
  readonly endpoint: Endpoint;
  readonly queries: Lane;
  /** Also for updates that change nothing: a zone's primary takes them up behind those that change something. */
  readonly updates: Lane;

  constructor({ endpoint, clock, limits }: NameserverOptions) {
    const { queryConnections, updateConnections, queriesInFlight, ...common } = limits;
    const lane = (connections: number, inFlightPerConnection: number) =>
      new Lane({ endpoint, clock, limits: { ...common, connections, inFlightPerConnection } });
    this.endpoint = endpoint;
    this.queries = lane(queryConnections, queriesInFlight);
    this.updates = lane(updateConnections, 1);
  }

  get openConnections(): number {
    return this.queries.openConnections + this.updates.openConnections;
  }

  /** How many connections have ended that had been open: after each, another program may be there. */
  get lostConnections(): number {
    return this.queries.lost + this.updates.lost;
  }

  get inFlight(): number {
    return this.queries.inFlight + this.updates.inFlight;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.queries[Symbol.asyncDispose](), this.updates[Symbol.asyncDispose]()]);
  }
}

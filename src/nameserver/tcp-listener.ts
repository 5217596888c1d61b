import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

import type { NameserverLimits } from './limits.ts';
import type { RequestDesk } from './request-desk.ts';
import { TcpConnection } from './tcp-connection.ts';

/** Where to take connections. */
export type TcpPlace =
  | { readonly kind: 'address'; readonly address: string; readonly port: number }
  /** A socket that listens already, handed over by whoever has started us. */
  | { readonly kind: 'inherited'; readonly fd: number };

/**
 * Connections that the kernel keeps while we are busy, as many as Linux allows unless told otherwise (`net.core.somaxconn`). Beyond
 * them, a client hears nothing and comes again after a second.
 */
const backlog = 4096;

/** Answers requests over TCP, with so many connections as the limits allow. */
export class TcpListener implements AsyncDisposable {
  readonly #server: Server;
  readonly #desk: RequestDesk;
  readonly #limits: NameserverLimits;
  /** Those that have been idle longest come first. */
  readonly #connections = new Set<TcpConnection>();
  readonly #byNetwork = new Map<string, Set<TcpConnection>>();

  private constructor(server: Server, desk: RequestDesk, limits: NameserverLimits) {
    this.#server = server;
    this.#desk = desk;
    this.#limits = limits;
    server.on('connection', (socket) => this.#accept(socket));
    // Too many files open, and the like: it goes on with the connections that there are.
    server.on('error', () => {});
  }

  /** @throws what Node does when the address cannot be had */
  static async open(
    place: TcpPlace,
    desk: RequestDesk,
    limits: NameserverLimits,
    { reusePort }: { readonly reusePort: boolean },
  ): Promise<TcpListener> {
    const server = createServer({ allowHalfOpen: true });
    const listening = once(server, 'listening');
    if (place.kind === 'inherited') server.listen({ fd: place.fd, backlog });
    else {
      const { address: host, port } = place;
      server.listen({ host, port, ipv6Only: host.includes(':'), backlog, reusePort, exclusive: true });
    }
    await listening;
    return new TcpListener(server, desk, limits);
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  /** No new connections; requests under way are answered, transfers are broken off, and what is left after `endMs` is cut. */
  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const connection of this.#connections) {
      connection.endTransfers();
      connection.endSoon();
    }
    const deadline = setTimeout(() => {
      for (const connection of this.#connections) connection.destroy();
    }, this.#limits.endMs);
    await closed;
    clearTimeout(deadline);
  }

  #accept(socket: Socket): void {
    // It has gone already.
    if (socket.remoteAddress === undefined) {
      socket.destroy();
      return;
    }
    const connection = new TcpConnection(socket, this.#desk, this.#limits, {
      active: (active) => {
        moveToEnd(this.#connections, active);
        moveToEnd(ofNetwork, active);
      },
      closed: (gone) => this.#forget(gone),
    });
    const ofNetwork = this.#byNetwork.get(connection.network) ?? new Set();
    if (ofNetwork.size >= this.#limits.tcpConnectionsPerNetwork) this.#endOne(ofNetwork);
    if (this.#connections.size >= this.#limits.tcpConnections) this.#endOne(this.#connections);
    this.#connections.add(connection);
    ofNetwork.add(connection);
    this.#byNetwork.set(connection.network, ofNetwork);
  }

  /**
   * Makes room for whoever comes, as RFC 7766 §6.2.3 lets a server do that runs short: the connection goes that has been idle
   * longest. Those whose answers we owe are spared, unless there are no others: then it is the one that has waited longest, so that
   * nobody can shut others out by holding connections.
   */
  #endOne(connections: ReadonlySet<TcpConnection>): void {
    const [longest] = connections;
    const victim = connections.values().find((each) => !each.isWaitingForUs) ?? longest;
    if (victim === undefined) return;
    this.#forget(victim);
    victim.destroy();
  }

  /** Before it has closed, which takes a turn of the event loop, it counts no more. */
  #forget(connection: TcpConnection): void {
    this.#connections.delete(connection);
    const ofNetwork = this.#byNetwork.get(connection.network);
    ofNetwork?.delete(connection);
    if (ofNetwork?.size === 0) this.#byNetwork.delete(connection.network);
  }
}

function moveToEnd<Item>(items: Set<Item>, item: Item): void {
  if (items.delete(item)) items.add(item);
}

import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Sees to it that a server which is closed is closed in time.
 *
 * Node closes the connections that wait for another request, but not those that have never brought one, and no longer
 * looks at those that take for ever: either would keep the process from ending.
 */
export class Closer {
  readonly #server: Server;
  readonly #silent = new Set<Socket>();

  constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket: Socket) => {
      this.#silent.add(socket);
      socket.once('close', () => this.#silent.delete(socket));
    });
    server.on('request', ({ socket }: IncomingMessage) => this.#silent.delete(socket));
  }

  /** @param graceMs  how long requests under way may take to finish */
  async close(closeServer: () => Promise<void>, graceMs: number): Promise<void> {
    const closed = closeServer();
    for (const socket of this.#silent) socket.destroy();
    const timer = setTimeout(() => this.#server.closeAllConnections(), graceMs);
    try {
      await closed;
    } finally {
      clearTimeout(timer);
    }
  }
}

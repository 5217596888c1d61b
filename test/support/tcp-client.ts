import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

import { decodeMessage, type Message } from '../../src/dns/message.ts';
import { framed, MessageFrames } from '../../src/nameserver/message-frames.ts';

/** A DNS connection of which a test decides each octet. */
export class TcpClient implements AsyncDisposable {
  readonly socket: Socket;
  readonly #frames = new MessageFrames();
  readonly #closed: Promise<void>;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => {});
    // Not by once() of node:events, for which an error comes before the end and is a failure.
    this.#closed = new Promise((resolve) => void socket.once('close', () => resolve()));
  }

  /** @param localAddress  another of loopback's addresses, to be another client */
  static async open(port: number, localAddress?: string): Promise<TcpClient> {
    // Half open, so that it is the test that ends it.
    const from = localAddress === undefined ? {} : { localAddress };
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, ...from });
    await once(socket, 'connect');
    return new TcpClient(socket);
  }

  send(...messages: readonly Uint8Array[]): void {
    this.socket.write(Buffer.concat(messages.map(framed)));
  }

  sendRaw(octets: Uint8Array): void {
    this.socket.write(octets);
  }

  /** The next message; undefined when the server has ended the connection. */
  async receive(): Promise<Message | undefined> {
    for (;;) {
      const message = this.#frames.next();
      if (message !== undefined) return decodeMessage(message);
      const piece: unknown = this.socket.read();
      if (piece instanceof Uint8Array) this.#frames.push(piece);
      else if (this.socket.readableEnded || this.socket.destroyed) return undefined;
      else await this.#somethingHappens();
    }
  }

  async #somethingHappens(): Promise<void> {
    const waiting = new AbortController();
    const { signal } = waiting;
    const events = ['readable', 'end', 'close'].map((event) => once(this.socket, event, { signal }));
    await Promise.race(events);
    waiting.abort();
    await Promise.allSettled(events);
  }

  /** When the server has closed it, as far as one can tell without reading, by sending. */
  async closedWhileSending(octets: Uint8Array): Promise<void> {
    const sending = setInterval(() => this.socket.writable && this.socket.write(octets), 20);
    await this.#closed;
    clearInterval(sending);
  }

  /** When the server has closed it. */
  async closed(): Promise<void> {
    this.socket.resume();
    this.socket.once('end', () => this.socket.end());
    await this.#closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.destroy();
    await this.#closed;
  }
}

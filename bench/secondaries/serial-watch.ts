import { createSocket, type Socket } from 'node:dgram';

import { Type } from '../../src/dns/codes.ts';
import { decodeMessage, encodeMessage, makeQuery } from '../../src/dns/message.ts';
import type { Name } from '../../src/dns/name.ts';
import type { SerialAt } from './convergence.ts';

const everyMs = 2;

/** Asks a nameserver on 127.0.0.1 for the serial of a zone every two milliseconds, and notes when each was there first. */
export class SerialWatch implements AsyncDisposable {
  /** In the order of their serials. */
  readonly seen: SerialAt[] = [];
  readonly #socket: Socket;
  readonly #timer: NodeJS.Timeout;

  private constructor(socket: Socket, query: Uint8Array) {
    this.#socket = socket;
    socket.on('message', (wire) => this.#note(wire));
    socket.on('error', () => {});
    this.#timer = setInterval(() => socket.send(query), everyMs);
  }

  static async open(port: number, zone: Name): Promise<SerialWatch> {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.connect(port, '127.0.0.1', resolve));
    return new SerialWatch(socket, encodeMessage(makeQuery({ id: 1, name: zone, type: Type.SOA })));
  }

  get latest(): number {
    return this.seen.at(-1)?.serial ?? 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await new Promise<void>((resolve) => void this.#socket.close(resolve));
  }

  #note(wire: Uint8Array): void {
    const atMs = performance.now();
    const rdata = decodeMessage(wire).answers.find(({ type }) => type === Type.SOA)?.rdata;
    if (rdata?.kind === 'SOA' && rdata.serial > this.latest) this.seen.push({ serial: rdata.serial, atMs });
  }
}

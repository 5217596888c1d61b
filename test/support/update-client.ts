import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { connect, type Socket } from 'node:net';

import { Class } from '../../src/dns/codes.ts';
import type { Message } from '../../src/dns/message.ts';
import { Name } from '../../src/dns/name.ts';
import { signRequest, type TsigKey, verifyResponse } from '../../src/dns/tsig.ts';
import { encodeUpdate, type UpdateOperation } from '../../src/dns/update.ts';
import { framed, MessageFrames } from '../../src/nameserver/message-frames.ts';
import type { TestKey } from './test-key.ts';

/** Sends UPDATEs of one zone to a nameserver on 127.0.0.1, signed, one after the other. */
export interface UpdateClient extends AsyncDisposable {
  /**
   * @param id  16 bits
   * @returns the answer, whose signature was checked; undefined when none has come in time
   */
  update(id: number, operations: readonly UpdateOperation[]): Promise<Message | undefined>;
}

export interface UpdateClientOptions {
  readonly transport: 'udp' | 'tcp';
  readonly port: number;
  readonly zone: string;
  readonly key: TestKey;
  readonly timeoutMs: number;
}

/** Octets out, and the message with the same ID that comes back; undefined when none will. */
interface Exchange extends AsyncDisposable {
  ask(wire: Uint8Array, timeoutMs: number): Promise<Uint8Array | undefined>;
}

export function openUpdateClient({ transport, port, zone, key, timeoutMs }: UpdateClientOptions): UpdateClient {
  const origin = Name.parse(zone);
  const exchange = transport === 'udp' ? openUdpExchange(port) : openTcpExchange(port);
  const tsigKey: TsigKey = {
    name: Name.parse(key.name),
    algorithm: key.algorithm,
    secret: Buffer.from(key.secret, 'base64'),
  };
  return {
    update: async (id, operations) => {
      const nowSeconds = Math.floor(Date.now() / 1000);
      const update = { id, zone: origin, zoneClass: Class.IN, prerequisites: [], operations };
      const { wire, mac } = signRequest(encodeUpdate(update), tsigKey, nowSeconds);
      const answer = await exchange.ask(wire, timeoutMs);
      if (answer === undefined) return undefined;
      const verdict = verifyResponse(answer, tsigKey, mac, nowSeconds);
      assert.ok(verdict.kind === 'verified', JSON.stringify(verdict));
      return verdict.message;
    },
    [Symbol.asyncDispose]: () => exchange[Symbol.asyncDispose](),
  };
}

function openUdpExchange(port: number): Exchange {
  const socket = createSocket('udp4');
  const connected = new Promise<void>((resolve) => socket.connect(port, '127.0.0.1', resolve));
  const expected = new ExpectedAnswer();
  socket.on('message', (wire) => expected.receive(wire));
  // Nobody listens there now.
  socket.on('error', () => expected.giveUp());
  return {
    ask: async (wire, timeoutMs) => {
      await connected;
      const answer = expected.to(wire);
      socket.send(wire, () => {});
      return await inTime(answer, timeoutMs);
    },
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => void socket.close(resolve)),
  };
}

/** A connection stays open for the next request, and a new one is opened where it has ended. */
function openTcpExchange(port: number): Exchange {
  let socket: Socket | undefined;
  const expected = new ExpectedAnswer();
  const open = (): Socket => {
    const opened = connect({ port, host: '127.0.0.1', noDelay: true });
    const frames = new MessageFrames();
    opened.on('data', (piece) => {
      frames.push(piece);
      for (let message = frames.next(); message !== undefined; message = frames.next()) expected.receive(message);
    });
    opened.on('error', () => {});
    opened.on('close', () => {
      if (socket !== opened) return;
      socket = undefined;
      expected.giveUp();
    });
    return opened;
  };
  return {
    ask: async (wire, timeoutMs) => {
      const answer = expected.to(wire);
      socket ??= open();
      socket.write(framed(wire));
      return await inTime(answer, timeoutMs);
    },
    [Symbol.asyncDispose]: async () => {
      const closing = socket;
      socket = undefined;
      if (!closing || closing.closed) return;
      const closed = new Promise((resolve) => void closing.once('close', resolve));
      closing.destroy();
      await closed;
    },
  };
}

/** What comes too late for its request is passed over. */
class ExpectedAnswer {
  #request: Uint8Array | undefined;
  #resolve: (answer: Uint8Array | undefined) => void = () => {};

  to(request: Uint8Array): Promise<Uint8Array | undefined> {
    const { promise, resolve } = Promise.withResolvers<Uint8Array | undefined>();
    this.#request = request;
    this.#resolve = resolve;
    return promise;
  }

  receive(answer: Uint8Array): void {
    if (answer[0] === this.#request?.[0] && answer[1] === this.#request?.[1]) this.#resolve(answer);
  }

  giveUp(): void {
    this.#resolve(undefined);
  }
}

async function inTime<Value>(work: Promise<Value>, timeoutMs: number): Promise<Value | undefined> {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), timeoutMs);
  const first = await Promise.race([work, late.promise]);
  clearTimeout(timer);
  return first;
}

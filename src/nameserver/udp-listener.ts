import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';

import { makeAddressOctets, readAddress } from './client-address.ts';
import type { RequestDesk } from './request-desk.ts';
import type { ReceivedUpdate } from './respond.ts';
import { type ResponseRateLimiter, slippedAnswer } from './response-rate-limiter.ts';

/** Where to take packets. */
export type UdpPlace =
  | { readonly kind: 'address'; readonly address: string; readonly port: number }
  /** A socket that is bound already, handed over by whoever has started us. */
  | { readonly kind: 'inherited'; readonly fd: number; readonly family: 4 | 6 };

export interface UdpOptions {
  /** Lets several processes listen at one address, among which the kernel spreads the clients. */
  readonly reusePort: boolean;
  /** What the kernel keeps for us while we are busy; its own default when absent. */
  readonly receiveBufferOctets: number | undefined;
  readonly limiter: ResponseRateLimiter | undefined;
  /** How long those under way may take at the end. */
  readonly endMs: number;
}

/** Octets of answers that wait in the process because the kernel takes no more; beyond, answers are dropped, as the network would. */
const maxQueuedOctets = 4 * 1024 * 1024;

/**
 * Answers requests over UDP, at one address.
 *
 * Node cannot tell at which of several addresses a packet came in, so at a wildcard address the kernel chooses the one the answer comes
 * from, and a client may take it for a forgery: `UdpWildcard` has a socket for each. A socket that is handed over is taken as it is.
 */
export class UdpListener implements AsyncDisposable {
  readonly #socket: Socket;
  readonly #desk: RequestDesk;
  readonly #limiter: ResponseRateLimiter | undefined;
  readonly #endMs: number;
  readonly #facts = { transport: 'udp' as const, client: makeAddressOctets(), nowSeconds: 0 };
  readonly #underWay = new Set<Promise<void>>();
  #isClosed = false;
  readonly #receiving: (request: Buffer, peer: RemoteInfo) => void;

  private constructor(socket: Socket, desk: RequestDesk, { limiter, endMs }: UdpOptions) {
    this.#socket = socket;
    this.#desk = desk;
    this.#limiter = limiter;
    this.#endMs = endMs;
    this.#receiving = (request, peer) => this.#receive(request, peer);
    socket.on('message', this.#receiving);
    // What cannot be sent is lost, as it would be on the way; the client asks again.
    socket.on('error', () => {});
  }

  /** @throws what Node does when the address cannot be had */
  static async open(place: UdpPlace, desk: RequestDesk, options: UdpOptions): Promise<UdpListener> {
    const isIpv6 = place.kind === 'address' ? isIPv6(place.address) : place.family === 6;
    const socket = createSocket({
      type: isIpv6 ? 'udp6' : 'udp4',
      ipv6Only: isIpv6,
      reusePort: options.reusePort && place.kind === 'address',
      ...(options.receiveBufferOctets === undefined ? {} : { recvBufferSize: options.receiveBufferOctets }),
      // The peers' addresses are no names; the look-up that Node would do costs a turn of the event loop for each answer.
      lookup: (address, _options, found) => found(null, address, isIpv6 ? 6 : 4),
    });
    const bound = once(socket, 'listening');
    if (place.kind === 'inherited') socket.bind({ fd: place.fd });
    else socket.bind({ address: place.address, port: place.port, exclusive: true });
    try {
      await bound;
    } catch (error) {
      socket.close();
      throw error;
    }
    return new UdpListener(socket, desk, options);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  /** No new requests; those under way are answered. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.off('message', this.#receiving);
    const deadline = Promise.withResolvers<void>();
    const timer = setTimeout(() => deadline.resolve(), this.#endMs);
    await Promise.race([Promise.all(this.#underWay), deadline.promise]);
    clearTimeout(timer);
    this.#isClosed = true;
    const closed = once(this.#socket, 'close');
    this.#socket.close();
    await closed;
  }

  /** What our own code throws is caught here: such a request is answered SERVFAIL. */
  #receive(request: Buffer, peer: RemoteInfo): void {
    try {
      this.#react(request, peer);
    } catch (mistake) {
      const answer = this.#desk.mistakes.answer(request, mistake);
      if (answer !== undefined) this.#send(answer, peer);
    }
  }

  #react(request: Buffer, peer: RemoteInfo): void {
    readAddress(peer.address, this.#facts.client);
    this.#facts.nowSeconds = this.#desk.clock.unixSeconds();
    const reaction = this.#desk.respond(request, this.#facts);
    switch (reaction.kind) {
      case 'ignore':
        return;
      case 'answer':
        if (reaction.isProven) this.#send(reaction.octets, peer);
        else this.#sendLimited(reaction.octets, peer);
        return;
      case 'update':
        this.#update(reaction, request, peer);
        return;
      case 'transfer':
        // Over UDP there is none.
        return;
    }
  }

  #update(received: ReceivedUpdate, request: Uint8Array, peer: RemoteInfo): void {
    const answer = this.#desk.update(received, request);
    if (answer instanceof Promise) this.#sendLater(answer, peer);
    else if (received.form.isProven) this.#send(answer, peer);
    else this.#sendLimited(answer, peer);
  }

  #sendLater(answer: Promise<Uint8Array>, peer: RemoteInfo): void {
    const sent = answer.then((octets) => {
      this.#underWay.delete(sent);
      this.#send(octets, peer);
    });
    this.#underWay.add(sent);
  }

  #sendLimited(answer: Uint8Array, peer: RemoteInfo): void {
    const verdict = this.#limiter?.judge(answer, this.#facts.client, this.#desk.clock.monotonicMs()) ?? 'send';
    if (verdict === 'send') this.#send(answer, peer);
    else if (verdict === 'slip') this.#send(slippedAnswer(answer), peer);
  }

  #send(answer: Uint8Array, { port, address }: RemoteInfo): void {
    // Nobody can be answered at port 0, and Node throws.
    if (port === 0 || this.#isClosed || this.#socket.getSendQueueSize() > maxQueuedOctets) return;
    this.#socket.send(answer, port, address);
  }
}

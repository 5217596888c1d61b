import type { Socket } from 'node:net';

import { makeAddressOctets, networkOf, readAddress } from './client-address.ts';
import type { NameserverLimits } from './limits.ts';
import { framed, MessageFrames } from './message-frames.ts';
import type { RequestDesk } from './request-desk.ts';
import type { Reaction } from './respond.ts';
import type { TransferChannel } from './serve-transfer.ts';

/** Without a reason, an exception would be made of it, which costs more than all else that a closed connection does. */
const ended = 'The connection has ended';

export interface TcpConnectionEvents {
  /** A whole request has come, or the client has read, so the connection is not the one that has been idle longest. */
  readonly active: (connection: TcpConnection) => void;
  readonly closed: (connection: TcpConnection) => void;
}

/**
 * One client's connection (RFC 7766): requests come one behind the other, each is answered as soon as its answer is there, and
 * what is ready goes before what is not (§6.2.1.1, §7).
 *
 * A client cannot make us keep more than the limits say: while too many of its requests are under way, or too many octets wait
 * for it to read, nothing more is read from it. A client that sends its request octet by octet, sends none, or does not
 * read, is left after the idle time. One that has said that it will send no more still gets its answers.
 */
export class TcpConnection {
  readonly clientAddress: string;
  /** What is counted as one client; see {@link networkOf}. */
  readonly network: string;
  readonly #socket: Socket;
  readonly #desk: RequestDesk;
  readonly #limits: NameserverLimits;
  readonly #events: TcpConnectionEvents;
  readonly #frames = new MessageFrames();
  readonly #client = makeAddressOctets();
  readonly #ending = new AbortController();
  readonly #idleTimer: NodeJS.Timeout;
  #underWay = 0;
  /** Of those under way. */
  #transfers = 0;
  /** When a message of a transfer was sent. */
  #lastMessageMs = -Infinity;
  /** Nothing more will be read: the client has ended, or we do. */
  #isLast = false;

  constructor(socket: Socket, desk: RequestDesk, limits: NameserverLimits, events: TcpConnectionEvents) {
    this.clientAddress = socket.remoteAddress ?? '';
    this.#socket = socket;
    this.#desk = desk;
    this.#limits = limits;
    this.#events = events;
    readAddress(this.clientAddress, this.#client);
    this.network = networkOf(this.#client);
    this.#idleTimer = setTimeout(() => this.#judgeIdleness(), limits.tcpIdleMs);
    socket.setNoDelay(true);
    socket.on('data', (piece: Uint8Array) => {
      this.#frames.push(piece);
      this.#readRequests();
    });
    socket.on('drain', () => {
      this.#noteActivity();
      this.#readRequests();
    });
    socket.on('end', () => this.endSoon());
    // It closes after that, and nobody else has to know.
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(this.#idleTimer);
      this.#ending.abort(ended);
      events.closed(this);
    });
  }

  /** Whether it is our turn: an UPDATE is under way, or a transfer that goes on. One that stands in line does not count. */
  get isWaitingForUs(): boolean {
    if (this.#underWay > this.#transfers) return this.#socket.writableLength === 0;
    return this.#transfers > 0 && this.#desk.clock.monotonicMs() - this.#lastMessageMs < this.#limits.tcpStallMs;
  }

  /** Reads no more requests, answers those under way, and closes. */
  endSoon(): void {
    this.#isLast = true;
    this.#endIfDone();
  }

  /** Ends transfers, which nobody can wait for. */
  endTransfers(): void {
    this.#ending.abort(ended);
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #readRequests(): void {
    this.#socket.cork();
    while (this.#hasRoom()) {
      const request = this.#frames.next();
      if (request === undefined) break;
      // Whoever lets answers lie gets no more time for asking on.
      if (this.#socket.writableLength === 0) this.#noteActivity();
      this.#receive(request);
    }
    this.#socket.uncork();
    if (this.#hasRoom()) this.#socket.resume();
    else this.#socket.pause();
    this.#endIfDone();
  }

  #hasRoom(): boolean {
    return (
      this.#underWay < this.#limits.tcpRequestsUnderWay && this.#socket.writableLength <= this.#limits.tcpUnsentOctets
    );
  }

  /** What our own code throws is caught here: such a request is answered SERVFAIL, and those behind it as they deserve. */
  #receive(request: Uint8Array): void {
    try {
      this.#react(request);
    } catch (mistake) {
      this.#answerMistake(request, mistake);
    }
  }

  #answerMistake(request: Uint8Array, mistake: unknown): void {
    const answer = this.#desk.mistakes.answer(request, mistake);
    if (answer !== undefined) this.#write(answer);
  }

  #react(request: Uint8Array): void {
    const nowSeconds = this.#desk.clock.unixSeconds();
    const reaction = this.#desk.respond(request, { transport: 'tcp', client: this.#client, nowSeconds });
    switch (reaction.kind) {
      case 'ignore':
        return;
      case 'answer':
        this.#write(reaction.octets);
        return;
      case 'update': {
        const answer = this.#desk.update(reaction, request);
        if (answer instanceof Promise) this.#wait(answer.then((octets) => void this.#write(octets)));
        else this.#write(answer);
        return;
      }
      case 'transfer':
        this.#wait(this.#transfer(reaction, request));
        return;
    }
  }

  async #transfer(reaction: Extract<Reaction, { kind: 'transfer' }>, request: Uint8Array): Promise<void> {
    let hasBegun = false;
    const channel: TransferChannel = {
      send: (message) => {
        hasBegun = true;
        return this.#writeAndWait(message);
      },
      breakOff: () => this.destroy(),
      signal: this.#ending.signal,
    };
    this.#transfers += 1;
    try {
      await this.#desk.transfer(reaction, this.clientAddress, channel);
    } catch (mistake) {
      if (!hasBegun) return this.#answerMistake(request, mistake);
      this.#desk.mistakes.take(request, mistake);
      // Half a transfer must not look like a whole one, so the connection ends (RFC 5936 §2.2).
      this.destroy();
    } finally {
      this.#transfers -= 1;
    }
  }

  #wait(work: Promise<void>): void {
    this.#underWay += 1;
    void work.finally(() => {
      this.#underWay -= 1;
      this.#idleTimer.refresh();
      this.#readRequests();
    });
  }

  #write(message: Uint8Array): boolean {
    return this.#socket.writable && this.#socket.write(framed(message));
  }

  async #writeAndWait(message: Uint8Array): Promise<boolean> {
    if (!this.#socket.writable || this.#ending.signal.aborted) return false;
    this.#lastMessageMs = this.#desk.clock.monotonicMs();
    if (this.#write(message)) {
      this.#noteActivity();
      return true;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    const done = () => resolve();
    this.#socket.once('drain', done);
    this.#ending.signal.addEventListener('abort', done, { once: true });
    await promise;
    this.#socket.off('drain', done);
    this.#ending.signal.removeEventListener('abort', done);
    return this.#socket.writable && !this.#ending.signal.aborted;
  }

  #noteActivity(): void {
    this.#idleTimer.refresh();
    this.#events.active(this);
  }

  #endIfDone(): void {
    // Requests that came before the end and found no room yet are still read.
    if (this.#isLast && this.#underWay === 0 && this.#hasRoom()) this.#socket.end();
  }

  /** Whoever waits for us is not idle; whoever does not read what we send is. */
  #judgeIdleness(): void {
    if (this.#underWay > 0 && this.#socket.writableLength === 0) this.#idleTimer.refresh();
    else this.destroy();
  }
}

import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Origin } from '../access/authenticator.ts';
import { RefusalAllowance } from '../observe/refusal-allowance.ts';
import { type Answer, sendAnswer } from './answer.ts';
import { type ClientAddress, findClientAddress } from './client-address.ts';
import { type Refusal, refusalAnswer } from './refusal.ts';
import type { CheckReport, HttpServices, HttpSettings } from './services.ts';
import { shareAnswer } from './single-flight.ts';
import type { UpdateRequest } from '../updates/request.ts';
import type { UpdateResult } from '../updates/updater.ts';

/** Where requests come in and answers go out: every answer is counted here, and every refusal written down. */
export class Desk {
  readonly services: HttpServices;
  /** A check writes to the nameserver: however many ask for it, in whatever dialect, it runs once at a time. */
  readonly check: () => Promise<CheckReport>;
  readonly #allowance: RefusalAllowance;
  #updatesInFlight = 0;
  #isClosing = false;

  constructor(services: HttpServices) {
    this.services = services;
    const { log, clock, limits, check } = services;
    this.check = shareAnswer(
      () => check(AbortSignal.timeout(limits.checkTimeoutMs)),
      0,
      () => clock.monotonicMs(),
    );
    this.#allowance = new RefusalAllowance({
      log,
      clock,
      linesPerSecond: limits.loggedRefusalsPerSecond,
      what: 'refused requests',
    });
    services.metrics.gauge(
      'dyndns_http_updates_in_flight',
      'Update requests that wait for their outcome.',
      () => this.#updatesInFlight,
    );
  }

  /**
   * What an answer quotes from the request is {@link printable} already; here the secrets go that somebody may have put
   * into it. Whatever is done successfully quotes nothing but validated names and addresses.
   *
   * @param route  the pattern, never the URL, which may hold a secret
   */
  answer(reply: FastifyReply, route: string, answer: Answer): void {
    this.services.metrics.requestAnswered(route, answer.status);
    // Else the connection would be kept open for another request.
    if (this.#isClosing) reply.header('connection', 'close');
    const { status, text } = answer;
    const isDone = status < 400 || text === undefined;
    sendAnswer(reply, isDone ? answer : { ...answer, text: this.services.redactor.redact(text) });
  }

  /** @param answer  the refusal in the words of a dialect that has its own */
  refuse(
    request: FastifyRequest,
    reply: FastifyReply,
    route: string,
    refusal: Refusal,
    answer: Answer = refusalAnswer(refusal),
  ): void {
    this.#log(route, refusal, this.clientAddress(request), answer.status);
    this.answer(reply, route, answer);
  }

  /** From now on every answer is the last on its connection. */
  beginClosing(): void {
    this.#isClosing = true;
  }

  /** Counts and writes down what was answered on the bare socket. */
  refused(refusal: Refusal | undefined, socket: Socket): void {
    if (!refusal) return;
    this.services.metrics.requestAnswered('none', refusal.status);
    this.#log(
      'none',
      refusal,
      findClientAddress(socket.remoteAddress, undefined, this.services.current().trustedProxies),
    );
  }

  clientAddress({ raw }: FastifyRequest): ClientAddress {
    const forwardedFor = raw.headers['x-forwarded-for'];
    return findClientAddress(
      raw.socket.remoteAddress,
      typeof forwardedFor === 'string' ? forwardedFor : forwardedFor?.join(','),
      this.services.current().trustedProxies,
    );
  }

  /** Where a request comes from, as far as credentials care. */
  origin(request: FastifyRequest): Origin {
    const client = this.clientAddress(request);
    const source = client.kind === 'known' ? client.address : undefined;
    return { source, isEncrypted: this.#isEncrypted(request) };
  }

  /** By the word of a trusted proxy, which is the last to have written that header. */
  #isEncrypted({ raw }: FastifyRequest): boolean {
    const scheme = raw.headers['x-forwarded-proto'];
    if (typeof scheme !== 'string' || !/^https$/i.test(scheme.trim())) return false;
    const peer = findClientAddress(raw.socket.remoteAddress, undefined, this.services.current().trustedProxies);
    return peer.kind === 'known' && peer.isTrustedProxy;
  }

  /** Whether one more update may be under way; then {@link updateEnded} has to follow. */
  beginUpdate(): boolean {
    if (this.#updatesInFlight >= this.services.limits.updatesInFlight) return false;
    this.#updatesInFlight += 1;
    return true;
  }

  /** Carries out an update and counts it; undefined where there is no room for one more. */
  async carryOut(updater: HttpSettings['updater'], update: UpdateRequest): Promise<UpdateResult | undefined> {
    if (!this.beginUpdate()) return undefined;
    const startedAtMs = this.services.clock.monotonicMs();
    try {
      return await updater.carryOut(update);
    } finally {
      this.updateEnded(startedAtMs);
    }
  }

  /** @param startedAtMs  when it began, on the monotonic clock */
  updateEnded(startedAtMs: number): void {
    this.#updatesInFlight -= 1;
    this.services.metrics.updateTook((this.services.clock.monotonicMs() - startedAtMs) / 1000);
  }

  /** @param status  that of the answer, which is a dialect's own */
  #log(route: string, refusal: Refusal, client: ClientAddress, status = refusal.status): void {
    const { log } = this.services;
    if (!log.isEnabled(refusal.word) || !this.#allowance.mayLog()) return;
    const { word, text, name, credential } = refusal;
    log.write(word, text, {
      route,
      status,
      ...(name === undefined ? {} : { name }),
      ...(credential === undefined ? {} : { credential }),
      client: client.kind === 'known' ? client.address.text : 'unknown',
    });
  }
}

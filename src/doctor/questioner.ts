import { Class, Opcode, Type } from '../dns/codes.ts';
import { toOpt } from '../dns/edns.ts';
import { encodeMessage, makeQuery } from '../dns/message.ts';
import type { Name } from '../dns/name.ts';
import { defaultFudgeSeconds, signRequest, type TsigKey } from '../dns/tsig.ts';
import { encodeUpdate, type Prerequisite, type UpdateOperation } from '../dns/update.ts';
import type { Endpoint } from '../primary/rfc2136/connection.ts';
import type { Clock } from '../updates/clock.ts';
import { type Answer, judgeDelivery } from './answer.ts';
import { Dialogue } from './dialogue.ts';

export interface QuestionerOptions {
  readonly endpoint: Endpoint;
  readonly key: TsigKey;
  readonly clock: Clock;
  readonly connectTimeoutMs: number;
  readonly answerTimeoutMs: number;
  /** How long all questions together may take; what is asked later is met with silence. */
  readonly examinationMs: number;
  /** A fresh unpredictable 16-bit number a call. */
  readonly freshId: () => number;
}

/** How a query departs from the ordinary one: signed with the zone's key, now, with the usual fudge. */
export interface QueryManner {
  /** Another key, or none. */
  readonly key?: TsigKey | 'none';
  readonly fudgeSeconds?: number;
  /** Added to the time of the signature. */
  readonly shiftSeconds?: number;
  readonly recursionDesired?: boolean;
  /** EDNS option codes to send, empty (RFC 6891 §6.1.2). */
  readonly ednsOptions?: readonly number[];
}

/** Puts questions and updates to one nameserver, signs them, and judges the form of what comes back. */
export class Questioner implements AsyncDisposable {
  readonly #options: QuestionerOptions;
  readonly #dialogue: Dialogue;
  #deadlineMs: number;

  constructor(options: QuestionerOptions) {
    this.#options = options;
    this.#deadlineMs = options.clock.monotonicMs() + options.examinationMs;
    this.#dialogue = new Dialogue(options.endpoint, options.connectTimeoutMs);
  }

  /** Sees to it that there is so much time left, for what must not be left undone. */
  grantMs(milliseconds: number): void {
    this.#deadlineMs = Math.max(this.#deadlineMs, this.#options.clock.monotonicMs() + milliseconds);
  }

  query(name: Name, type: number, manner: QueryManner = {}): Promise<Answer> {
    const { recursionDesired = false, ednsOptions } = manner;
    const query = makeQuery({ id: this.#options.freshId(), name, type, recursionDesired });
    const additionals = ednsOptions ? [optRecord(ednsOptions)] : [];
    return this.#ask(encodeMessage({ ...query, additionals }), { opcode: Opcode.QUERY, name, type }, manner);
  }

  update(zone: Name, prerequisites: readonly Prerequisite[], operations: readonly UpdateOperation[]): Promise<Answer> {
    const id = this.#options.freshId();
    const wire = encodeUpdate({ id, zone, zoneClass: Class.IN, prerequisites, operations });
    return this.#ask(wire, { opcode: Opcode.UPDATE, name: zone, type: Type.SOA }, {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#dialogue[Symbol.asyncDispose]();
  }

  async #ask(
    unsigned: Uint8Array,
    asked: { readonly opcode: number; readonly name: Name; readonly type: number },
    manner: QueryManner,
  ): Promise<Answer> {
    const { clock, key: zoneKey } = this.#options;
    const timeoutMs = Math.min(this.#options.answerTimeoutMs, this.#deadlineMs - clock.monotonicMs());
    if (timeoutMs <= 0) return { kind: 'silence' };
    const repeatable = asked.opcode === Opcode.QUERY;
    const key = manner.key ?? zoneKey;
    if (key === 'none') return judgeDelivery(await this.#dialogue.ask(unsigned, timeoutMs, repeatable), asked);
    const signAtSeconds = clock.unixSeconds() + (manner.shiftSeconds ?? 0);
    const { wire, mac } = signRequest(unsigned, key, signAtSeconds, manner.fudgeSeconds ?? defaultFudgeSeconds);
    const delivery = await this.#dialogue.ask(wire, timeoutMs, repeatable);
    return judgeDelivery(delivery, { ...asked, signature: { key, mac } });
  }
}

/** The size is of no account over TCP; 1232 is what everybody says. */
function optRecord(options: readonly number[]) {
  return toOpt({
    udpPayloadSize: 1232,
    version: 0,
    dnssecOk: false,
    extendedRcode: 0,
    options: options.map((code) => ({ code, data: new Uint8Array(0) })),
  });
}

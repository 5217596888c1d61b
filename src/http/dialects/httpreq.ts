import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';

import { Type } from '../../dns/codes.ts';
import type { Hostname } from '../../updates/hostname.ts';
import type { RecordIntent } from '../../updates/request.ts';
import { admit } from '../admission.ts';
import type { Answer } from '../answer.ts';
import type { Desk } from '../desk.ts';
import { nameError, parameterError, type Refusal, refusalAnswer, refusalTo } from '../refusal.ts';
import { challengeName, challengeTtlSeconds, textRdata } from './challenge.ts';
import { hostOf } from './dyndns2-request.ts';
import { faultRefusal } from './seed-words.ts';

const dialect = 'httpreq';

/** Values that stand side by side at one challenge: a name and its wildcard, for several certificates at a time. */
const mostValues = 20;

const text = z.string().min(1).max(1024);

/** lego's default mode, and RAW, where the value is still to be computed from the key authorisation (RFC 8555 §8.4). */
const plainSchema = z.looseObject({ fqdn: text, value: text });
const rawSchema = z.looseObject({ domain: text, token: z.string().max(1024), keyAuth: text });

type Act = 'present' | 'cleanup';

/** lego's provider httpreq: a challenge comes and goes by POST of JSON, under any prefix. */
export class HttpreqDialect {
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  addRoutes(app: FastifyInstance): void {
    for (const prefix of ['', '/:prefix', '/:prefix/:more'])
      for (const act of ['present', 'cleanup'] as const)
        app.route({
          method: 'POST',
          url: `${prefix}/${act}`,
          handler: (request, reply) => this.#serve(request, reply, `${prefix}/${act}`, act),
        });
  }

  async #serve(request: FastifyRequest, reply: FastifyReply, route: string, act: Act): Promise<void> {
    const result = await this.#carryOut(request, act);
    if ('word' in result) this.#desk.refuse(request, reply, route, result, unauthorised(result));
    else this.#desk.answer(reply, route, result);
  }

  async #carryOut(request: FastifyRequest, act: Act): Promise<Answer | Refusal> {
    const admission = await admit(this.#desk, request, { secret: undefined });
    if (admission.kind === 'anonymous') return parameterError('Send user name and token by Basic.', 401);
    if (admission.kind === 'refused') return admission.refusal;
    const { asker } = admission;
    const wanted = readBody(request.body);
    if ('word' in wanted) return refusalTo(asker, wanted);
    const { hostname, rdata, echo } = wanted;
    const { updater } = this.#desk.services.current();
    const intent: RecordIntent =
      act === 'present'
        ? { kind: 'add', type: Type.TXT, rdatas: [rdata], atMost: mostValues }
        : { kind: 'subtract', type: Type.TXT, rdatas: [rdata] };
    const names = [{ hostname, intents: [intent], ttlSeconds: challengeTtlSeconds }];
    const result = await this.#desk.carryOut(updater, { dialect, asker, names });
    const outcome = result?.outcomes[0];
    if (!outcome) return refusalTo(asker, overloaded, [hostname]);
    // The log has it already, as of every update.
    if (outcome.kind === 'failed') return refusalAnswer(faultRefusal(outcome.fault));
    return { status: 200, text: `${JSON.stringify(echo)}\n`, contentType: 'application/json' };
  }
}

function readBody(body: unknown) {
  const sent = jsonOf(body);
  const plain = plainSchema.safeParse(sent);
  if (plain.success) return challengeOf(hostOf(plain.data.fqdn), plain.data.value, plain.data);
  const raw = rawSchema.safeParse(sent);
  if (!raw.success)
    return parameterError('The body is no JSON with fqdn and value, or with domain, token and keyAuth.');
  const value = createHash('sha256').update(raw.data.keyAuth).digest('base64url');
  return challengeOf(rawChallenge(raw.data.domain), value, raw.data);
}

function challengeOf(hostname: Hostname | undefined, value: string, echo: object) {
  if (!hostname) return nameError('The name of the challenge is no host name.');
  const rdata = textRdata(value);
  if (!rdata) return parameterError('The value has more than 255 octets, or some that cannot be printed.');
  return { hostname, rdata, echo };
}

function rawChallenge(domain: string) {
  const hostname = hostOf(domain);
  return hostname && challengeName(hostname);
}

/** Undefined for what is no JSON, which no schema takes. */
export function jsonOf(body: unknown): unknown {
  try {
    return JSON.parse(typeof body === 'string' ? body : '');
  } catch {
    return undefined;
  }
}

function unauthorised(refusal: Refusal): Answer {
  const answer = refusalAnswer(refusal);
  return refusal.status === 401 ? { ...answer, headers: { 'www-authenticate': 'Basic realm="dyndns"' } } : answer;
}

const overloaded: Refusal = {
  ...parameterError('Too many updates are under way; try again in a moment.', 503),
  retryAfterSeconds: 1,
};

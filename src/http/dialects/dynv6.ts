import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { isChanged } from '../../updates/outcome.ts';
import { admit } from '../admission.ts';
import type { Answer } from '../answer.ts';
import type { Desk } from '../desk.ts';
import type { EncodedArguments } from '../encoded-arguments.ts';
import { firstOf, readLeniently } from '../lenient-arguments.ts';
import { parameterError, type Refusal, refusalAnswer, refusalTo } from '../refusal.ts';
import { intentsOf, readWish } from './dyndns2-request.ts';
import { dynv6Addresses } from './dynv6-addresses.ts';
import { ownName } from './own-name.ts';
import { faultRefusal } from './seed-words.ts';

const dialect = 'dynv6';
const url = '/api/update';

/** dynv6's own, by which its clients go. */
const updated = 'addresses updated';
const unchanged = 'addresses unchanged';
const wrongToken = 'invalid authentication token';

type Verdict = { readonly answer: Answer; readonly refusal?: Refusal };

/** dynv6: what is not named is kept, `auto` is the client's own address, and `-` removes. */
export class Dynv6Dialect {
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  addRoutes(app: FastifyInstance): void {
    app.route({ method: ['GET', 'HEAD'], url, handler: (request, reply) => this.#serve(request, reply) });
  }

  async #serve(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { answer, refusal } = await this.#judge(request);
    if (refusal) this.#desk.refuse(request, reply, url, refusal, answer);
    else this.#desk.answer(reply, url, answer);
  }

  async #judge(request: FastifyRequest): Promise<Verdict> {
    const values = readLeniently([(request.query as EncodedArguments).text], this.#desk.services.limits.argumentCount);
    const admission = await admit(this.#desk, request, { secret: values.get('token') });
    if (admission.kind === 'anonymous') return { answer: { status: 401, text: wrongToken } };
    if (admission.kind === 'refused') {
      const { refusal } = admission;
      const { status, retryAfterSeconds } = refusal;
      if (status !== 401) return { answer: refusalAnswer(refusal), refusal };
      return { answer: { status, text: wrongToken, ...(retryAfterSeconds ? { retryAfterSeconds } : {}) }, refusal };
    }
    const { asker } = admission;
    const settings = this.#desk.services.current();
    const written = firstOf(values, ['hostname', 'zone']) ?? '';
    if (written === '') return refused(refusalTo(asker, namesNoHost));
    const hostname = ownName(written, asker, settings);
    if (!hostname) return refused(refusalTo(asker, noSuchHost));
    const unusable = (reason: string): Verdict => {
      const why = `The addresses cannot be taken: ${reason}.`;
      settings.updater.turnedAway([hostname], why, { dialect, asker });
      return refused(refusalTo(asker, parameterError(why), [hostname]));
    };
    const addresses = dynv6Addresses(values, () => this.#desk.clientAddress(request));
    if (addresses.kind === 'unusable') return unusable(addresses.reason);
    if (addresses.values.size === 0) return { answer: { status: 200, text: unchanged } };
    const read = readWish(addresses.values, undefined, () => this.#desk.clientAddress(request));
    if (read.kind === 'unusable') return unusable(read.reason);
    if (request.method === 'HEAD') return { answer: { status: 200, text: undefined } };
    const { prefix, warning } = read.wish;
    const names = [{ hostname, intents: intentsOf(read.wish), ...(prefix ? { prefix } : {}) }];
    const warnings = warning === undefined ? [] : [warning];
    const result = await this.#desk.carryOut(settings.updater, { dialect, asker, names, warnings });
    const outcome = result?.outcomes[0];
    if (!result || !outcome) return refused(overloaded);
    if (outcome.kind === 'failed') return { answer: refusalAnswer(faultRefusal(outcome.fault)) };
    const hasChanged = isChanged(outcome) || result.derived.some((each) => isChanged(each.outcome));
    return { answer: { status: 200, text: hasChanged ? updated : unchanged } };
  }
}

const overloaded: Refusal = {
  ...parameterError('Too many updates are under way; try again in a moment.', 503),
  retryAfterSeconds: 1,
};

const namesNoHost = parameterError('The request names no host: add hostname=.');
const noSuchHost = parameterError('There is no such host for this token.', 404);

function refused(refusal: Refusal): Verdict {
  return { answer: refusalAnswer(refusal), refusal };
}

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Asker } from '../../updates/asker.ts';
import type { NameOutcome } from '../../updates/outcome.ts';
import { exactAddresses, noAddresses, type UpdateRequest } from '../../updates/request.ts';
import type { Answer } from '../answer.ts';
import { type ArgumentFault, parseArguments } from '../arguments.ts';
import { checkCredential } from '../credential.ts';
import type { Desk } from '../desk.ts';
import { administratorsOnly } from '../pages.ts';
import { isPrefetch } from '../prefetch.ts';
import { parameterError, type Refusal, refusalTo } from '../refusal.ts';
import type { EncodedArguments } from '../encoded-arguments.ts';
import { delayGuess } from '../guess-delay.ts';
import type { HttpSettings } from '../services.ts';
import { faultStatus } from '../status.ts';
import { type ArgumentValues, readAddresses, readName, readTtl } from './seed-request.ts';
import { argumentRefusal, deleteAnswer, updateAnswer } from './seed-words.ts';

const dialect = 'seed';

/** HEAD is answered with the status that GET would get, as far as that can be known without changing anything. */
const methods = ['GET', 'HEAD', 'POST'];

const queryArguments: ReadonlySet<string> = new Set([
  'secret',
  'fqdn',
  'zone_name',
  'record_name',
  'ip_1',
  'ip_2',
  'ipv4',
  'ipv6',
  'ttl',
]);
const secretArgument: ReadonlySet<string> = new Set(['secret']);
const noArguments: ReadonlySet<string> = new Set();

/** One request to a page, as far as it is understood. */
interface Visit {
  readonly request: FastifyRequest;
  readonly asker: Asker;
  /** The same ones throughout, even if the configuration is read anew meanwhile. */
  readonly settings: HttpSettings;
  readonly values: ArgumentValues;
  readonly fault: ArgumentFault | undefined;
}

type Arrival = Omit<Visit, 'asker'>;

/** What a page does once it is settled who asks and that the arguments are its own. */
type Page = (visit: Visit) => Promise<Answer | Refusal> | Answer | Refusal;

/** The original's URLs: `/update-by-path`, `/update-by-query`, `/delete-by-path`, `/check`. */
export class SeedDialect {
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  addRoutes(app: FastifyInstance): void {
    const update = this.#byPath('/update-by-path', (visit) => this.#update(visit));
    for (const addresses of ['', '/:ip_1', '/:ip_1/:ip_2'])
      app.route({ method: methods, url: `/update-by-path/:secret/:fqdn${addresses}`, handler: update });
    const updateByQuery = this.#byQuery('/update-by-query', queryArguments, (visit) => this.#update(visit));
    app.route({ method: methods, url: '/update-by-query', handler: updateByQuery });
    const remove = this.#byPath('/delete-by-path', (visit) => this.#delete(visit));
    app.route({ method: methods, url: '/delete-by-path/:secret/:fqdn', handler: remove });
    const check = this.#byQuery('/check', secretArgument, (visit) => this.#check(visit));
    app.route({ method: methods, url: '/check', handler: check });
  }

  #byPath(route: string, page: Page) {
    return (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
      const segments = request.params as Readonly<Record<string, string>>;
      const values = { get: (name: string) => segments[name] || undefined };
      const { fault } = this.#sentArguments(request, noArguments);
      return this.#serve(reply, route, page, { request, settings: this.#desk.services.current(), values, fault });
    };
  }

  #byQuery(route: string, known: ReadonlySet<string>, page: Page) {
    return (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
      const { values, fault } = this.#sentArguments(request, known);
      return this.#serve(reply, route, page, { request, settings: this.#desk.services.current(), values, fault });
    };
  }

  /** The arguments of the query, and of the form if there is one. */
  #sentArguments({ query, body }: FastifyRequest, known: ReadonlySet<string>) {
    const { text } = query as EncodedArguments;
    const texts = typeof body === 'string' ? [text, body] : [text];
    return parseArguments(texts, known, this.#desk.services.limits.argumentCount);
  }

  /** The order of the checks is part of the API: secret, unknown arguments, name, address. */
  async #serve(reply: FastifyReply, route: string, page: Page, arrival: Arrival): Promise<void> {
    const result = await this.#admit(page, arrival);
    if ('word' in result) this.#desk.refuse(arrival.request, reply, route, result);
    else this.#desk.answer(reply, route, result);
  }

  async #admit(page: Page, arrival: Arrival): Promise<Answer | Refusal> {
    const { request, settings, values, fault } = arrival;
    if (isPrefetch(request.raw.headers)) return prefetched;
    const origin = this.#desk.origin(request);
    const verdict = checkCredential(request.raw, values.get('secret'), origin, settings.authenticator);
    if (verdict.kind === 'refused') {
      const { refusal, delayMs } = verdict;
      if (delayMs !== undefined) await delayGuess(delayMs, request.raw);
      return refusal;
    }
    const { asker } = verdict;
    const result = fault ? argumentRefusal(fault) : await page({ ...arrival, asker });
    return 'word' in result ? refusalTo(asker, result) : result;
  }

  #update({ request, settings, asker, values }: Visit): Promise<Answer | Refusal> | Refusal {
    const ttl = readTtl(values);
    if (ttl.kind === 'refused') return ttl.refusal;
    const name = readName(values, settings.updater.zones);
    if (name.kind === 'refused') return name.refusal;
    const addresses = readAddresses(values, () => this.#desk.clientAddress(request));
    if (addresses.kind === 'refused') return addresses.refusal;
    const { ipv4, ipv6, warnings } = addresses.value;
    const nameRequest = { hostname: name.value, intents: exactAddresses(ipv4, ipv6) };
    const names = [ttl.value === undefined ? nameRequest : { ...nameRequest, ttlSeconds: ttl.value }];
    return this.#carryOut(request, settings, { dialect, asker, names, warnings }, updateAnswer);
  }

  #delete({ request, settings, asker, values }: Visit): Promise<Answer | Refusal> | Refusal {
    const name = readName(values, settings.updater.zones);
    if (name.kind === 'refused') return name.refusal;
    const names = [{ hostname: name.value, intents: noAddresses }];
    return this.#carryOut(request, settings, { dialect, asker, names }, deleteAnswer);
  }

  async #carryOut(
    request: FastifyRequest,
    { updater }: HttpSettings,
    update: UpdateRequest,
    word: (outcome: NameOutcome) => Answer,
  ): Promise<Answer | Refusal> {
    if (request.method === 'HEAD') return nothingDone;
    if (!this.#desk.beginUpdate()) return overloaded;
    const startedAtMs = this.#desk.services.clock.monotonicMs();
    try {
      const [outcome] = await updater.update(update);
      if (!outcome) throw new Error('the updater gives one outcome for each name');
      return word(outcome);
    } finally {
      this.#desk.updateEnded(startedAtMs);
    }
  }

  async #check({ request, asker }: Visit): Promise<Answer | Refusal> {
    if (asker.credential.kind === 'token') return administratorsOnly;
    if (request.method === 'HEAD') return nothingDone;
    const { lines, passed, fault } = await this.#desk.check();
    const text = lines.map((line) => `${line}\n`).join('');
    return { status: passed ? 200 : fault ? faultStatus(fault) : 502, text };
  }
}

const nothingDone: Answer = { status: 200, text: undefined };

const prefetched = parameterError(
  'The request is marked as a prefetch or preview, so nothing was changed; send it without that mark.',
  403,
);

const overloaded: Refusal = {
  word: 'DNS_SERVER_ERROR',
  text: 'Too many updates are under way; try again in a moment.',
  status: 503,
  retryAfterSeconds: 1,
};

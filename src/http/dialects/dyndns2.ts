import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { Type } from '../../dns/codes.ts';
import type { Asker } from '../../updates/asker.ts';
import type { Hostname } from '../../updates/hostname.ts';
import { isChanged, type NameOutcome } from '../../updates/outcome.ts';
import { type NameRequest, noAddresses } from '../../updates/request.ts';
import type { UpdateResult } from '../../updates/updater.ts';
import { admit } from '../admission.ts';
import type { Answer } from '../answer.ts';
import { capitalised } from '../capitalised.ts';
import type { Desk } from '../desk.ts';
import type { EncodedArguments } from '../encoded-arguments.ts';
import { firstOf, readLeniently } from '../lenient-arguments.ts';
import { addressError, type Refusal, refusalTo } from '../refusal.ts';
import type { HttpSettings } from '../services.ts';
import {
  type AddressWish,
  hostOf,
  intentsOf,
  isOffline,
  mostHosts,
  readHosts,
  readWish,
  secretNames,
  userNames,
  type Values,
} from './dyndns2-request.ts';
import {
  admissionAnswer,
  type Line,
  linesAnswer,
  outcomeLine,
  unauthorised,
  type Word,
  wordLine,
} from './dyndns2-words.ts';

const dialect = 'dyndns2';
const methods = ['GET', 'HEAD', 'POST', 'PUT'];
const updatePaths = ['/nic/update', '/v3/update', '/v2/update', '/dyndns/update'];
const deletePath = '/nic/delete';

/** One request, once it is known who asks. */
interface Visit {
  readonly request: FastifyRequest;
  readonly settings: HttpSettings;
  readonly asker: Asker;
  readonly values: Values;
  /** Of Basic, or beside the password in the query. */
  readonly userName: string | undefined;
  readonly isDeletion: boolean;
}

/** A host as it was written, and what is to become of it; or the word that it gets at once. */
type Wanted =
  | { readonly kind: 'wanted'; readonly hostname: Hostname; readonly request: NameRequest; readonly wish: AddressWish }
  | { readonly kind: 'word'; readonly word: Word };

/** A host whose addresses cannot be used, and why, in a sentence. */
interface Unusable {
  readonly hostname: Hostname;
  readonly why: string;
}

/** What a request comes to, and why it was refused where the log is to tell. */
interface Verdict {
  readonly answer: Answer;
  readonly refusal?: Refusal;
}

/** The dialect that routers speak: `/nic/update?hostname=…&myip=…`. */
export class Dyndns2Dialect {
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  addRoutes(app: FastifyInstance): void {
    for (const url of updatePaths)
      app.route({ method: methods, url, handler: (request, reply) => this.serve(request, reply, url) });
    app.route({
      method: methods,
      url: deletePath,
      handler: (request, reply) => this.serve(request, reply, deletePath),
    });
  }

  /** @param route  for the metrics and the log */
  async serve(request: FastifyRequest, reply: FastifyReply, route: string): Promise<void> {
    const { answer, refusal } = await this.#judge(request, route === deletePath);
    if (refusal) this.#desk.refuse(request, reply, route, refusal, answer);
    else this.#desk.answer(reply, route, answer);
  }

  async #judge(request: FastifyRequest, isDeletion: boolean): Promise<Verdict> {
    const { text } = request.query as EncodedArguments;
    const texts = isForm(request) ? [text, String(request.body)] : [text];
    const values = readLeniently(texts, this.#desk.services.limits.argumentCount);
    const fromArguments = { secret: firstOf(values, secretNames), userName: firstOf(values, userNames) };
    const admission = await admit(this.#desk, request, fromArguments);
    if (admission.kind === 'anonymous') return { answer: unauthorised };
    if (admission.kind === 'refused') return { answer: admissionAnswer(admission), refusal: admission.refusal };
    const { asker, userName } = admission;
    const settings = this.#desk.services.current();
    return await this.#answer({ request, settings, asker, values, userName, isDeletion });
  }

  async #answer(visit: Visit): Promise<Verdict> {
    const hosts = namesOf(visit);
    if (hosts.length === 0) return { answer: linesAnswer([wordLine('notfqdn')]) };
    if (hosts.length > mostHosts) return { answer: linesAnswer([wordLine('numhost')]) };
    if (visit.request.method === 'HEAD') return { answer: { status: 200, text: undefined } };
    const unusable: Unusable[] = [];
    const wanted = hosts.map((host) => this.#wanted(host, visit, unusable));
    const lines = await this.#carryOut(visit, wanted);
    const answer = linesAnswer(lines);
    const { asker, settings } = visit;
    for (const { hostname, why } of unusable) settings.updater.turnedAway([hostname], why, { dialect, asker });
    const [first] = unusable;
    if (!first) return { answer };
    const names = unusable.map(({ hostname }) => hostname);
    return { answer, refusal: refusalTo(asker, addressError(first.why), names) };
  }

  #wanted(written: string, visit: Visit, unusable: Unusable[]): Wanted {
    const { request, values, settings, isDeletion, userName } = visit;
    const hostname = hostOf(written);
    if (!hostname) return { kind: 'word', word: 'notfqdn' };
    if (isStranger(hostname, userName, visit)) return { kind: 'word', word: 'nohost' };
    if (isDeletion || isOffline(values))
      return { kind: 'wanted', hostname, request: { hostname, intents: noAddresses }, wish: {} };
    const read = readWish(values, hostname, () => this.#desk.clientAddress(request));
    if (read.kind === 'unusable') {
      // Whose name it is not is not told what is wrong with the address.
      const mayChange = addressTypes.some((type) => visit.asker.permission(hostname, type, 'set').kind === 'granted');
      if (!mayChange || !settings.updater.zones.find(hostname)) return { kind: 'word', word: 'nohost' };
      unusable.push({ hostname, why: `${capitalised(read.reason)}.` });
      return { kind: 'word', word: 'dnserr' };
    }
    const { wish } = read;
    const intents = intentsOf(wish);
    const prefix = wish.prefix ? { prefix: wish.prefix } : {};
    return { kind: 'wanted', hostname, request: { hostname, intents, ...prefix }, wish };
  }

  async #carryOut({ asker, settings }: Visit, wanted: readonly Wanted[]): Promise<readonly Line[]> {
    const asked = wanted.flatMap((each) => (each.kind === 'wanted' ? [each] : []));
    const warnings = [...new Set(asked.flatMap(({ wish }) => wish.warning ?? []))];
    const names = asked.map(({ request }) => request);
    const result =
      names.length === 0 ? nothing : await this.#desk.carryOut(settings.updater, { dialect, asker, names, warnings });
    if (!result) return [wordLine('911')];
    const outcomes = new Map(result.outcomes.map((outcome) => [outcome.hostname.key, outcome]));
    const isElsewhereChanged = result.derived.some(({ outcome }) => isChanged(outcome));
    return wanted.map((each) => {
      if (each.kind === 'word') return wordLine(each.word);
      const outcome = outcomes.get(each.hostname.key);
      if (!outcome) throw new Error('the updater gives one outcome for each name');
      return outcomeLine(outcome, valuesOf(outcome, each.wish), isElsewhereChanged && each.wish.prefix !== undefined);
    });
  }
}

/** Whatever else a device sends along is not looked at. */
function isForm({ body, headers }: FastifyRequest): boolean {
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  return typeof body === 'string' && type === 'application/x-www-form-urlencoded';
}

const addressTypes = [Type.A, Type.AAAA];

const nothing: UpdateResult = { outcomes: [], derived: [], skipped: [], notes: [] };

/** As they were written, or those that the credential is for. */
function namesOf({ values, userName, asker, settings }: Visit): readonly string[] {
  const written = readHosts(values);
  if (written.length > 0) return written;
  const fromUser = userName === undefined ? undefined : hostOf(userName);
  if (fromUser && settings.updater.zones.find(fromUser)) return [fromUser.toString()];
  return asker.listedNames?.map((name) => name.toString()) ?? [];
}

/** Whether the user name is a host of ours, and this host is not the one. */
function isStranger(hostname: Hostname, userName: string | undefined, { settings, values }: Visit): boolean {
  const user = userName === undefined ? undefined : hostOf(userName);
  if (!user || !settings.updater.zones.find(user)) return false;
  const names = readHosts(values).map((written) => hostOf(written)?.key);
  return names.length > 0 && !names.includes(user.key) && hostname.key !== user.key;
}

/** The addresses that the name has now, of the families that were asked about, IPv4 first; and the prefix that came. */
function valuesOf(outcome: NameOutcome, { prefix }: AddressWish): readonly string[] {
  if (outcome.kind === 'failed') return [];
  const addresses = [Type.A, Type.AAAA].flatMap((type) =>
    outcome.records.flatMap((record) => (record.type === type ? record.after : [])),
  );
  return prefix && addresses.length === 0 ? [prefix.text] : addresses;
}

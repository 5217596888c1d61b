import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { Type } from '../../dns/codes.ts';
import type { Asker } from '../../updates/asker.ts';
import type { Hostname } from '../../updates/hostname.ts';
import { isChanged } from '../../updates/outcome.ts';
import { type NameRequest, noAddresses, type RecordIntent } from '../../updates/request.ts';
import type { UpdateResult } from '../../updates/updater.ts';
import { admit } from '../admission.ts';
import type { Answer } from '../answer.ts';
import { capitalised } from '../capitalised.ts';
import type { Desk } from '../desk.ts';
import type { EncodedArguments } from '../encoded-arguments.ts';
import { readLeniently } from '../lenient-arguments.ts';
import { parameterError, type Refusal, refusalTo } from '../refusal.ts';
import { challengeName, textRdata } from './challenge.ts';
import { intentsOf, mostHosts, readWish } from './dyndns2-request.ts';
import { ownName } from './own-name.ts';

const dialect = 'duckdns';

/** What is asked for, from query or path. */
interface Wanted {
  readonly domains: readonly string[];
  readonly token: string | undefined;
  readonly ip: string | undefined;
  readonly ipv6: string | undefined;
  /** Empty only beside `clear`, where it says that the text is to go, and nothing else. */
  readonly txt: string | undefined;
  readonly isClear: boolean;
  readonly isVerbose: boolean;
}

interface Verdict {
  readonly answer: Answer;
  readonly refusal?: Refusal;
}

/**
 * DuckDNS (www.duckdns.org/spec.jsp): `OK` or `KO`, and nothing else.
 *
 * All domains of a request are changed, or `KO` is said before anything is, as far as that can be known; with domains of several zones one zone
 * may refuse when another has done it.
 */
export class DuckdnsDialect {
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Its URL without parameters, for routers that cannot have any; that with them is one of several dialects' (update-path.ts). */
  addRoutes(app: FastifyInstance): void {
    for (const rest of ['', '/:ip']) {
      const url = `/update/:domain/:token${rest}`;
      app.route({
        method: ['GET', 'HEAD'],
        url,
        handler: (request, reply) => {
          const { domain, token, ip } = request.params as Readonly<Record<string, string>>;
          const wanted = { domains: [domain ?? ''], token, ip, ipv6: undefined, txt: undefined };
          return this.#serve(request, reply, url, { ...wanted, isClear: false, isVerbose: false });
        },
      });
    }
  }

  serve(request: FastifyRequest, reply: FastifyReply, route: string): Promise<void> {
    const { limits } = this.#desk.services;
    const { text } = request.query as EncodedArguments;
    const values = readLeniently([text], limits.argumentCount);
    const isClear = values.get('clear')?.toLowerCase() === 'true';
    return this.#serve(request, reply, route, {
      domains: (values.get('domains') ?? '').split(/[, ]+/).filter((domain) => domain !== ''),
      token: values.get('token'),
      ip: values.get('ip'),
      ipv6: values.get('ipv6'),
      txt: values.get('txt') ?? (isClear && emptyText.test(text) ? '' : undefined),
      isClear,
      isVerbose: values.get('verbose')?.toLowerCase() === 'true',
    });
  }

  async #serve(request: FastifyRequest, reply: FastifyReply, route: string, wanted: Wanted): Promise<void> {
    const { answer, refusal } = await this.#judge(request, wanted);
    if (refusal) this.#desk.refuse(request, reply, route, refusal, answer);
    else this.#desk.answer(reply, route, answer);
  }

  async #judge(request: FastifyRequest, wanted: Wanted): Promise<Verdict> {
    const admission = await admit(this.#desk, request, { secret: wanted.token });
    if (admission.kind === 'anonymous') return ko(parameterError('The token is missing.', 200));
    if (admission.kind === 'refused') return ko(admission.refusal);
    const { asker } = admission;
    const settings = this.#desk.services.current();
    if (wanted.domains.length === 0 || wanted.domains.length > mostHosts)
      return ko(refusalTo(asker, parameterError(`A request has 1 to ${mostHosts} domains.`)));
    const hostnames = wanted.domains.flatMap((domain) => ownName(domain, asker, settings) ?? []);
    if (hostnames.length < wanted.domains.length) return ko(refusalTo(asker, noSuchDomain));
    const asked = this.#requests(request, wanted, hostnames);
    if (asked.kind === 'unusable') {
      const why = `${asked.reason}.`;
      settings.updater.turnedAway(hostnames, why, { dialect, asker });
      return ko(refusalTo(asker, parameterError(why), hostnames));
    }
    const { names, warnings } = asked;
    if (!mayAll(names, asker)) return ko(refusalTo(asker, beyondScope, hostnames));
    if (request.method === 'HEAD') return { answer: { status: 200, text: undefined } };
    const result = await this.#desk.carryOut(settings.updater, { dialect, asker, names, warnings });
    if (!result || result.outcomes.some(({ kind }) => kind === 'failed'))
      return { answer: { status: 200, text: 'KO' } };
    return { answer: { status: 200, text: wanted.isVerbose ? verboseText(result, wanted.txt) : 'OK' } };
  }

  #requests(
    request: FastifyRequest,
    { ip, ipv6, txt, isClear }: Wanted,
    hostnames: readonly Hostname[],
  ):
    | { readonly kind: 'names'; readonly names: readonly NameRequest[]; readonly warnings: readonly string[] }
    | { readonly kind: 'unusable'; readonly reason: string } {
    const same = (intents: readonly RecordIntent[], warnings: readonly string[] = []) => ({
      kind: 'names' as const,
      names: hostnames.map((hostname) => ({ hostname, intents })),
      warnings,
    });
    if (txt !== undefined) {
      const rdata = textRdata(txt);
      if (!rdata)
        return { kind: 'unusable', reason: 'The text has more than 255 octets, or some that cannot be printed' };
      const intent: RecordIntent = isClear
        ? { kind: 'remove', type: Type.TXT }
        : { kind: 'replace', type: Type.TXT, rdatas: [rdata] };
      const names = hostnames.flatMap((hostname) => challengeName(hostname) ?? []);
      if (names.length < hostnames.length) return { kind: 'unusable', reason: 'A domain is too long for a challenge' };
      return { kind: 'names', names: names.map((hostname) => ({ hostname, intents: [intent] })), warnings: [] };
    }
    if (isClear) return same(noAddresses);
    const values = new Map(
      Object.entries({ myip: ip, myipv6: ipv6 }).flatMap(([name, value]) => (value ? [[name, value]] : [])),
    );
    const read = readWish(values, undefined, () => this.#desk.clientAddress(request));
    if (read.kind === 'unusable') return { kind: 'unusable', reason: capitalised(read.reason) };
    return same(intentsOf(read.wish), read.wish.warning === undefined ? [] : [read.wish.warning]);
  }
}

const noSuchDomain = parameterError('A domain is none of the hosts of the token, or not the only one of that label.');
const beyondScope = parameterError('A domain is beyond the scope of the token.');

/** As Home Assistant clears a text. */
const emptyText = /(?:^|&)txt=?(?:&|$)/i;

/** Before anything is sent; the updater asks again, for each name of its own. */
function mayAll(names: readonly NameRequest[], asker: Asker): boolean {
  return names.every(({ hostname, intents }) =>
    intents.every(({ type, kind }) => {
      const action = kind === 'remove' ? 'remove' : 'set';
      return asker.permission(hostname, type, action).kind === 'granted';
    }),
  );
}

/** `OK`, the addresses of the first domain or the text, and whether anything has changed. */
function verboseText({ outcomes }: UpdateResult, txt: string | undefined): string {
  const [first] = outcomes;
  const valueOf = (type: number) =>
    first?.kind === 'done' ? (first.records.find((record) => record.type === type)?.after.join(',') ?? '') : '';
  const what = txt === undefined ? [valueOf(Type.A), valueOf(Type.AAAA)] : [txt];
  return ['OK', ...what, outcomes.some(isChanged) ? 'UPDATED' : 'NOCHANGE'].join('\n');
}

/** 200 as DuckDNS has it, but for whoever guesses tokens: he is told when to come again. */
function ko(refusal: Refusal): Verdict {
  const { status, retryAfterSeconds } = refusal;
  const answer = { status: status === 429 ? status : 200, text: 'KO' };
  return { answer: retryAfterSeconds === undefined ? answer : { ...answer, retryAfterSeconds }, refusal };
}

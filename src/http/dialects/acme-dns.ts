import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';

import { parseNetwork } from '../../access/scope-text.ts';
import { commonNetworks, isFromWithin, type Network } from '../../access/scope.ts';
import { type Registrar, registrarNetwork, registrarSecret } from '../../access/token.ts';
import { Type } from '../../dns/codes.ts';
import type { Name } from '../../dns/name.ts';
import type { Rdata } from '../../dns/rdata.ts';
import type { Administration } from '../../registry/administration.ts';
import type { Asker } from '../../updates/asker.ts';
import { type Hostname, parseHostname } from '../../updates/hostname.ts';
import { admit } from '../admission.ts';
import type { Answer } from '../answer.ts';
import type { Desk } from '../desk.ts';
import { parameterError, type Refusal, refusalTo } from '../refusal.ts';
import type { AcmeDnsSettings } from '../services.ts';
import { faultStatus } from '../status.ts';
import { challengeTtlSeconds, textRdata } from './challenge.ts';
import { jsonOf } from './httpreq.ts';

const dialect = 'acme-dns';

/** What acme-dns itself says is wrong. */
type ErrorWord = 'bad_subdomain' | 'bad_txt' | 'forbidden' | 'malformed_json_payload' | 'db_error' | 'not_found';

/** A name and its wildcard are proven at the same place, at the same time. */
const mostValues = 2;
const rememberedNames = 10_000;

const updateSchema = z.looseObject({ subdomain: z.string().max(255), txt: z.string().max(255) });
const registerSchema = z.looseObject({ allowfrom: z.array(z.string().max(64)).max(64).optional() });
/** The digest of RFC 8555 §8.4 in base64url. */
const challengeText = /^[A-Za-z0-9_-]{43}$/;

interface Registration {
  readonly zone: Name;
  readonly networks: readonly Network[];
  readonly registrar: Registrar;
}

interface Verdict {
  readonly answer: Answer;
  readonly refusal?: Refusal;
}

/**
 * acme-dns (joohoi/acme-dns): each registration is a name of its own in a zone for challenges, with a token that may change its TXT records
 * alone. `_acme-challenge` of the real name is a CNAME to it.
 */
export class AcmeDnsDialect {
  readonly #desk: Desk;
  /** What was set last at each name: of two values, the other is the older one. */
  readonly #latest = new Map<string, Rdata>();

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  addRoutes(app: FastifyInstance): void {
    app.route({ method: 'POST', url: '/register', handler: (request, reply) => this.#register(request, reply) });
    app.route({
      method: ['GET', 'HEAD'],
      url: '/health',
      handler: (_request, reply) => this.#desk.answer(reply, '/health', { status: 200, text: '' }),
    });
  }

  /** `POST /update`, of which other dialects have their part (update-path.ts). */
  async serve(request: FastifyRequest, reply: FastifyReply, route: string): Promise<void> {
    this.#tell(request, reply, route, await this.#update(request));
  }

  async #register(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    this.#tell(request, reply, '/register', await this.#registration(request));
  }

  #tell(request: FastifyRequest, reply: FastifyReply, route: string, { answer, refusal }: Verdict): void {
    if (refusal) this.#desk.refuse(request, reply, route, refusal, answer);
    else this.#desk.answer(reply, route, answer);
  }

  async #registration(request: FastifyRequest): Promise<Verdict> {
    const { acmeDns, administration } = this.#desk.services.current();
    if (!acmeDns || acmeDns.registration === 'off')
      return failure(404, 'not_found', 'There is no registration here; acme_dns in the configuration has it.');
    if (!administration) return failure(503, 'db_error', 'There is no database to keep registrations in.');
    const registrar = await this.#registrar(request, acmeDns);
    if (typeof registrar !== 'string') return registrar;
    const parsed = registerSchema.safeParse(
      request.body === undefined || request.body === '' ? {} : jsonOf(request.body),
    );
    if (!parsed.success) return failure(400, 'malformed_json_payload', 'The body is no JSON as acme-dns has it.');
    const allowed = (parsed.data.allowfrom ?? []).map((text) => parseNetwork(text));
    const networks = allowed.flatMap((piece): Network[] => (piece.kind === 'value' ? [piece.value] : []));
    if (networks.length < allowed.length)
      return failure(400, 'malformed_json_payload', 'An entry of allowfrom is no network.');
    return await this.#createToken(request, administration, { zone: acmeDns.zone, networks, registrar });
  }

  /** Who registers; or why he may not. */
  async #registrar(request: FastifyRequest, acmeDns: AcmeDnsSettings): Promise<Registrar | Verdict> {
    const admission = await admit(this.#desk, request, { secret: undefined });
    if (admission.kind === 'refused') return forbidden(admission.refusal);
    if (admission.kind === 'admitted') {
      const { credential } = admission.asker;
      if (credential.kind !== 'token') return registrarSecret;
      // What it registers would outlive it.
      if (credential.isOutgoing) return failure(403, 'forbidden', 'The token has a newer secret; register with that.');
      return credential.id;
    }
    const { source } = this.#desk.origin(request);
    const isNear = acmeDns.registration === 'networks' && acmeDns.networks.length > 0;
    if (isNear && isFromWithin(acmeDns.networks, source)) return registrarNetwork;
    return failure(401, 'forbidden', 'Whoever registers sends a token by Basic, as in https://user:TOKEN@host.');
  }

  /** A token that is good for no more than that of its registrar, and for no longer. */
  async #createToken(
    request: FastifyRequest,
    administration: Administration,
    { zone, networks: asked, registrar }: Registration,
  ): Promise<Verdict> {
    const subdomain = randomUUID();
    const name = joined(subdomain, zone);
    if (!name) return failure(500, 'db_error', 'The zone of acme_dns has too long a name.');
    const by = administration.token(registrar);
    const networks = commonNetworks(by?.scope.networks ?? [], asked);
    if (!networks) return failure(403, 'forbidden', 'allowfrom names no network that the token may be used from.');
    const label = by ? `token:${by.id}` : registrar;
    const created = await administration.createToken({
      description: `acme-dns registration by ${label}`,
      scope: {
        patterns: [{ kind: 'exact', name }],
        types: [Type.TXT],
        allowsAcme: false,
        networks,
        allowsPlainHttp: by?.scope.allowsPlainHttp ?? true,
        publicAddressesOnly: by?.scope.publicAddressesOnly ?? false,
      },
      expiresAtSeconds: by?.expiresAtSeconds,
      maxNames: 1,
      tsig: undefined,
      registrar,
    });
    if (created.kind === 'refused') return failure(403, 'forbidden', `Not registered: ${created.reason}.`);
    if (created.kind !== 'changed') return failure(503, 'db_error', 'The registration could not be stored.');
    const { token, secret } = created.value;
    const client = this.#desk.origin(request).source?.text ?? 'unknown';
    const fields = { dialect, token: token.id, registrar: label, client };
    this.#desk.services.log.write('INFO', `${name.toString()} was registered with acme-dns.`, fields);
    const body = {
      username: token.id,
      password: secret,
      fulldomain: name.toString().slice(0, -1),
      subdomain,
      allowfrom: networks.map(({ address, length }) => `${address.text}/${length}`),
    };
    return { answer: json(201, body) };
  }

  async #update(request: FastifyRequest): Promise<Verdict> {
    const { acmeDns } = this.#desk.services.current();
    if (!acmeDns)
      return failure(404, 'not_found', 'acme-dns is not spoken here; acme_dns in the configuration has it.');
    const [user, key] = ['x-api-user', 'x-api-key'].map((name) => headerOf(request, name));
    // Clients keep the base URL, and so send the Basic of whoever registered along with the key of the registration.
    const admission = await admit(this.#desk, request, { secret: key }, 'none');
    if (admission.kind === 'anonymous') return failure(401, 'forbidden', 'X-Api-Key is missing.');
    if (admission.kind === 'refused') return forbidden(admission.refusal);
    const { asker } = admission;
    const verdict = await this.#updateBy(asker, user, request, acmeDns);
    return verdict.refusal ? { ...verdict, refusal: refusalTo(asker, verdict.refusal) } : verdict;
  }

  async #updateBy(
    asker: Asker,
    user: string | undefined,
    request: FastifyRequest,
    acmeDns: AcmeDnsSettings,
  ): Promise<Verdict> {
    const { updater } = this.#desk.services.current();
    if (asker.credential.kind === 'token' && asker.credential.id !== user)
      return failure(401, 'forbidden', 'X-Api-User is not the user of X-Api-Key.');
    const parsed = updateSchema.safeParse(jsonOf(request.body));
    if (!parsed.success) return failure(400, 'malformed_json_payload', 'The body is no JSON with subdomain and txt.');
    const { subdomain, txt } = parsed.data;
    const hostname = joined(subdomain, acmeDns.zone);
    if (!hostname) return failure(400, 'bad_subdomain', 'The subdomain is no name.');
    if (asker.permission(hostname, Type.TXT, 'set').kind === 'refused')
      return failure(401, 'forbidden', 'The subdomain is not that of the registration.');
    const rdata = challengeText.test(txt) ? textRdata(txt) : undefined;
    if (!rdata) return failure(400, 'bad_txt', 'The value is not the 43 characters of a challenge.');
    const latest = this.#latest.get(hostname.key);
    const keep = latest ? { keep: [latest] } : {};
    const intent = { kind: 'add', type: Type.TXT, rdatas: [rdata], atMost: mostValues, ...keep } as const;
    const names = [{ hostname, intents: [intent], ttlSeconds: challengeTtlSeconds }];
    const result = await this.#desk.carryOut(updater, { dialect, asker, names });
    const outcome = result?.outcomes[0];
    if (!outcome) return failure(503, 'db_error', 'Too many updates are under way.');
    if (outcome.kind === 'failed') return { answer: json(faultStatus(outcome.fault), { error: 'db_error' }) };
    this.#rememberLatest(hostname, rdata);
    return { answer: json(200, { txt }) };
  }

  #rememberLatest({ key }: Hostname, rdata: Rdata): void {
    this.#latest.delete(key);
    this.#latest.set(key, rdata);
    for (const oldest of this.#latest.keys()) {
      if (this.#latest.size <= rememberedNames) break;
      this.#latest.delete(oldest);
    }
  }
}

function joined(subdomain: string, zone: Name): Hostname | undefined {
  const parsed = parseHostname(`${subdomain}.${zone.toString()}`);
  return parsed.kind === 'hostname' && !parsed.hostname.isWildcard ? parsed.hostname : undefined;
}

function headerOf({ headers }: FastifyRequest, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

function json(status: number, body: object): Answer {
  return { status, text: JSON.stringify(body), contentType: 'application/json' };
}

/** Every credential that does not do is `forbidden`; whoever guesses is told when to come again. */
function forbidden(refusal: Refusal): Verdict {
  const { status, retryAfterSeconds } = refusal;
  const answer = json(status === 429 ? status : 401, { error: 'forbidden' });
  return { answer: retryAfterSeconds === undefined ? answer : { ...answer, retryAfterSeconds }, refusal };
}

function failure(status: number, error: ErrorWord, why: string): Verdict {
  return { answer: json(status, { error }), refusal: parameterError(why, status) };
}

import { randomBytes } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Asker, type CredentialIdentity, credentialLabel } from '../../updates/asker.ts';
import { parseArguments } from '../arguments.ts';
import type { Desk } from '../desk.ts';
import type { EncodedArguments } from '../encoded-arguments.ts';
import { delayGuess } from '../guess-delay.ts';
import { presentedCredentials } from '../presented-credentials.ts';
import { printable } from '../printable.ts';
import type { HttpSettings } from '../services.ts';
import { Cursors } from './cursor.ts';
import { readJson } from './json-body.ts';
import type { Method, Operation, Result, Sent, Visit } from './operation.ts';
import { type Destination, OperationRouter } from './operation-router.ts';
import { basePath, operations } from './operations.ts';
import { openApiText } from './open-api.ts';
import { readPreconditions } from './preconditions.ts';
import { isProblem, type Mistake, type Problem, type ProblemCode, problemTitles } from './problem.ts';
import { overviewPage, pageHeaders, problemPage } from './readable-page.ts';
import {
  credentialMissing,
  credentialProblem,
  methodNotAllowed,
  noSuchResource,
  severalCredentials,
} from './request-problems.ts';

type AnswerProblem = (request: FastifyRequest, reply: FastifyReply, route: string, problem: Problem) => void;

/** The order of the checks: is there such a thing, may it be done with it, who asks, what is asked. */
export class ApiPages {
  readonly #desk: Desk;
  readonly #answerProblem: AnswerProblem;
  readonly #router = new OperationRouter(operations);
  readonly #cursors = new Cursors(randomBytes(32));
  #document: string | undefined;

  constructor(desk: Desk, answerProblem: AnswerProblem) {
    this.#desk = desk;
    this.#answerProblem = answerProblem;
  }

  async serve(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const path = pathOf(request);
    if (path === '/api' || path === '/api/') return this.#page(request, reply, '/api', () => overviewPage(operations));
    if (path === '/api/openapi.json') return this.#openApi(request, reply);
    const code = /^\/api\/problems\/([a-z0-9-]+)$/.exec(path)?.[1];
    if (code !== undefined && Object.hasOwn(problemTitles, code))
      return this.#page(request, reply, '/api/problems/{code}', () => problemPage(code as ProblemCode));
    const destination = path.startsWith(`${basePath}/`) ? this.#router.find(path.slice(basePath.length)) : undefined;
    if (!destination) return this.#answerProblem(request, reply, '/api', noSuchResource);
    await this.#operate(request, reply, destination);
  }

  async #operate(request: FastifyRequest, reply: FastifyReply, destination: Destination): Promise<void> {
    const route = `${basePath}${destination.path}`;
    if (request.method === 'OPTIONS') return this.#options(reply, route, destination.allow);
    const method = request.method === 'HEAD' ? 'GET' : (request.method as Method);
    const operation = destination.byMethod.get(method);
    const result = operation
      ? await this.#perform(request, operation, destination)
      : methodNotAllowed(destination.allow);
    if (isProblem(result)) return this.#answerProblem(request, reply, route, result);
    const { status, content, entityTag, location } = result;
    if (entityTag !== undefined) reply.header('etag', entityTag);
    if (location !== undefined) reply.header('location', location);
    const text = content && `${JSON.stringify(content)}\n`;
    this.#desk.answer(reply, route, { status, text, contentType: 'application/json' });
  }

  async #perform(request: FastifyRequest, operation: Operation, { parameters }: Destination): Promise<Result> {
    // The same ones throughout, even if the configuration is read anew meanwhile.
    const settings = this.#desk.services.current();
    const asker = await this.#authenticate(request, settings);
    if (isProblem(asker)) return asker;
    const body = operation.body ? readJson(request, operation.method) : undefined;
    if (body?.kind === 'refused') return { ...body.problem, ...labelOf(asker) };
    const sent: Sent = { parameters, ...this.#query(request, operation), body: body?.value };
    const { services } = this.#desk;
    const visit: Visit = {
      asker,
      settings,
      services,
      preconditions: readPreconditions(request.headers),
      cursors: this.#cursors,
      check: () => this.#desk.check(),
      beginUpdate: () => this.#beginUpdate(),
    };
    const result = await operation.perform(visit, sent);
    return isProblem(result) ? { ...result, ...labelOf(asker) } : result;
  }

  #query({ query }: FastifyRequest, operation: Operation): Pick<Sent, 'query' | 'mistakes'> {
    const known = new Set(Object.keys(operation.query.shape));
    const { text } = query as EncodedArguments;
    const { values, fault } = parseArguments([text], known, this.#desk.services.limits.argumentCount);
    const mistakes = fault ? [argumentMistake(fault)] : [];
    return { query: Object.fromEntries(values), mistakes };
  }

  /** By the Authorization header alone: what is in a URL is written down on its way. */
  async #authenticate(request: FastifyRequest, { authenticator }: HttpSettings): Promise<Asker | Problem> {
    const presented = presentedCredentials(request.raw, { secret: undefined });
    if (presented.kind === 'several-headers') return severalCredentials;
    if (presented.kind !== 'one') return credentialMissing;
    const authentication = authenticator.authenticate(presented.secret, this.#desk.origin(request));
    if (authentication.kind === 'known') return authentication.asker;
    const { reason, retryAfterSeconds, delayMs } = authentication;
    if (delayMs !== undefined) await delayGuess(delayMs, request.raw);
    return { ...credentialProblem(reason, retryAfterSeconds), ...labelOf(authentication) };
  }

  #beginUpdate(): Disposable | undefined {
    if (!this.#desk.beginUpdate()) return undefined;
    const startedAtMs = this.#desk.services.clock.monotonicMs();
    return { [Symbol.dispose]: () => this.#desk.updateEnded(startedAtMs) };
  }

  #options(reply: FastifyReply, route: string, allow: string): void {
    this.#desk.answer(reply, route, { status: 204, text: undefined, allow });
  }

  #openApi(request: FastifyRequest, reply: FastifyReply): void {
    this.#document ??= openApiText(operations, this.#desk.services.version);
    const text = this.#document;
    this.#read(request, reply, '/api/openapi.json', () => text, 'application/json');
  }

  #page(request: FastifyRequest, reply: FastifyReply, route: string, page: () => string): void {
    this.#read(request, reply.headers(pageHeaders), route, page, 'text/html; charset=utf-8');
  }

  #read(request: FastifyRequest, reply: FastifyReply, route: string, text: () => string, contentType: string): void {
    const allow = 'GET, HEAD, OPTIONS';
    if (request.method === 'OPTIONS') return this.#options(reply, route, allow);
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return this.#answerProblem(request, reply, route, methodNotAllowed(allow));
    this.#desk.answer(reply, route, { status: 200, text: text(), contentType });
  }
}

/** For the log. */
function labelOf({ credential }: { readonly credential?: CredentialIdentity }): Pick<Problem, 'credential'> {
  return credential ? { credential: credentialLabel(credential) } : {};
}

function pathOf({ raw }: FastifyRequest): string {
  return /^[^?#]*/.exec(raw.url ?? '')?.[0] ?? '';
}

function argumentMistake(fault: NonNullable<ReturnType<typeof parseArguments>['fault']>): Mistake {
  switch (fault.kind) {
    case 'unknown':
      return { parameter: printable(fault.name, 64), detail: 'there is no such argument here' };
    case 'repeated':
      return { parameter: printable(fault.name, 64), detail: 'it was given more than once' };
    case 'malformed':
      return { parameter: printable(fault.name, 64), detail: 'it is no valid percent-encoded UTF-8' };
    case 'too-many':
      return { parameter: '', detail: `more than ${fault.most} arguments were given` };
  }
}

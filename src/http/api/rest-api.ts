import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Answer } from '../answer.ts';
import type { LogWord } from '../../observe/log.ts';
import type { Desk } from '../desk.ts';
import type { Refusal } from '../refusal.ts';
import type { ApiPages } from './api-pages.ts';
import { type Problem, type ProblemCode, problemContent, problemMediaType } from './problem.ts';
import { contentTooLarge, internalFault, methodNotAllowed, unsupportedMediaType } from './request-problems.ts';

/** The largest body, in octets. */
export const apiBodyOctets = 64 * 1024;

const prefix = '/api';
const methods = ['GET', 'HEAD', 'PUT', 'PATCH', 'POST', 'DELETE', 'OPTIONS'];

/** Whether a target is the API's, by its path. */
export function isApiTarget(target: string | undefined): boolean {
  return /^\/api(?:[/?#]|$)/.test(target ?? '');
}

/**
 * Everything below `/api`. What answers is loaded when the first request comes: its schemas and its document cost the start of a service that
 * nobody asks for them nothing.
 */
export class RestApi {
  readonly #desk: Desk;
  #pages: Promise<ApiPages> | undefined;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  addRoutes(app: FastifyInstance): void {
    // A scope of its own: what is taken for a body here is not taken elsewhere.
    void app.register((scope, _options, done) => {
      scope.removeAllContentTypeParsers();
      const parsing = { parseAs: 'buffer', bodyLimit: apiBodyOctets } as const;
      scope.addContentTypeParser('*', parsing, (_request, octets, parsed) => parsed(null, octets));
      scope.setErrorHandler<FastifyError>((error, request, reply) => this.answerError(error, request, reply));
      for (const url of [prefix, `${prefix}/*`])
        scope.route({ method: methods, url, handler: (request, reply) => this.#serve(request, reply) });
      done();
    });
  }

  /** What the framework refuses before a page sees it; the API says it in its own way. */
  answerError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
    const problem = frameworkProblem(error);
    if (problem.status >= 500)
      this.#desk.services.log.write('CRITICAL', `A fault inside dyndns: ${error.stack ?? String(error)}`);
    this.answerProblem(request, reply, prefix, problem);
  }

  /** @param route  the pattern, for metrics and log */
  answerProblem(request: FastifyRequest, reply: FastifyReply, route: string, problem: Problem): void {
    const { challenge } = problem;
    if (challenge !== undefined) reply.header('www-authenticate', challenge);
    if (problem.isLogged === true) this.#desk.answer(reply, route, problemAnswer(problem));
    else this.#desk.refuse(request, reply, route, refusalOf(problem), problemAnswer(problem));
  }

  /** For methods that have no route, and so come to no page. */
  answerUnknownMethod(request: FastifyRequest, reply: FastifyReply): void {
    this.answerProblem(request, reply, prefix, methodNotAllowed(methods.join(', ')));
  }

  async #serve(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    this.#pages ??= this.#load();
    const pages = await this.#pages;
    await pages.serve(request, reply);
  }

  async #load(): Promise<ApiPages> {
    const { ApiPages: Pages } = await import('./api-pages.ts');
    return new Pages(this.#desk, (request, reply, route, problem) => {
      this.answerProblem(request, reply, route, problem);
    });
  }
}

function problemAnswer(problem: Problem): Answer {
  const { status, retryAfterSeconds, allow } = problem;
  return {
    status,
    text: `${JSON.stringify(problemContent(problem))}\n`,
    contentType: problemMediaType,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    ...(allow === undefined ? {} : { allow }),
  };
}

/** As the log has it. */
function refusalOf({ code, status, detail, credential }: Problem): Refusal {
  return { word: wordOf(code, status), text: detail, status, ...(credential === undefined ? {} : { credential }) };
}

function wordOf(code: ProblemCode, status: number): LogWord {
  if (code === 'unknown-zone') return 'DNS_NAME_ERROR';
  if (code === 'unsuitable-address') return 'IP_ADDRESS_ERROR';
  return status >= 500 ? 'DNS_SERVER_ERROR' : 'PARAMETER_ERROR';
}

function frameworkProblem(error: FastifyError): Problem {
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return contentTooLarge(apiBodyOctets);
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
    case 'FST_ERR_CTP_INVALID_TYPE':
      return unsupportedMediaType;
    default: {
      const { statusCode: status = 500 } = error;
      if (status < 400 || status >= 500) return internalFault;
      return {
        code: 'invalid-request',
        status,
        detail: 'The request cannot be understood.',
        remedy: 'Send a path in valid percent-encoded UTF-8, and a body as long as Content-Length says.',
      };
    }
  }
}

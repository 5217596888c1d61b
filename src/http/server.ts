import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { commonHeaders } from './answer.ts';
import { Closer } from './closing.ts';
import { answerConnectionFault, answerOnSocket, endAfterAnswer } from './connection-faults.ts';
import { Desk } from './desk.ts';
import { addCheckip } from './dialects/checkip.ts';
import { AcmeDnsDialect } from './dialects/acme-dns.ts';
import { DuckdnsDialect } from './dialects/duckdns.ts';
import { Dynv6Dialect } from './dialects/dynv6.ts';
import { HttpreqDialect } from './dialects/httpreq.ts';
import { addUpdatePath } from './dialects/update-path.ts';
import { Dyndns2Dialect } from './dialects/dyndns2.ts';
import { SeedDialect } from './dialects/seed.ts';
import { frameworkRefusal, requestFault } from './framework-faults.ts';
import { isApiTarget, RestApi } from './api/rest-api.ts';
import { addPages } from './pages.ts';
import { parameterError, type Refusal, refusalAnswer } from './refusal.ts';
import { keepEncoded } from './encoded-arguments.ts';
import { tolerantUrl } from './tolerant-url.ts';
import type { HttpServices } from './services.ts';

export interface HttpAddress {
  /** An IP address, or a name of this machine. */
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
}

/** A server that listens. Disposing of it lets the requests under way finish. */
export interface ListeningHttpServer extends AsyncDisposable {
  /** With the ports that were really taken, in the order in which they were asked for. */
  readonly addresses: readonly HttpAddress[];
}

/** Listens on all addresses, or on none: then the error says which one could not be had. */
export async function listenHttp(
  services: HttpServices,
  addresses: readonly HttpAddress[],
): Promise<ListeningHttpServer> {
  const desk = new Desk(services);
  const listeners = addresses.map((address) => {
    const app = buildApp(desk);
    return { address, app, closer: new Closer(app.server) };
  });
  const closeAll = async (): Promise<void> => {
    const { closingGraceMs } = services.limits;
    desk.beginClosing();
    await Promise.all(listeners.map(({ app, closer }) => closer.close(() => closeApp(app), closingGraceMs)));
  };
  try {
    const taken = await Promise.all(listeners.map(({ app, address }) => listen(app, address)));
    return { addresses: taken, [Symbol.asyncDispose]: closeAll };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

async function listen(app: FastifyInstance, { host, port }: HttpAddress): Promise<HttpAddress> {
  await app.listen({ host, port });
  const bound = app.server.address();
  return { host, port: typeof bound === 'object' && bound ? bound.port : port };
}

async function closeApp(app: FastifyInstance): Promise<void> {
  await app.close();
}

/** The server without a socket: requests can be injected into it. */
export function buildHttpServer(services: HttpServices): FastifyInstance {
  return buildApp(new Desk(services));
}

function buildApp(desk: Desk): FastifyInstance {
  const { limits } = desk.services;
  const api = new RestApi(desk);
  const app = Fastify({
    http: {
      maxHeaderSize: limits.headerOctets,
      headersTimeout: limits.headersTimeoutMs,
      connectionsCheckingInterval: limits.connectionsCheckingIntervalMs,
      // Checked by requestFault, which answers in words.
      requireHostHeader: false,
    },
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    bodyLimit: limits.bodyOctets,
    exposeHeadRoutes: false,
    return503OnClosing: false,
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    routerOptions: {
      // Never reached: the URL is bounded as a whole, and whoever knows what a segment means says what is wrong with it.
      maxParamLength: limits.headerOctets,
      querystringParser: keepEncoded,
    },
    rewriteUrl: ({ url = '/' }) => tolerantUrl(url),
    frameworkErrors: (error, request, reply) => answerError(desk, api, error, request, reply),
    clientErrorHandler: (error, socket) => desk.refused(answerConnectionFault(error, socket), socket),
  });
  app.server.maxConnections = limits.connections;
  // Some versions of Node drop the headers beyond this silently: one more than is allowed shows that there were too many.
  app.server.maxHeadersCount = limits.headerCount + 1;
  answerUnusual(app, desk);
  app.addHook('onRequest', (request, reply, done) => {
    const refusal = requestFault(request.raw, limits);
    if (!refusal) return done();
    endAfterAnswer(request.raw.socket);
    desk.refuse(request, reply.header('connection', 'close'), noRoute, refusal);
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
    done(null, body);
  });
  app.setErrorHandler<FastifyError>((error, request, reply) => answerError(desk, api, error, request, reply));
  app.setNotFoundHandler((request, reply) => answerUnknownPage(desk, api, request, reply));
  addPages(app, desk);
  new SeedDialect(desk).addRoutes(app);
  addCheckip(app, desk);
  void app.register(async (scope) => addRoutersDialects(scope, desk));
  api.addRoutes(app);
  return app;
}

/** What devices speak that do not care what they say of the body that they send. */
function addRoutersDialects(scope: FastifyInstance, desk: Desk): void {
  scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  const [dyndns2, duckdns, acmeDns] = [new Dyndns2Dialect(desk), new DuckdnsDialect(desk), new AcmeDnsDialect(desk)];
  for (const dialect of [dyndns2, duckdns, acmeDns, new Dynv6Dialect(desk), new HttpreqDialect(desk)])
    dialect.addRoutes(scope);
  addUpdatePath(scope, desk.services.limits.argumentCount, { acmeDns, duckdns, dyndns2 });
}

/** Fastify's own compilers of schemas take a tenth of the start to load, and no route has a schema that needs them. */
function noSchemas(): never {
  throw new Error('a route has a schema: give its compiler to schemaController.compilersFactory');
}

/** What a request that belongs to no page is called in metrics and log. */
const noRoute = 'none';

function answerError(
  desk: Desk,
  api: RestApi,
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  if (isApiTarget(request.raw.url)) return api.answerError(error, request, reply);
  const refusal = frameworkRefusal(error);
  if (refusal) return desk.refuse(request, reply, noRoute, refusal);
  desk.services.log.write('CRITICAL', `A fault inside dyndns: ${error.stack ?? String(error)}`);
  return desk.answer(reply, noRoute, { status: 500, text: 'ERROR: A fault inside dyndns; its log says more.\n' });
}

const changingMethods = 'GET, HEAD, POST';
const readingMethods = 'GET, HEAD';
const routersMethods = 'GET, HEAD, POST, PUT';

/** The pages by their path, or by its first segment. */
const allowedMethods: ReadonlyMap<string, string> = new Map([
  ['', readingMethods],
  ['healthz', readingMethods],
  ['readyz', readingMethods],
  ['metrics', readingMethods],
  ['check', changingMethods],
  ['update-by-path', changingMethods],
  ['update-by-query', changingMethods],
  ['delete-by-path', changingMethods],
  ['nic', routersMethods],
  ['nic/checkip', readingMethods],
  ['v2', routersMethods],
  ['v3', routersMethods],
  ['dyndns', routersMethods],
  ['update', routersMethods],
  ['register', 'POST'],
  ['health', readingMethods],
  ['present', 'POST'],
  ['cleanup', 'POST'],
  ['checkip', readingMethods],
  ['myip', readingMethods],
]);

function answerUnknownPage(desk: Desk, api: RestApi, request: FastifyRequest, reply: FastifyReply): void {
  if (isApiTarget(request.raw.url)) return api.answerUnknownMethod(request, reply);
  const firstSegment = /^\/([^/?#]*)/.exec(request.raw.url ?? '')?.[1] ?? '';
  const allow = allowedMethods.get(pathOf(request)) ?? allowedMethods.get(firstSegment);
  if (allow === undefined || allow.split(', ').includes(request.method))
    return desk.refuse(request, reply, noRoute, wrongPaths.get(firstSegment) ?? noSuchPage);
  return desk.refuse(request, reply.header('allow', allow), noRoute, wrongMethod(allow));
}

function pathOf({ raw }: FastifyRequest): string {
  return /^\/([^?#]*)/.exec(raw.url ?? '')?.[1] ?? '';
}

const noSuchPage = parameterError(
  'There is no such page; the pages are /, /update-by-path, /update-by-query, /delete-by-path, /check, /nic/update, /checkip and /api.',
  404,
);

/** Where the first segment is right, it is plain what was meant. */
const wrongPaths: ReadonlyMap<string, Refusal> = new Map([
  ['update-by-path', wrongPath('/update-by-path/SECRET/FQDN, and up to two addresses after it')],
  ['update-by-query', wrongPath('/update-by-query?secret=SECRET&fqdn=FQDN')],
  ['delete-by-path', wrongPath('/delete-by-path/SECRET/FQDN')],
]);

function wrongPath(right: string): Refusal {
  return parameterError(`There is no such page; write ${right}.`, 404);
}

function wrongMethod(allow: string) {
  return parameterError(`The method of the request is not one of ${allow}.`, 405);
}

/** What Node hands over outside of the ordinary way of a request. */
function answerUnusual({ server }: FastifyInstance, desk: Desk): void {
  server.on('connect', (_request: IncomingMessage, socket: Socket) => {
    const refusal = wrongMethod(changingMethods);
    answerOnSocket(socket, refusal, changingMethods);
    desk.refused(refusal, socket);
  });
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    const refusal = parameterError('Of all expectations only 100-continue can be met.', 417);
    request.resume();
    const { status, text } = refusalAnswer(refusal);
    const length = { 'content-length': Buffer.byteLength(text), connection: 'close' };
    response.writeHead(status, { ...commonHeaders, ...length }).end(text);
    desk.refused(refusal, request.socket);
  });
}

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { parseArguments } from './arguments.ts';
import { countHeader } from './count-header.ts';
import { checkCredential } from './credential.ts';
import type { Desk } from './desk.ts';
import { argumentRefusal } from './dialects/seed-words.ts';
import type { EncodedArguments } from './encoded-arguments.ts';
import { delayGuess } from './guess-delay.ts';
import { parameterError, type Refusal } from './refusal.ts';
import { shareAnswer } from './single-flight.ts';

const methods = ['GET', 'HEAD'];
const secretArgument: ReadonlySet<string> = new Set(['secret']);

/** The pages that change nothing: what runs here, whether it lives, whether it can work, and what it counted. */
export function addPages(app: FastifyInstance, desk: Desk): void {
  const { version, readiness, metrics, clock, limits } = desk.services;
  const findReadiness = shareAnswer(readiness, limits.readinessMaxAgeMs, () => clock.monotonicMs());

  app.route({
    method: methods,
    url: '/',
    handler: (_request, reply) => desk.answer(reply, '/', { status: 200, text: `dyndns v${version}\n` }),
  });

  app.route({
    method: methods,
    url: '/healthz',
    handler: (_request, reply) => desk.answer(reply, '/healthz', { status: 200, text: 'ok\n' }),
  });

  app.route({
    method: methods,
    url: '/readyz',
    handler: async (request, reply) => {
      const { ready, lines } = await findReadiness();
      // They name zones and nameservers, and a proxy shows this page to the world.
      const text = (await insideRefusal(request)) ? '' : lines.map((line) => `${line}\n`).join('');
      desk.answer(reply, '/readyz', {
        status: ready ? 200 : 503,
        text: text || (ready ? 'ready\n' : 'not ready\n'),
      });
    },
  });

  app.route({ method: methods, url: '/metrics', handler: showMetrics });

  async function showMetrics(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const refusal = await insideRefusal(request);
    if (refusal) return desk.refuse(request, reply, '/metrics', refusal);
    desk.answer(reply, '/metrics', {
      status: 200,
      text: await metrics.text(),
      contentType: metrics.contentType,
    });
  }

  /** What tells of the inside is for who asks from this machine or knows the secret; undefined for them. */
  async function insideRefusal(request: FastifyRequest): Promise<Refusal | undefined> {
    const { text: query } = request.query as EncodedArguments;
    if (isDirectFromThisMachine(request) && query === '' && request.headers.authorization === undefined)
      return undefined;
    const { values, fault } = parseArguments([query], secretArgument, limits.argumentCount);
    const { authenticator } = desk.services.current();
    const verdict = checkCredential(request.raw, values.get('secret'), desk.origin(request), authenticator);
    if (verdict.kind === 'refused') {
      if (verdict.delayMs !== undefined) await delayGuess(verdict.delayMs, request.raw);
      return verdict.refusal;
    }
    if (verdict.asker.credential.kind === 'token') return administratorsOnly;
    return fault ? argumentRefusal(fault) : undefined;
  }
}

export const administratorsOnly: Refusal = parameterError('This page is for the administrator, not for tokens.', 403);

/** Headers by which a proxy gives itself away. */
const forwardingHeaders = [
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-server',
  'x-real-ip',
];

function isDirectFromThisMachine({ raw }: FastifyRequest): boolean {
  const peer = raw.socket.remoteAddress ?? '';
  const isLoopback = peer === '::1' || /^(?:::ffff:)?127\.\d+\.\d+\.\d+$/.test(peer);
  return isLoopback && forwardingHeaders.every((name) => countHeader(raw, name) === 0);
}

import type { FastifyInstance, FastifyRequest } from 'fastify';

import type { Answer } from '../answer.ts';
import type { Desk } from '../desk.ts';

const paths = ['/nic/checkip', '/checkip', '/myip'];

/** Tells whoever asks his own address: as text, in the page that old clients look through, or as JSON. */
export function addCheckip(app: FastifyInstance, desk: Desk): void {
  for (const url of paths)
    app.route({
      method: ['GET', 'HEAD'],
      url,
      handler: (request, reply) => desk.answer(reply, url, checkipAnswer(request, desk)),
    });
}

function checkipAnswer(request: FastifyRequest, desk: Desk): Answer {
  const client = desk.clientAddress(request);
  if (client.kind === 'unknown') return { status: 400, text: `Your address cannot be determined: ${client.reason}.\n` };
  const { text } = client.address;
  const accept = request.headers.accept?.toLowerCase() ?? '';
  if (accept.includes('application/json'))
    return { status: 200, text: `${JSON.stringify({ ip: text })}\n`, contentType: 'application/json' };
  if (!accept.includes('text/html')) return { status: 200, text: `${text}\n` };
  const page = `<html><head><title>Current IP Check</title></head><body>Current IP Address: ${text}</body></html>\n`;
  return { status: 200, text: page, contentType: 'text/html; charset=utf-8' };
}

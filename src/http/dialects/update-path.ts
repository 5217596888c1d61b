import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import type { EncodedArguments } from '../encoded-arguments.ts';
import { readLeniently } from '../lenient-arguments.ts';

/** A dialect that has its part of a path. */
export interface PathDialect {
  serve(request: FastifyRequest, reply: FastifyReply, route: string): Promise<void>;
}

const url = '/update';

/**
 * `/update` belongs to several dialects: a POST with X-Api-User is acme-dns, a query with `domains` and `token` is DuckDNS, and everything else is
 * dyndns2. What is below it, `/update/NAME/TOKEN` and `/update/NAME/TOKEN/ADDRESS`, is DuckDNS's alone, and routed in `duckdns.ts`.
 */
export function addUpdatePath(
  app: FastifyInstance,
  mostArguments: number,
  dialects: { readonly acmeDns: PathDialect; readonly duckdns: PathDialect; readonly dyndns2: PathDialect },
): void {
  const dialectOf = (request: FastifyRequest): PathDialect => {
    if (request.method === 'POST' && request.headers['x-api-user'] !== undefined) return dialects.acmeDns;
    const values = readLeniently([(request.query as EncodedArguments).text], mostArguments);
    return values.has('domains') && values.has('token') ? dialects.duckdns : dialects.dyndns2;
  };
  app.route({
    method: ['GET', 'HEAD', 'POST', 'PUT'],
    url,
    handler: (request, reply) => dialectOf(request).serve(request, reply, url),
  });
}

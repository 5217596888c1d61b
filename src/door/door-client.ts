import { request as httpRequest } from 'node:http';
import type { z } from 'zod';

import type { Name } from '../dns/name.ts';
import type { ImportMode, ImportOutcome } from '../primary/embedded/import/import-report.ts';
import type { NameOutcome } from '../updates/outcome.ts';
import type { UpdateRequest } from '../updates/request.ts';
import { type AdministrationOrder, type OrderResult, orderResultSchema } from './administration-orders.ts';
import { errorSchema, importOutcomeSchema, outcomesSchema, paths, serviceSchema, updateMessage } from './messages.ts';
import { findSocketPlace } from './socket-path.ts';

/** What came of asking at the door; reasons are sentences without a full stop. */
export type Asked<Answer> =
  | { readonly kind: 'answered'; readonly answer: Answer }
  /** Nobody listens there. Nothing was asked. */
  | { readonly kind: 'absent'; readonly reason: string }
  /** This user may not ask. */
  | { readonly kind: 'forbidden'; readonly reason: string }
  /** The connection ended, or nothing came in time: whether it was carried out is not known. */
  | { readonly kind: 'lost'; readonly reason: string }
  /** It says no, or something that is not understood here: it was not carried out. */
  | { readonly kind: 'refused'; readonly reason: string };

interface DoorRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly contentType?: string;
  readonly body?: string | Uint8Array;
  readonly timeoutMs: number;
}

type Reply =
  | { readonly kind: 'reply'; readonly status: number; readonly body: Uint8Array }
  | Exclude<Asked<never>, { kind: 'answered' | 'refused' }>;

const greetingTimeoutMs = 2_000;
/** Longer than an update may take over there. */
const updateTimeoutMs = 20_000;
const importTimeoutMs = 10 * 60_000;
const maxReplyOctets = 1024 * 1024;

/** Asks the running service that owns a database. */
export class DoorClient {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Who is there. */
  greet(): Promise<Asked<z.infer<typeof serviceSchema>>> {
    return this.#ask({ method: 'GET', path: paths.service, timeoutMs: greetingTimeoutMs }, serviceSchema);
  }

  update(request: UpdateRequest): Promise<Asked<readonly NameOutcome[]>> {
    const body = JSON.stringify(updateMessage(request));
    const contentType = 'application/json';
    const asked: DoorRequest = { method: 'POST', path: paths.update, contentType, body, timeoutMs: updateTimeoutMs };
    return this.#ask(asked, outcomesSchema);
  }

  administer(order: AdministrationOrder): Promise<Asked<OrderResult>> {
    const body = JSON.stringify(order);
    const contentType = 'application/json';
    const path = paths.administration;
    const asked: DoorRequest = { method: 'POST', path, contentType, body, timeoutMs: updateTimeoutMs };
    return this.#ask(asked, orderResultSchema);
  }

  /** @param text  a zone file of the whole zone */
  importZone(zone: Name, mode: ImportMode, text: Uint8Array): Promise<Asked<ImportOutcome>> {
    const path = `${paths.zones}${encodeURIComponent(zone.toString())}/import?mode=${mode}`;
    const asked: DoorRequest = {
      method: 'POST',
      path,
      contentType: 'text/dns',
      body: text,
      timeoutMs: importTimeoutMs,
    };
    return this.#ask(asked, importOutcomeSchema);
  }

  async #ask<Answer>(request: DoorRequest, schema: z.ZodType<Answer>): Promise<Asked<Answer>> {
    const reply = await exchange(this.#path, request);
    if (reply.kind !== 'reply') return reply;
    const said = jsonOf(reply.body);
    const understood = reply.status === 200 ? schema.safeParse(said) : undefined;
    if (understood?.success === true) return { kind: 'answered', answer: understood.data };
    const refused = errorSchema.safeParse(said);
    if (refused.success) return { kind: 'refused', reason: `the running service says: ${refused.data.error}` };
    const reason = `what the running service answers (status ${reply.status}) is not understood; is it of another version? Start it again`;
    // It was carried out, however it is told.
    return { kind: reply.status === 200 ? 'lost' : 'refused', reason };
  }
}

async function exchange(socketPath: string, request: DoorRequest): Promise<Reply> {
  const found = findSocketPlace(socketPath);
  if (found.kind === 'impossible') return { kind: 'absent', reason: found.reason };
  using place = found.place;
  return await send(place.path, socketPath, request);
}

function send(path: string, shown: string, { method, path: target, ...request }: DoorRequest): Promise<Reply> {
  const { promise, resolve } = Promise.withResolvers<Reply>();
  const body = request.body ?? '';
  const headers = request.contentType === undefined ? {} : { 'content-type': request.contentType };
  let isConnected = false;
  const outgoing = httpRequest({
    socketPath: path,
    agent: false,
    method,
    path: target,
    headers: { ...headers, host: 'localhost', 'content-length': Buffer.byteLength(body) },
    signal: AbortSignal.timeout(request.timeoutMs),
  });
  outgoing.on('socket', (socket) => socket.on('connect', () => (isConnected = true)));
  outgoing.on('error', (error: NodeJS.ErrnoException) => resolve(failure(error, isConnected, shown)));
  outgoing.on('response', (response) => {
    const chunks: Buffer[] = [];
    let length = 0;
    response.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > maxReplyOctets) response.destroy(new Error('the answer has no end'));
      else chunks.push(chunk);
    });
    response.on('error', (error) => resolve(failure(error, true, shown)));
    response.on('end', () => resolve({ kind: 'reply', status: response.statusCode ?? 0, body: Buffer.concat(chunks) }));
  });
  outgoing.end(body);
  return promise;
}

function failure(error: NodeJS.ErrnoException, isConnected: boolean, shown: string): Reply {
  if (isConnected) return { kind: 'lost', reason: `the running service ended the connection (${error.message})` };
  if (error.code === 'EACCES' || error.code === 'EPERM') {
    const remedy = 'run this as the user of the service, or as root';
    return { kind: 'forbidden', reason: `this user may not open ${shown}; ${remedy}` };
  }
  return { kind: 'absent', reason: `nobody listens at ${shown} (${error.code ?? error.message})` };
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return undefined;
  }
}

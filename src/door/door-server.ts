import { lstatSync, rmSync } from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

import type { DoorDesk } from './door-desk.ts';
import { defaultDoorLimits, type DoorLimits } from './limits.ts';
import { findSocketPlace, type SocketPlace } from './socket-path.ts';

export interface DoorOptions {
  /** Of the socket. Whoever opens a door has to own the database beside it: nobody else may take the place of a socket that is there. */
  readonly path: string;
  readonly desk: DoorDesk;
  readonly limits?: DoorLimits;
}

export type OpenedDoor =
  | { readonly kind: 'open'; readonly door: Door }
  /** `reason` is a sentence without a full stop. */
  | { readonly kind: 'failed'; readonly reason: string };

/** No group and no others: whoever may open the socket is the administrator. */
const umaskOfSocket = 0o177;

/**
 * The door of the running service for those who administer it: HTTP/1.1 on a Unix socket beside the database.
 *
 * A socket of a service that was killed is still there, and nobody listens; it is replaced, which is safe for the owner of
 * the database alone.
 */
export class Door implements AsyncDisposable {
  readonly #server: Server;
  readonly #place: SocketPlace;
  readonly #graceMs: number;

  private constructor(server: Server, place: SocketPlace, graceMs: number) {
    this.#server = server;
    this.#place = place;
    this.#graceMs = graceMs;
  }

  static async open({ path, desk, limits = defaultDoorLimits }: DoorOptions): Promise<OpenedDoor> {
    const found = findSocketPlace(path);
    if (found.kind === 'impossible') return { kind: 'failed', reason: found.reason };
    const { place } = found;
    const server = makeServer(desk, limits);
    try {
      removeStale(place.path);
      await listen(server, place.path);
    } catch (error) {
      place[Symbol.dispose]();
      if (!(error instanceof Error && 'code' in error)) throw error;
      return { kind: 'failed', reason: `the socket ${path} cannot be made: ${error.message}` };
    }
    return { kind: 'open', door: new Door(server, place, limits.doorClosingGraceMs) };
  }

  /** Answers what is under way, and takes no more. The socket is gone before that, so that nobody waits at it. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#server.closeIdleConnections();
    const impatience = setTimeout(() => this.#server.closeAllConnections(), this.#graceMs);
    await promise;
    clearTimeout(impatience);
    this.#place[Symbol.dispose]();
  }
}

function removeStale(path: string): void {
  const status = lstatSync(path, { throwIfNoEntry: false });
  // Something else of that name is somebody's; listening there fails, and says so.
  if (status?.isSocket()) rmSync(path);
}

async function listen(server: Server, path: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  // The mode of a socket is decided when it is bound, which `listen` does before it returns; to change it later would be too late.
  const umask = process.umask(umaskOfSocket);
  try {
    server.listen({ path }, resolve);
  } finally {
    process.umask(umask);
  }
  await promise;
  server.off('error', reject);
}

function makeServer(desk: DoorDesk, limits: DoorLimits): Server {
  const { doorConnections, doorHeaderOctets, doorHeadersTimeoutMs, doorRequestTimeoutMs } = limits;
  // An import of the module's values would load all that it offers, an HTTP client with it.
  const { createServer } = process.getBuiltinModule('node:http');
  const server = createServer(
    {
      maxHeaderSize: doorHeaderOctets,
      headersTimeout: doorHeadersTimeoutMs,
      requestTimeout: doorRequestTimeoutMs,
      connectionsCheckingInterval: 1000,
      keepAliveTimeout: 1,
    },
    (request, response) => void answer(desk, request, response),
  );
  server.maxConnections = doorConnections;
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => refuseGarbage(error, socket));
  return server;
}

const garbageStatus: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** What is no request cannot be answered as one. */
function refuseGarbage({ code }: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || code === 'ECONNRESET') return void socket.destroy();
  socket.end(
    `HTTP/1.1 ${garbageStatus[code ?? ''] ?? '400 Bad Request'}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`,
  );
}

async function answer(desk: DoorDesk, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { status, body } = await desk.answer(request);
  if (response.destroyed) return;
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    connection: 'close',
  });
  response.end(text);
}

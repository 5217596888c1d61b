import type { Socket } from 'node:net';
import { commonHeaders } from './answer.ts';
import { parameterError, type Refusal, refusalAnswer } from './refusal.ts';

/** How long a client may take to read why its connection is closed. */
const lingerMs = 1000;

/** Connections that have had their last answer. */
const ending = new WeakSet<Socket>();

/** Says that the answer which is being given is the last on its connection, whatever else comes in. */
export function endAfterAnswer(socket: Socket): void {
  ending.add(socket);
}

/**
 * Answers what Node could not even read as a request, and closes the connection: after such a fault nobody knows where the
 * next request begins, and guessing it is how requests are smuggled (RFC 9112 §11.2).
 *
 * @returns what was answered; undefined when there was nobody left to answer
 */
export function answerConnectionFault(error: NodeJS.ErrnoException, socket: Socket): Refusal | undefined {
  if (ending.has(socket)) return undefined;
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return undefined;
  }
  const refusal = connectionRefusal(error.code);
  answerOnSocket(socket, refusal);
  return refusal;
}

/** Also for the methods that Node hands over with the bare socket, such as CONNECT. */
export function answerOnSocket(socket: Socket, refusal: Refusal, allow?: string): void {
  endAfterAnswer(socket);
  socket.end(rawAnswer(refusal, allow));
  setTimeout(() => socket.destroy(), lingerMs).unref();
}

function rawAnswer(refusal: Refusal, allow: string | undefined): string {
  const { status, text } = refusalAnswer(refusal);
  const headers = Object.entries({
    ...commonHeaders,
    ...(allow === undefined ? {} : { allow }),
    'content-length': String(Buffer.byteLength(text)),
    connection: 'close',
  });
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  // An import of the whole module would touch all that it exports, and so load an HTTP client at every start.
  const { STATUS_CODES } = process.getBuiltinModule('node:http');
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines}\r\n${text}`;
}

/** Node counts the headers too, and has the same code for both. */
export const headersTooLarge: Refusal = parameterError(
  'The URL and the headers together are too long, or there are too many headers.',
  431,
);

function connectionRefusal(code: string | undefined): Refusal {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return headersTooLarge;
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return parameterError('The extensions of a chunk are too long.', 413);
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return parameterError('The request did not arrive in time.', 408);
    case 'HPE_INVALID_URL':
      return parameterError('The URL has a character that must be percent-encoded.');
    default:
      return parameterError('The request is not valid HTTP.');
  }
}

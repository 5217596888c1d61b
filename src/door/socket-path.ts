import { closeSync, constants, openSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** `sun_path` has 108 octets on Linux, one of them for the zero at its end (unix(7)). */
const maxSocketPathOctets = 107;

/** Where the service that owns a database is to be spoken to. */
export function doorPath(databasePath: string): string {
  return `${resolve(databasePath)}-socket`;
}

/** A path as the kernel takes it for a socket, for as long as it is not disposed of. */
export interface SocketPlace extends Disposable {
  readonly path: string;
}

export type FoundSocketPlace =
  | { readonly kind: 'found'; readonly place: SocketPlace }
  /** `reason` is a sentence without a full stop. */
  | { readonly kind: 'impossible'; readonly reason: string };

/**
 * A path that is too long for the kernel is taken by way of its directory, which is held open: `/proc/self/fd/…` (proc(5)) has room
 * for the file's name, whatever is before it.
 */
export function findSocketPlace(path: string): FoundSocketPlace {
  if (Buffer.byteLength(path) <= maxSocketPathOctets)
    return { kind: 'found', place: { path, [Symbol.dispose]: () => {} } };
  let directory: number;
  try {
    directory = openSync(dirname(path), constants.O_RDONLY | constants.O_DIRECTORY);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return { kind: 'impossible', reason: `the directory of ${path} cannot be opened (${String(error.code)})` };
  }
  const short = join('/proc/self/fd', String(directory), basename(path));
  if (Buffer.byteLength(short) <= maxSocketPathOctets)
    return { kind: 'found', place: { path: short, [Symbol.dispose]: () => closeSync(directory) } };
  closeSync(directory);
  const remedy = 'give the database a shorter name';
  return { kind: 'impossible', reason: `${basename(path)} is too long for the name of a socket; ${remedy}` };
}

import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

export type BoundedFile =
  | { readonly kind: 'text'; readonly text: string; readonly isReadableByOthers: boolean }
  | { readonly kind: 'missing'; readonly reason: string }
  | { readonly kind: 'unreadable'; readonly reason: string };

export interface ReadBounds {
  /** Refuses pipes and devices, which may never end. */
  readonly mustBeRegular: boolean;
  /** How long a pipe may say nothing. */
  readonly silenceMs: number;
  /** Ends the waiting for a pipe. */
  readonly signal?: AbortSignal | undefined;
}

const maxFileOctets = 8 * 1024 * 1024;
const chunkOctets = 64 * 1024;
const tooLarge = 'it is larger than 8 MiB';

/** Reads a text of at most 8 MiB, and waits for no one for ever; what is wrong with the file comes back as a value. */
export async function readBoundedFile(path: string, bounds: ReadBounds): Promise<BoundedFile> {
  try {
    // Opening a pipe that nobody writes to would otherwise block a thread, and with it the end of the process.
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const status = await file.stat();
    if (status.isDirectory()) return { kind: 'unreadable', reason: 'it is a directory' };
    if (bounds.mustBeRegular && !status.isFile()) return { kind: 'unreadable', reason: 'it is no regular file' };
    if (status.size > maxFileOctets) return { kind: 'unreadable', reason: tooLarge };
    const read = await readOctets(file, status.isFIFO(), bounds);
    if (read.kind === 'unreadable') return read;
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(read.octets);
    // POSIX mode bits; a terminal or pipe that carries a secret belongs to its opener anyway.
    return { kind: 'text', text, isReadableByOthers: status.isFile() && (status.mode & 0o004) !== 0 };
  } catch (error) {
    return failureOf(error);
  }
}

type ReadOctets = { kind: 'octets'; octets: Buffer } | { kind: 'unreadable'; reason: string };

const pollMs = 10;

/** Never trusts the size that the file tells of itself: a device has none, and a file may grow. */
async function readOctets(file: FileHandle, isPipe: boolean, { silenceMs, signal }: ReadBounds): Promise<ReadOctets> {
  const chunk = Buffer.alloc(chunkOctets);
  const chunks: Buffer[] = [];
  let length = 0;
  let silentMs = 0;
  while (length <= maxFileOctets) {
    const count = await readNow(file, chunk);
    // The end of a pipe before its first octet means that its writer has yet to come.
    if (count === 'later' || (count === 0 && isPipe && length === 0)) {
      if (silentMs >= silenceMs) return { kind: 'unreadable', reason: 'nothing came from it in time' };
      await delay(pollMs, undefined, { signal });
      silentMs += pollMs;
      continue;
    }
    if (count === 0) return { kind: 'octets', octets: Buffer.concat(chunks) };
    silentMs = 0;
    chunks.push(Buffer.from(chunk.subarray(0, count)));
    length += count;
  }
  return { kind: 'unreadable', reason: tooLarge };
}

async function readNow(file: FileHandle, chunk: Buffer): Promise<number | 'later'> {
  try {
    return (await file.read(chunk, 0, chunk.length, null)).bytesRead;
  } catch (error) {
    if (codeOf(error) === 'EAGAIN') return 'later';
    throw error;
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'a part of its path is no directory',
  EACCES: 'this user may not read it',
  EPERM: 'this user may not read it',
  ELOOP: 'its symbolic links go round in circles',
  ENAMETOOLONG: 'its name is too long',
  ABORT_ERR: 'it was waited for until the stop',
  ENXIO: 'it is no regular file',
  ERR_ENCODING_INVALID_ENCODED_DATA: 'it is not UTF-8 text',
};

function failureOf(error: unknown): BoundedFile {
  const code = codeOf(error);
  if (code === undefined) throw error;
  const reason = reasons[code] ?? code;
  return code === 'ENOENT' || code === 'ENOTDIR' ? { kind: 'missing', reason } : { kind: 'unreadable', reason };
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

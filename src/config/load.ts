import { open, stat } from 'node:fs/promises';
import type { Config } from './config.ts';
import { parseConfig } from './parse.ts';
import type { Problem } from './problem.ts';
import { type ConfigPlace, configPlace, type SearchOptions } from './search.ts';
import { othersMayRead, type SecretFile } from './secret-file.ts';

export type LoadedConfig =
  | { readonly kind: 'loaded'; readonly config: Config }
  | { readonly kind: 'failed'; readonly problems: readonly Problem[] }
  /** Nobody named a file, and none stands in the usual places. */
  | { readonly kind: 'absent'; readonly searched: readonly string[] };

/** Finds, reads and checks the configuration; what is wrong with it comes back as a value. */
export async function loadConfig(options: SearchOptions): Promise<LoadedConfig> {
  const place = configPlace(options);
  for (const path of place.kind === 'named' ? [place.path] : place.paths) {
    const file = await readBoundedFile(path);
    if (place.kind === 'usual' && file.kind !== 'text' && !(await exists(path))) continue;
    if (file.kind !== 'text') return { kind: 'failed', problems: [unreadable(path, file.reason, place)] };
    const parsed = await parseConfig(file.text, path, readSecretFile);
    if (parsed.kind === 'mistakes') return { kind: 'failed', problems: parsed.problems };
    const warnings = file.isReadableByOthers
      ? [othersMayRead(path), ...parsed.config.warnings]
      : parsed.config.warnings;
    return { kind: 'loaded', config: { ...parsed.config, warnings } };
  }
  return { kind: 'absent', searched: place.kind === 'usual' ? place.paths : [] };
}

/** In a folder that this user may not enter, nothing can be seen, and so nothing is there. */
async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}

function unreadable(path: string, reason: string, place: ConfigPlace): Problem {
  const named = place.kind === 'named' ? `, named by ${place.by},` : '';
  const remedy =
    place.kind === 'named'
      ? 'name a configuration file that can be read'
      : 'make it readable, or name another with --config';
  return { file: path, position: undefined, message: `this file${named} cannot be read: ${reason}; ${remedy}` };
}

async function readSecretFile(path: string): Promise<SecretFile> {
  const file = await readBoundedFile(path);
  return file.kind === 'text' ? file : { kind: 'unreadable', reason: file.reason };
}

type ReadFile =
  | { kind: 'text'; text: string; isReadableByOthers: boolean }
  | { kind: 'missing'; reason: string }
  | { kind: 'unreadable'; reason: string };

const maxFileOctets = 8 * 1024 * 1024;

async function readBoundedFile(path: string): Promise<ReadFile> {
  try {
    await using file = await open(path, 'r');
    const status = await file.stat();
    if (status.isDirectory()) return { kind: 'unreadable', reason: 'it is a directory' };
    if (status.size > maxFileOctets) return { kind: 'unreadable', reason: 'it is larger than 8 MiB' };
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await file.readFile());
    // POSIX mode bits; a terminal or pipe that carries a secret belongs to its opener anyway.
    return { kind: 'text', text, isReadableByOthers: status.isFile() && (status.mode & 0o004) !== 0 };
  } catch (error) {
    return failureOf(error);
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'a part of its path is no directory',
  EACCES: 'this user may not read it',
  EPERM: 'this user may not read it',
  ELOOP: 'its symbolic links go round in circles',
  ENAMETOOLONG: 'its name is too long',
  ERR_ENCODING_INVALID_ENCODED_DATA: 'it is not UTF-8 text',
};

function failureOf(error: unknown): ReadFile {
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  if (code === undefined) throw error;
  const reason = reasons[code] ?? code;
  return code === 'ENOENT' || code === 'ENOTDIR' ? { kind: 'missing', reason } : { kind: 'unreadable', reason };
}

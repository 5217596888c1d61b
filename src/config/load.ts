import { stat } from 'node:fs/promises';
import { readBoundedFile } from './bounded-file.ts';
import type { Config } from './config.ts';
import { parseConfig } from './parse.ts';
import type { Problem } from './problem.ts';
import { type ConfigPlace, configPlace, type SearchOptions, stateDirectory } from './search.ts';
import { othersMayRead, type SecretFile } from './secret-file.ts';

export type LoadedConfig =
  | { readonly kind: 'loaded'; readonly config: Config }
  | { readonly kind: 'failed'; readonly problems: readonly Problem[] }
  /** Nobody named a file, and none stands in the usual places. */
  | { readonly kind: 'absent'; readonly searched: readonly string[] };

/** A configuration may come through a pipe, such as `--config <(decrypt dyndns.yml)`, whose writer takes its time. */
const maxSilenceMs = 10_000;

/** Finds, reads and checks the configuration; what is wrong with it comes back as a value. The signal ends the waiting for a pipe. */
export async function loadConfig(options: SearchOptions, signal?: AbortSignal): Promise<LoadedConfig> {
  const place = configPlace(options);
  for (const path of place.kind === 'named' ? [place.path] : place.paths) {
    const file = await readBoundedFile(path, { mustBeRegular: false, silenceMs: maxSilenceMs, signal });
    if (place.kind === 'usual' && file.kind !== 'text' && !(await exists(path))) continue;
    if (file.kind !== 'text') return { kind: 'failed', problems: [unreadable(path, file.reason, place)] };
    const parsed = await parseConfig(file.text, path, readSecretFile, stateDirectory(options));
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
  const file = await readBoundedFile(path, { mustBeRegular: true, silenceMs: 0 });
  return file.kind === 'text' ? file : { kind: 'unreadable', reason: file.reason };
}

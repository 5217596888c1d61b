import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Config } from '../config/config.ts';
import { firstConfigFile } from '../config/search.ts';
import type { CliContext } from './command.ts';

/** What the zone of a first start is called: reserved for examples (RFC 2606), so it is nobody's. */
const firstZone = 'dyndns.example.com';

export type FirstConfig =
  | { readonly kind: 'made'; readonly path: string }
  | { readonly kind: 'failed'; readonly reason: string };

/**
 * Makes the configuration of somebody who has none: a fresh secret, and one zone on the built-in nameserver. Never over a
 * file that is there.
 */
export async function makeFirstConfig(
  context: Pick<CliContext, 'environment' | 'workingDirectory'>,
  secret = randomBytes(16).toString('hex'),
): Promise<FirstConfig> {
  const path = firstConfigFile(context);
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(path, firstConfigText(secret), { mode: 0o600, flag: 'wx' });
    return { kind: 'made', path };
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) throw error;
    return {
      kind: 'failed',
      reason: `a first configuration cannot be made: ${failureWords({ code: error.code, message: error.message }, dirname(path))}`,
    };
  }
}

function failureWords(
  { code, message }: { readonly code: string; readonly message: string },
  directory: string,
): string {
  const elsewhere =
    'start it in a directory of your own, name another by the environment variable STATE_DIRECTORY, or a configuration by --config FILE';
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return `this user may not write to ${directory} (${code}); ${elsewhere}`;
    case 'EROFS':
      return `the file system of ${directory} is mounted read-only (${code}); ${elsewhere}`;
    case 'ENOSPC':
    case 'EDQUOT':
      return `there is no room left for ${directory} (${code}); make room there`;
    default:
      return `${message}; name one by --config FILE`;
  }
}

/** Whether a configuration is the one that a first start has made, with the zone that is there for trying it out. */
export function isFirstConfig(
  { file, zones }: Config,
  context: Pick<CliContext, 'environment' | 'workingDirectory'>,
): boolean {
  return file === firstConfigFile(context) && zones.some(({ name }) => name.toString() === `${firstZone}.`);
}

export function firstConfigText(secret: string): string {
  return `# Made by dyndns at its first start. docs/operator/configuration.md tells what else may stand here.
secret: '${secret}'   # what clients send
zones:
  - name: ${firstZone}   # put your own here; it is served by the built-in nameserver
`;
}

/** Two lines to try it with; the address is one of those that are there for examples (RFC 5737). */
export function linesToTry(
  http: string,
  dns: { readonly host: string; readonly port: number },
  secret: string,
): readonly string[] {
  const name = `home.${firstZone}`;
  return [
    `curl ${http}/update-by-path/${secret}/${name}/203.0.113.7`,
    `dig +short @${dns.host} -p ${dns.port} ${name} A`,
  ];
}

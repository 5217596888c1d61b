import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
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
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: 'failed', reason: `a first configuration cannot be made: ${reason}` };
  }
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

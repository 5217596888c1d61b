import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { findExecutable } from '../debian-packages.ts';
import type { TestKey } from '../test-key.ts';
import type { BindConfigurationParts, Installation, Make, ServedZone } from './make.ts';

const zoneFile = (zone: string) => `${zone}.zone`;

/** ISC BIND 9, as Debian has it. */
export const bind: Make = {
  title: 'BIND',
  peers: ['named', 'dig', 'nsupdate'],
  zoneFile,
  install: async (installation) => {
    const { directory, zones, keys, options } = installation;
    for (const { name, masterFile } of zones) await directory.write(zoneFile(name), masterFile);
    const parts = {
      keys: keys.map(renderKey).join('\n'),
      options: renderOptions(installation),
      zones: zones.map(renderZone),
    };
    const composed = (options.composeBindConfiguration ?? compose)(parts);
    const text = options.rewriteConfiguration?.(composed) ?? composed;
    const configuration = await directory.write('named.conf', text);
    return { command: await unconfinedNamed(directory.path), args: ['-g', '-c', configuration] };
  },
};

function compose({ keys, options, zones }: BindConfigurationParts): string {
  return [keys, options, ...zones].join('\n');
}

function renderKey({ name, algorithm, secret }: TestKey): string {
  return `key "${name}" { algorithm ${algorithm}; secret "${secret}"; };`;
}

function renderOptions({ directory, port, options }: Installation): string {
  return `controls { };
options {
  directory "${directory.path}";
  pid-file "${directory.path}/named.pid";
  session-keyfile "${directory.path}/session.key";
  listen-on port ${port} { 127.0.0.1; };
  listen-on-v6 { none; };
  recursion no;
  dnssec-validation no;
  empty-zones-enable no;
  notify no;
  ${options.bindOptions ?? ''}
};`;
}

function renderZone(zone: ServedZone): string {
  const { name, key } = zone;
  const policy = zone.bindUpdatePolicy ?? `grant ${key.name} zonesub ANY;`;
  return `zone "${name}" {
  type primary;
  file "${zoneFile(name)}";
  allow-transfer { key "${key.name}"; };
  ${zone.refusesUpdates ? 'allow-update { none; };' : `update-policy { ${policy} };`}
  ${zone.bindStatements ?? ''}
};`;
}

/** Debian's AppArmor profile lets /usr/sbin/named read no temporary directory; a copy elsewhere is not under it. */
export async function unconfinedNamed(directory: string): Promise<string> {
  const enabled = await readFile('/sys/module/apparmor/parameters/enabled', 'utf8').catch(() => 'N');
  const named = findExecutable('named');
  if (!enabled.startsWith('Y') || named === undefined) return 'named';
  const copy = join(directory, 'named');
  await copyFile(named, copy);
  return copy;
}

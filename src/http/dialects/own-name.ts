import { Type } from '../../dns/codes.ts';
import { toAsciiName } from '../../idn/ascii-name.ts';
import type { Asker } from '../../updates/asker.ts';
import { type Hostname, parseHostname } from '../../updates/hostname.ts';
import type { HttpSettings } from '../services.ts';

/**
 * The name that somebody means who may write its first label alone: the one host in his scope that begins with it.
 *
 * @returns undefined for what is no name, for a label that none or several of his hosts begin with, and for a name in none of the zones
 */
export function ownName(written: string, asker: Asker, { hosts, updater }: HttpSettings): Hostname | undefined {
  const ascii = toAsciiName(written);
  const parsed = ascii.kind === 'invalid' ? undefined : parseHostname(ascii.text);
  if (parsed?.kind !== 'hostname') return undefined;
  const { hostname } = parsed;
  if (hostname.labelCount > 1) return updater.zones.find(hostname) ? hostname : undefined;
  const label = hostname.toString().slice(0, -1);
  const listed = asker.listedNames ?? [];
  const candidates = [...listed, ...hosts.withFirstLabel(label).map(({ name }) => name)].filter(
    (name) => name.toString().startsWith(`${label}.`) && mayChange(asker, name),
  );
  const different = new Map(candidates.map((name) => [name.key, name]));
  return different.size === 1 ? candidates[0] : undefined;
}

function mayChange(asker: Asker, name: Hostname): boolean {
  return [Type.A, Type.AAAA].some((type) => asker.permission(name, type, 'set').kind === 'granted');
}

import { z } from 'zod';
import { networkText, parseNetwork } from '../access/scope-text.ts';
import type { Network } from '../access/scope.ts';
import type { Name } from '../dns/name.ts';
import type { AcmeDnsConfig, ZoneConfig } from './config.ts';
import { type Field, keyPosition, readFields, readSection } from './fields.ts';
import type { ProblemList } from './problem.ts';
import { domainName, network, oneOrMore } from './schema.ts';
import type { YamlMapping } from './yaml-tree.ts';

export const acmeDnsFields = {
  zone: {
    schema: domainName,
    expected: 'it takes a name in one of the zones, such as acme.example.com',
  } satisfies Field<Name>,
  registration: {
    schema: z.enum(['token', 'networks', 'off']),
    expected: 'it is token, networks or off',
  } satisfies Field<AcmeDnsConfig['registration']>,
  networks: {
    schema: oneOrMore(network, 1, 64),
    expected: 'it takes addresses and networks such as 10.0.0.0/8, or a list of them',
  } satisfies Field<string[]>,
} as const;

/** Where acme-dns registers names, and for whom; undefined where it is not spoken. */
export function readAcmeDns(
  top: YamlMapping,
  zones: readonly ZoneConfig[],
  problems: ProblemList,
): AcmeDnsConfig | undefined {
  const section = readSection(top, 'acme_dns', 'it holds zone, registration and networks', problems);
  if (!section) return undefined;
  const values = readFields(section, acmeDnsFields, problems, { prefix: 'acme_dns.' });
  if (!values.zone) {
    if (!section.entries.has('zone'))
      problems.add(section.position, 'acme_dns has no zone; add the name below which registrations are made');
    return undefined;
  }
  const { zone } = values;
  if (!zones.some(({ name }) => zone.isAtOrBelow(name)))
    problems.add(
      keyPosition(section, 'zone'),
      `acme_dns.zone ${shown(zone)} is in none of the zones (${listed(zones.map(({ name }) => shown(name)))})`,
    );
  const registration = values.registration ?? 'token';
  if (registration === 'networks' && !section.entries.has('networks'))
    problems.add(keyPosition(section, 'registration'), 'acme_dns.registration is networks; add acme_dns.networks');
  if (registration !== 'networks' && values.networks)
    problems.add(
      keyPosition(section, 'networks'),
      'acme_dns.networks counts only with registration: networks; write that, or remove networks',
    );
  return { zone, registration, networks: readNetworks(section, values.networks ?? [], problems) };
}

function readNetworks(section: YamlMapping, texts: readonly string[], problems: ProblemList): Network[] {
  const written = section.entries.get('networks')?.value;
  return texts.flatMap((text, index) => {
    const piece = parseNetwork(text);
    if (piece.kind === 'value') return [piece.value];
    const [place, key] =
      written?.kind === 'list' ? [written.items[index], `acme_dns.networks[${index}]`] : [written, 'acme_dns.networks'];
    const reason = piece.around
      ? `is ${text}, an address within a network; the network is ${networkText(piece.around)}`
      : `is wrong: ${piece.reason}`;
    problems.add((place ?? section).position, `${key} ${reason}`);
    return [];
  });
}

/** So many zones are named in a message. */
const namedZones = 5;

function listed(names: readonly string[]): string {
  const others = names.length - namedZones;
  return [...names.slice(0, namedZones), ...(others > 0 ? [`and ${others} more`] : [])].join(', ');
}

function shown(name: Name): string {
  return name.toString().replace(/(?<=.)\.$/, '');
}

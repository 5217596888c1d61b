import { z } from 'zod';
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
    problems.add(keyPosition(section, 'zone'), `acme_dns.zone is in none of the zones; add its zone under zones`);
  const registration = values.registration ?? 'token';
  if (registration === 'networks' && !values.networks)
    problems.add(keyPosition(section, 'registration'), 'acme_dns.registration is networks; add acme_dns.networks');
  if (registration !== 'networks' && values.networks)
    problems.add(keyPosition(section, 'networks'), `acme_dns.networks counts only with registration: networks`);
  return { zone, registration, networks: values.networks ?? [] };
}

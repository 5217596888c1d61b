import { z } from 'zod';
import type { Asker } from '../../updates/asker.ts';
import type { ManagedZone } from '../../updates/zone-directory.ts';
import type { HttpSettings } from '../services.ts';
import { answer } from './api-schemas.ts';
import { faultProblem } from './fault-problem.ts';
import { emptySchema, hostnameSchema, nameText, nameTextSchema } from './field-schemas.ts';
import { type Operation, operation } from './operation.ts';

const tag = 'Zones';

const zoneSchema = answer(
  'Zone',
  z.strictObject({
    name: nameTextSchema,
    primary: z
      .enum(['embedded', 'rfc2136'])
      .meta({ description: 'Where its truth lives: `embedded` here, `rfc2136` on another nameserver.' }),
  }),
);

const zoneListSchema = answer('ZoneList', z.strictObject({ zones: z.array(zoneSchema) }));

const example = { name: 'example.com', primary: 'embedded' };

const listZones = operation(
  {
    id: 'listZones',
    method: 'GET',
    path: '/zones',
    tag,
    summary: 'The zones that the service looks after',
    description: 'A token sees those in which the names of its scope lie.',
    parameters: emptySchema,
    query: emptySchema,
    answers: { 200: { description: 'All of them, in the order of the configuration', schema: zoneListSchema } },
    problems: [],
    example: { answer: { zones: [example] } },
  },
  ({ settings, asker }) => ({ status: 200, content: { zones: zonesOf(settings, asker).map(zoneContent) } }),
);

const getZone = operation(
  {
    id: 'getZone',
    method: 'GET',
    path: '/zones/{zone}',
    tag,
    summary: 'One zone',
    description: 'For the administrator.',
    isAdministrators: true,
    parameters: z.strictObject({ zone: hostnameSchema }),
    query: emptySchema,
    answers: { 200: { description: 'The zone', schema: zoneSchema } },
    problems: ['unknown-zone'],
    example: { answer: example },
  },
  ({ settings }, { parameters: { zone: name } }) => {
    const zone = settings.updater.zones.zones.find((each) => each.name.equals(name));
    return zone
      ? { status: 200, content: zoneContent(zone) }
      : faultProblem({ code: 'unknown-zone', name: name.toString() });
  },
);

function zonesOf({ updater: { zones }, administration }: HttpSettings, { credential }: Asker): readonly ManagedZone[] {
  if (credential.kind !== 'token') return zones.zones;
  const patterns = administration?.token(credential.id)?.scope.patterns ?? [];
  const theirs = new Set(patterns.map(({ name }) => zones.find(name)));
  return zones.zones.filter((zone) => theirs.has(zone));
}

function zoneContent({ name, isHosted }: ManagedZone): object {
  return { name: nameText(name), primary: isHosted === true ? 'embedded' : 'rfc2136' };
}

export const zoneOperations: readonly Operation[] = [listZones, getZone];

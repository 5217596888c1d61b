import { z } from 'zod';
import type { HostDescription, Sighting } from '../../registry/administration.ts';
import type { Host } from '../../updates/host.ts';
import { answer, body } from './api-schemas.ts';
import {
  hostnameSchema,
  interfaceIdSchema,
  interfaceIdText,
  nameText,
  nameTextSchema,
  nextCursorSchema,
  timeText,
  timeTextSchema,
  ttlSchema,
  ttlTextSchema,
  versionSchema,
  warningsSchema,
} from './field-schemas.ts';

const tenYearsSeconds = 10 * 365 * 86_400;

const fields = {
  description: z.string().max(200).meta({ description: 'For people.' }),
  ttl: ttlSchema
    .nullable()
    .meta({ description: 'Of records that are new, in seconds; null: the default of the service.' }),
  interface_id: interfaceIdSchema.nullable().meta({
    description:
      'What stands behind a new IPv6 prefix, written like an address (`::211:32ff:fe12:3456`); null: none, or learned where it follows.',
  }),
  follows: hostnameSchema
    .nullable()
    .meta({ description: 'The host with whose IPv6 prefix its AAAA is rewritten; null: none.' }),
  expires_after_seconds: z
    .int()
    .min(60)
    .max(tenYearsSeconds)
    .nullable()
    .meta({ description: 'Kept with the host; this version removes nothing by it yet. Null: never.' }),
  wildcard: z.boolean().meta({ description: 'Whether `*.name` gets whatever addresses the name gets.' }),
};

type Fields = z.output<ReturnType<typeof z.strictObject<typeof fields>>>;

export const hostWishSchema = body(
  'HostWish',
  z
    .strictObject(fields)
    .partial()
    .transform((wish): HostDescription => ({ ...plainHost, ...described(wish) })),
);

export const hostEditSchema = body('HostEdit', z.strictObject(fields).partial().transform(described));

/** What is left out is no member of it. */
function described(wish: { readonly [Field in keyof Fields]?: Fields[Field] | undefined }): Partial<HostDescription> {
  return {
    ...(wish.description === undefined ? {} : { description: wish.description }),
    ...(wish.ttl === undefined ? {} : { ttlSeconds: wish.ttl ?? undefined }),
    ...(wish.interface_id === undefined ? {} : { interfaceId: wish.interface_id ?? undefined }),
    ...(wish.follows === undefined ? {} : { follows: wish.follows ?? undefined }),
    ...(wish.expires_after_seconds === undefined
      ? {}
      : { expiresAfterSeconds: wish.expires_after_seconds ?? undefined }),
    ...(wish.wildcard === undefined ? {} : { hasWildcardTwin: wish.wildcard }),
  };
}

/** What is there, with what is said of it anew. */
export function editedHost(host: HostDescription | undefined, edit: Partial<HostDescription>): HostDescription {
  const { description, ttlSeconds, interfaceId, follows, expiresAfterSeconds, hasWildcardTwin } = host ?? plainHost;
  return { description, ttlSeconds, interfaceId, follows, expiresAfterSeconds, hasWildcardTwin, ...edit };
}

/** What a host is of which nothing is said. */
const plainHost: HostDescription = {
  description: '',
  ttlSeconds: undefined,
  interfaceId: undefined,
  follows: undefined,
  expiresAfterSeconds: undefined,
  hasWildcardTwin: false,
};

export const sightingSchema = z
  .strictObject({
    at: timeTextSchema,
    dialect: z.string().meta({ description: 'How it was asked for: `dyndns2`, `rest` …' }),
    source: z.string().nullable().meta({ description: 'The address that it came from; null where there was none.' }),
    credential: z.string().meta({ description: '`secret`, `cli`, `key:NAME` or `token:ID`.' }),
    outcome: z.enum(['changed', 'unchanged', 'failed']),
  })
  .nullable()
  .meta({ description: 'When it was last heard of; null: never.' });

export function sightingContent(sighting: Sighting | undefined): object | null {
  if (!sighting) return null;
  const { atMs, dialect, source, credential, outcome } = sighting;
  return { at: timeText(atMs / 1000), dialect, source: source ?? null, credential, outcome };
}

export const hostSchema = answer(
  'Host',
  z.strictObject({
    name: nameTextSchema,
    description: z.string(),
    ttl: ttlTextSchema.nullable(),
    interface_id: z.string().nullable(),
    follows: nameTextSchema.nullable(),
    expires_after_seconds: z.int().nullable(),
    wildcard: z.boolean(),
    made_by: z
      .string()
      .nullable()
      .meta({ description: 'The token that made it, among whose names it counts; null: the administrator.' }),
    made_at: timeTextSchema,
    last_seen: sightingSchema,
    version: versionSchema,
    warnings: warningsSchema.optional(),
  }),
);

export const hostListSchema = answer(
  'HostList',
  z.strictObject({ hosts: z.array(hostSchema), next_cursor: nextCursorSchema }),
);

export function hostContent(host: Host, lastSeen: Sighting | undefined, warnings: readonly string[] = []): object {
  return {
    name: nameText(host.name),
    description: host.description,
    ttl: host.ttlSeconds ?? null,
    interface_id: host.interfaceId ? interfaceIdText(host.interfaceId) : null,
    follows: host.follows ? nameText(host.follows) : null,
    expires_after_seconds: host.expiresAfterSeconds ?? null,
    wildcard: host.hasWildcardTwin,
    made_by: host.madeBy ?? null,
    made_at: timeText(host.madeAtSeconds),
    last_seen: sightingContent(lastSeen),
    version: host.version,
    ...(warnings.length > 0 ? { warnings } : {}),
  };
}

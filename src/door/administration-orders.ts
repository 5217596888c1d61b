import { z } from 'zod';

/** What whoever administers the service orders, through the door or beside it: JSON, checked where it is carried out. */

const text = z.string().max(1024);
const description = z.string().max(1000);
const list = z.array(text).max(1000);
const id = z.string().min(1).max(64);
const seconds = z
  .int()
  .min(0)
  .max(2 ** 40);
const name = z.string().min(1).max(1024);
const pageSize = z.int().min(1).max(500);

const scope = {
  /** Patterns as `access/scope-text.ts` reads them. */
  names: list,
  types: list,
  networks: list,
  plainHttp: z.boolean(),
  publicAddressesOnly: z.boolean(),
};

const tokenFields = {
  description,
  ...scope,
  /** Unix time; null: never. */
  expiresAtSeconds: seconds.nullable(),
  maxNames: z.int().min(0).max(1_000_000),
};

const hostFields = {
  description,
  ttlSeconds: z.int().min(0).max(0x7fff_ffff).nullable(),
  /** An IPv6 address whose low bits count; null: none. */
  interfaceId: text.nullable(),
  follows: name.nullable(),
  expiresAfterSeconds: seconds.nullable(),
  hasWildcardTwin: z.boolean(),
};

export const orderSchema = z.discriminatedUnion('order', [
  z.strictObject({ order: z.literal('create-token'), ...tokenFields, tsig: text.nullable() }),
  z.strictObject({ order: z.literal('edit-token'), id, edit: z.strictObject(tokenFields).partial() }),
  z.strictObject({ order: z.literal('block-token'), id, isBlocked: z.boolean() }),
  z.strictObject({ order: z.literal('rotate-token'), id, overlapSeconds: seconds }),
  z.strictObject({ order: z.literal('revoke-token'), id }),
  z.strictObject({ order: z.literal('show-token'), id }),
  z.strictObject({ order: z.literal('list-tokens'), offset: z.int().min(0), limit: pageSize }),
  z.strictObject({ order: z.literal('put-host'), name, edit: z.strictObject(hostFields).partial() }),
  z.strictObject({ order: z.literal('delete-host'), name }),
  z.strictObject({ order: z.literal('show-host'), name }),
  z.strictObject({ order: z.literal('list-hosts'), text: text.optional(), after: name.optional(), limit: pageSize }),
  z.strictObject({
    order: z.literal('history'),
    name: name.optional(),
    before: z.int().min(0).optional(),
    limit: pageSize,
  }),
]);

export type AdministrationOrder = z.infer<typeof orderSchema>;

/* What is told, in the words and shapes of the REST API: `--json` of the commands prints it as it is. */

/** RFC 3339, UTC. */
const time = z.string();
const sighting = z
  .object({
    at: time,
    dialect: z.string(),
    source: z.string().nullable(),
    credential: z.string(),
    outcome: z.string(),
  })
  .nullable();

export const tokenView = z.object({
  id: z.string(),
  description: z.string(),
  scope: z.object({
    names: list,
    types: list,
    networks: list,
    plain_http: z.boolean(),
    public_addresses_only: z.boolean(),
  }),
  /** What all of it comes to; the API leaves that to whoever reads. */
  state: z.enum(['good', 'expired', 'revoked', 'blocked']),
  expires_at: time.nullable(),
  revoked_at: time.nullable(),
  blocked: z.boolean(),
  max_names: z.number(),
  made_at: time,
  last_use: sighting,
  secrets: z.array(
    z.object({
      kind: z.enum(['http', 'tsig']),
      key_name: z.string().nullable(),
      algorithm: z.string().nullable(),
      expires_at: time.nullable(),
    }),
  ),
  version: z.number(),
});

export const createdTokenView = z.object({
  token: tokenView,
  secret: z.string(),
  tsig: z.object({ key_name: z.string(), algorithm: z.string(), secret: z.string() }).nullable(),
});

export const hostView = z.object({
  /** This name and the others here have no dot at their end. */
  name: z.string(),
  description: z.string(),
  ttl: z.number().nullable(),
  interface_id: z.string().nullable(),
  follows: z.string().nullable(),
  expires_after_seconds: z.number().nullable(),
  wildcard: z.boolean(),
  made_by: z.string().nullable(),
  made_at: time,
  last_seen: sighting,
  version: z.number(),
  /** Besides what the API tells; empty in lists. */
  followers: z.array(z.string()),
});

export const historyView = z.object({
  sequence: z.number(),
  at: time,
  name: z.string(),
  /** Null for what concerns the name as a whole. */
  type: z.string().nullable(),
  outcome: z.enum(['changed', 'failed', 'skipped', 'noted']),
  before: z.array(z.string()),
  after: z.array(z.string()),
  credential: z.string(),
  dialect: z.string(),
  source: z.string().nullable(),
  detail: z.string().nullable(),
});

export type TokenView = z.infer<typeof tokenView>;
export type CreatedTokenView = z.infer<typeof createdTokenView>;
export type HostView = z.infer<typeof hostView>;
export type HistoryView = z.infer<typeof historyView>;

/** What came of an order; sentences are whole ones. */
export const orderResultSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('token'), token: tokenView }),
  z.object({ kind: z.literal('created'), created: createdTokenView }),
  z.object({ kind: z.literal('tokens'), tokens: z.array(tokenView), hasMore: z.boolean() }),
  z.object({ kind: z.literal('host'), host: hostView }),
  z.object({ kind: z.literal('hosts'), hosts: z.array(hostView), hasMore: z.boolean() }),
  z.object({ kind: z.literal('history'), entries: z.array(historyView), hasMore: z.boolean() }),
  /** There is no such token or host. */
  z.object({ kind: z.literal('unknown'), reason: z.string() }),
  z.object({ kind: z.literal('refused'), reason: z.string() }),
  z.object({ kind: z.literal('failed'), reason: z.string(), remedy: z.string() }),
]);

export type OrderResult = z.infer<typeof orderResultSchema>;

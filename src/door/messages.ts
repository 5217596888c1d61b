import { z } from 'zod';

import { parseType, typeName } from '../dns/codes.ts';
import type { Rdata } from '../dns/rdata.ts';
import type { ImportOutcome } from '../primary/embedded/import/import-report.ts';
import { addressText, parseAddress } from '../updates/address.ts';
import { type Hostname, parseHostname } from '../updates/hostname.ts';
import type { NameOutcome } from '../updates/outcome.ts';
import type { NameRequest, RecordIntent, UpdateRequest } from '../updates/request.ts';
import { faultSchema } from './fault-schema.ts';

/** What goes through the door: JSON, checked on both sides. */

export const paths = {
  service: '/v1/service',
  update: '/v1/update',
  /** Tokens, hosts and history: an order, and what came of it. */
  administration: '/v1/administration',
  /** `/v1/zones/NAME/import?mode=fresh|replace|merge`, with the zone as text/dns (RFC 4027). */
  zones: '/v1/zones/',
} as const;

export const serviceSchema = z.object({ name: z.literal('dyndns'), version: z.string() });

/** Why a request was not carried out: a sentence for whoever made it. */
export const errorSchema = z.object({ error: z.string() });

export const importModeSchema = z.enum(['fresh', 'replace', 'merge']);

const maxNames = 20;
const maxIntents = 8;
const maxValues = 100;
const maxTtlSeconds = 0x7fff_ffff;

const hostnameSchema = z.string().transform((written, context): Hostname => {
  const parsed = parseHostname(written);
  if (parsed.kind === 'hostname') return parsed.hostname;
  context.addIssue({ code: 'custom', message: 'it is no host name' });
  return z.NEVER;
});

const typeSchema = z.string().transform((written, context): number => {
  const type = parseType(written);
  if (type !== undefined) return type;
  context.addIssue({ code: 'custom', message: 'it is no type of records' });
  return z.NEVER;
});

const addressSchema = z.string().transform((written, context): Rdata => {
  const address = parseAddress(written);
  if (address) return { kind: address.family === 4 ? 'A' : 'AAAA', address: address.octets };
  context.addIssue({ code: 'custom', message: 'it is no address' });
  return z.NEVER;
});

const intentSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('keep'), type: typeSchema }),
  z.strictObject({ kind: z.literal('remove'), type: typeSchema }),
  z
    .strictObject({
      kind: z.literal('replace'),
      type: typeSchema,
      values: z.array(addressSchema).min(1).max(maxValues),
    })
    .transform(({ kind, type, values }, context): RecordIntent => {
      if (values.every((rdata) => rdata.kind === typeName(type))) return { kind, type, rdatas: values };
      context.addIssue({ code: 'custom', message: `these are no values of ${typeName(type)}` });
      return z.NEVER;
    }),
]);

const nameSchema = z
  .strictObject({
    name: hostnameSchema,
    intents: z.array(intentSchema).min(1).max(maxIntents),
    ttlSeconds: z.int().min(0).max(maxTtlSeconds).optional(),
  })
  .transform(({ name, intents, ttlSeconds }): NameRequest => ({
    hostname: name,
    intents,
    ...(ttlSeconds === undefined ? {} : { ttlSeconds }),
  }));

export const updateSchema = z.strictObject({ names: z.array(nameSchema).min(1).max(maxNames) });

const outcomeSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('done'),
    name: hostnameSchema,
    records: z.array(
      z.object({ type: typeSchema, before: z.array(z.string()), after: z.array(z.string()), changed: z.boolean() }),
    ),
  }),
  z.object({ kind: z.literal('failed'), name: hostnameSchema, fault: faultSchema }),
]);

export const outcomesSchema = z
  .object({ outcomes: z.array(outcomeSchema) })
  .transform(({ outcomes }) =>
    outcomes.map(({ name: hostname, ...outcome }): NameOutcome => ({ ...outcome, hostname })),
  );

const count = z.int().min(0);
const serial = z.int().min(0).max(0xffff_ffff);

export const importOutcomeSchema: z.ZodType<ImportOutcome> = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('imported'),
    report: z.object({
      zone: z.string(),
      serialBefore: serial,
      serialAfter: serial,
      importedSerial: serial,
      added: count,
      changed: count,
      removed: count,
      unchanged: count,
      changes: z.array(
        z.object({ name: z.string(), type: z.string(), change: z.enum(['added', 'changed', 'removed']) }),
      ),
      warnings: z.array(z.string()),
    }),
  }),
  z.object({ kind: z.literal('refused'), reason: z.string(), remedy: z.string() }),
  z.object({ kind: z.literal('failed'), fault: faultSchema }),
]);

/** An update as {@link updateSchema} reads it. */
export function updateMessage({ names }: UpdateRequest): object {
  return {
    names: names.map(({ hostname, intents, ttlSeconds }) => ({
      name: hostname.toString(),
      intents: intents.map(intentMessage),
      ...(ttlSeconds === undefined ? {} : { ttlSeconds }),
    })),
  };
}

function intentMessage(intent: RecordIntent): object {
  const { kind, type } = intent;
  if (intent.kind !== 'replace') return { kind, type: typeName(type) };
  const values = intent.rdatas.flatMap((rdata) => ('address' in rdata ? [addressText(rdata.address)] : []));
  return { kind, type: typeName(type), values };
}

/** Outcomes as {@link outcomesSchema} reads them. */
export function outcomesMessage(outcomes: readonly NameOutcome[]): object {
  return {
    outcomes: outcomes.map(({ hostname, ...outcome }) => {
      const name = hostname.toString();
      if (outcome.kind === 'failed') return { ...outcome, name };
      const records = outcome.records.map((record) => ({ ...record, type: typeName(record.type) }));
      return { ...outcome, name, records };
    }),
  };
}

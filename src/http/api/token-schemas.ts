import { z } from 'zod';
import {
  networkText,
  parseNetwork,
  parsePattern,
  parseTypes,
  patternText,
  scopeBounds,
  type ScopePiece,
  typeTexts,
} from '../../access/scope-text.ts';
import type { Scope } from '../../access/scope.ts';
import type { Token } from '../../access/token.ts';
import type { TsigAlgorithm } from '../../dns/tsig.ts';
import { toAsciiName } from '../../idn/ascii-name.ts';
import type { CreatedToken, NewToken, Sighting, TokenEdit } from '../../registry/administration.ts';
import { answer, body } from './api-schemas.ts';
import { nextCursorSchema, timeSchema, timeText, timeTextSchema, versionSchema } from './field-schemas.ts';
import { sightingContent, sightingSchema } from './host-schemas.ts';

const tsigAlgorithms = [
  'hmac-md5',
  'hmac-sha1',
  'hmac-sha224',
  'hmac-sha256',
  'hmac-sha384',
  'hmac-sha512',
] as const satisfies readonly TsigAlgorithm[];

const mostNames = 1_000_000;
const mostTextCharacters = 300;
export const mostOverlapSeconds = 30 * 86_400;

const nameList = z
  .array(z.string().max(mostTextCharacters).transform(readPattern))
  .min(1)
  .max(scopeBounds.patterns)
  .meta({
    description:
      '`home.example.com` is that name, `*.home.example.com` every name below it, `zone:example.com` the name and every one below.',
  });

const typeList = z
  .array(z.string().max(16))
  .min(1)
  .max(scopeBounds.types + 1)
  .transform((texts, context) => taken(parseTypes(texts), context))
  .meta({ description: 'Types of records, and `acme` for the challenges of certificates of these names.' });

const networkList = z
  .array(
    z
      .string()
      .max(64)
      .transform((text, context) => taken(parseNetwork(text), context)),
  )
  .max(scopeBounds.networks)
  .meta({ description: 'Where requests may come from: `192.0.2.0/24`, `2001:db8::/32`; empty: from anywhere.' });

const scopeWishSchema = z
  .strictObject({
    names: nameList,
    types: typeList.optional().meta({ description: '`A`, `AAAA` and `acme` when absent.' }),
    networks: networkList.optional(),
    plain_http: z.boolean().optional().meta({ description: 'Whether it may be used without TLS; true when absent.' }),
    public_addresses_only: z
      .boolean()
      .optional()
      .meta({ description: 'Whether names may point to addresses that everybody can reach, and to no others.' }),
  })
  .transform(({ names, types, networks = [], plain_http = true, public_addresses_only = false }): Scope => ({
    patterns: names,
    ...(types ?? { types: [1, 28], allowsAcme: true }),
    networks,
    allowsPlainHttp: plain_http,
    publicAddressesOnly: public_addresses_only,
  }))
  .meta({ description: 'What a token is good for. It is replaced as a whole.' });

const description = z.string().max(200).meta({ description: 'For people.' });
const expiresAt = timeSchema.nullable().meta({ description: 'RFC 3339, with Z or an offset; null: never.' });
const maxNames = z.int().min(0).max(mostNames).meta({
  description: 'Names that it may make by giving records to them; 0: it changes only what is a host already.',
});

export const newTokenSchema = body(
  'NewToken',
  z
    .strictObject({
      description: description.optional(),
      scope: scopeWishSchema,
      expires_at: expiresAt.optional(),
      max_names: maxNames
        .optional()
        .meta({ description: 'Names that it may make by giving records to them; 100 when absent.' }),
      tsig: z.enum(tsigAlgorithms).optional().meta({ description: 'Also a TSIG key, with that algorithm.' }),
    })
    .transform(({ description: text = '', scope, expires_at, max_names = 100, tsig }): NewToken => ({
      description: text,
      scope,
      expiresAtSeconds: expires_at ?? undefined,
      maxNames: max_names,
      tsig,
    })),
);

export const tokenEditSchema = body(
  'TokenEdit',
  z
    .strictObject({
      description,
      scope: scopeWishSchema,
      expires_at: expiresAt,
      max_names: maxNames,
      blocked: z.boolean().meta({ description: 'Whether clients are to be told to give up for good.' }),
    })
    .partial()
    .transform((edit): TokenEdit => ({
      ...(edit.description === undefined ? {} : { description: edit.description }),
      ...(edit.scope === undefined ? {} : { scope: edit.scope }),
      ...(edit.expires_at === undefined ? {} : { expiresAtSeconds: edit.expires_at ?? undefined }),
      ...(edit.max_names === undefined ? {} : { maxNames: edit.max_names }),
      ...(edit.blocked === undefined ? {} : { isBlocked: edit.blocked }),
    })),
);

export const rotationSchema = body(
  'Rotation',
  z.strictObject({
    overlap_seconds: z
      .int()
      .min(0)
      .max(mostOverlapSeconds)
      .default(0)
      .meta({ description: 'How long the secret before it works still; 0 when absent.' }),
  }),
);

export const scopeSchema = z.strictObject({
  names: z.array(z.string()),
  types: z.array(z.string()),
  networks: z.array(z.string()),
  plain_http: z.boolean(),
  public_addresses_only: z.boolean(),
});

export function scopeContent(scope: Scope): object {
  return {
    names: scope.patterns.map(patternText),
    types: typeTexts(scope),
    networks: scope.networks.map(networkText),
    plain_http: scope.allowsPlainHttp,
    public_addresses_only: scope.publicAddressesOnly,
  };
}

export const tokenSchema = answer(
  'Token',
  z.strictObject({
    id: z.string().meta({ description: 'Names the token, and proves nothing.' }),
    description: z.string(),
    scope: scopeSchema,
    expires_at: timeTextSchema.nullable(),
    revoked_at: timeTextSchema.nullable(),
    blocked: z.boolean(),
    max_names: z.int(),
    made_at: timeTextSchema,
    last_use: sightingSchema,
    secrets: z
      .array(
        z.strictObject({
          kind: z.enum(['http', 'tsig']),
          key_name: z.string().nullable().meta({ description: 'Of a TSIG key.' }),
          algorithm: z.enum(tsigAlgorithms).nullable(),
          expires_at: timeTextSchema.nullable().meta({ description: 'Of one that has been replaced.' }),
        }),
      )
      .meta({ description: 'What proves it, the one in use first; never the secrets themselves.' }),
    version: versionSchema,
  }),
);

export const tokenListSchema = answer(
  'TokenList',
  z.strictObject({ tokens: z.array(tokenSchema), next_cursor: nextCursorSchema }),
);

export const createdTokenSchema = answer(
  'CreatedToken',
  z.strictObject({
    token: tokenSchema,
    secret: z.string().meta({ description: 'Told this once.' }),
    tsig: z
      .strictObject({
        key_name: z.string(),
        algorithm: z.enum(tsigAlgorithms),
        secret: z.string().meta({ description: 'Base64. Told this once.' }),
      })
      .nullable(),
  }),
);

export function tokenContent(token: Token, lastUse: Sighting | undefined): object {
  return {
    id: token.id,
    description: token.description,
    scope: scopeContent(token.scope),
    expires_at: timeOrNull(token.expiresAtSeconds),
    revoked_at: timeOrNull(token.revokedAtSeconds),
    blocked: token.isBlocked,
    max_names: token.maxNames,
    made_at: timeText(token.madeAtSeconds),
    last_use: sightingContent(lastUse),
    secrets: token.secrets.map((secret) => ({
      kind: secret.kind === 'tsig' ? 'tsig' : 'http',
      key_name: secret.kind === 'tsig' ? secret.keyName : null,
      algorithm: secret.kind === 'tsig' ? secret.algorithm : null,
      expires_at: timeOrNull(secret.expiresAtSeconds),
    })),
    version: token.version,
  };
}

export function createdContent({ token, secret, tsig }: CreatedToken): object {
  return {
    token: tokenContent(token, undefined),
    secret,
    tsig: tsig ? { key_name: tsig.keyName, algorithm: tsig.algorithm, secret: tsig.secret } : null,
  };
}

function timeOrNull(seconds: number | undefined): string | null {
  return seconds === undefined ? null : timeText(seconds);
}

function readPattern(text: string, context: z.core.$RefinementCtx) {
  const isZone = text.toLowerCase().startsWith('zone:');
  const ascii = toAsciiName(isZone ? text.slice('zone:'.length) : text);
  const written = ascii.kind === 'ascii' ? ascii.text : text;
  return taken(parsePattern(isZone ? `zone:${written}` : written), context);
}

function taken<Value>(piece: ScopePiece<Value>, context: z.core.$RefinementCtx): Value {
  if (piece.kind === 'value') return piece.value;
  context.issues.push({ code: 'custom', message: piece.reason, input: context.value });
  return z.NEVER;
}

import { z } from 'zod';
import { Type } from '../../dns/codes.ts';
import { parsePrefix, type Prefix } from '../../updates/prefix.ts';
import type { NameRequest, RecordIntent } from '../../updates/request.ts';
import { body } from './api-schemas.ts';
import { clampTtl } from './clamped-ttl.ts';
import { dryRunQuery, emptySchema, hostnameSchema, nameText, ttlSchema, typeSchema } from './field-schemas.ts';
import { type Operation, operation, type Visit } from './operation.ts';
import { isProblem, type Mistake } from './problem.ts';
import { readAddress, readValues } from './rdata-values.ts';
import { mostValueCharacters, mostValues } from './record-operations.ts';
import { invalidRequest } from './request-problems.ts';
import { runUpdate, updateAnswer } from './update-run.ts';
import { updateResultSchema } from './update-schemas.ts';

export const mostNames = 100;
const mostRecords = 16;

const prefixSchema = z
  .string()
  .max(64)
  .transform((text, context): Prefix => {
    const verdict = parsePrefix(text);
    if (verdict.kind === 'prefix') return verdict.prefix;
    const message = verdict.kind === 'invalid' ? verdict.reason : 'it is one address; write it as ipv6';
    context.issues.push({ code: 'custom', message, input: text });
    return z.NEVER;
  })
  .meta({
    description: 'The IPv6 prefix that the router has been delegated: whatever follows the name is rewritten with it.',
  });

const values = z.array(z.string().max(mostValueCharacters)).min(1).max(mostValues);

const recordsSchema = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('keep'), type: typeSchema }),
  z.strictObject({ action: z.literal('remove'), type: typeSchema }),
  z.strictObject({ action: z.literal('replace'), type: typeSchema, values }),
  z.strictObject({ action: z.literal('subtract'), type: typeSchema, values }),
  z.strictObject({
    action: z.literal('add'),
    type: typeSchema,
    values,
    at_most: z
      .int()
      .min(1)
      .max(mostValues)
      .default(mostValues)
      .meta({ description: 'Beyond so many the older ones go.' }),
  }),
]);

const addressSchema = z.string().max(64).nullable();

const nameSchema = z.strictObject({
  name: hostnameSchema,
  ipv4: addressSchema
    .optional()
    .meta({ description: 'Its one IPv4 address; null: none; absent: they stay as they are.' }),
  ipv6: addressSchema
    .optional()
    .meta({ description: 'Its one IPv6 address; null: none; absent: they stay as they are.' }),
  prefix: prefixSchema.optional(),
  records: z.array(recordsSchema).max(mostRecords).optional().meta({ description: 'Further RRsets, each type once.' }),
  ttl: ttlSchema.optional(),
});

const updateSchema = body('Update', z.strictObject({ names: z.array(nameSchema).min(1).max(mostNames) }));

type NameWish = z.output<typeof nameSchema>;

const update = operation(
  {
    id: 'update',
    method: 'POST',
    path: '/updates',
    tag: 'Updates',
    summary: 'Change several names at once',
    description:
      'The names of one zone change together or not at all. A name that cannot be changed gets its own problem, and the others proceed; where all fail, the answer is the problem of the first. With `dry_run`, the answer is the plan.',
    parameters: emptySchema,
    query: z.strictObject(dryRunQuery),
    body: updateSchema,
    answers: { 200: { description: 'What became of each name', schema: updateResultSchema } },
    problems: [
      'unknown-name',
      'unknown-zone',
      'not-permitted',
      'too-many-names',
      'unsuitable-address',
      'throttled',
      'busy',
      'alias',
      'static',
      'unreachable',
      'timeout',
      'refused',
      'unconfirmed',
    ],
    example: {
      request: { names: [{ name: 'home.example.com', ipv4: '192.0.2.7', prefix: '2001:db8:1::/56' }] },
      answer: {
        dry_run: false,
        outcomes: [
          {
            name: 'home.example.com',
            result: 'changed',
            records: [{ type: 'A', before: [], after: ['192.0.2.7'], changed: true }],
          },
        ],
        derived: [],
        skipped: [],
        warnings: [],
      },
    },
  },
  async (visit, { query, body: wish }) => {
    const mistakes: Mistake[] = [];
    const warnings: string[] = [];
    const requests = wish.names.map((name, index) => {
      const read = readName(visit, name, `/names/${index}`);
      mistakes.push(...read.mistakes);
      warnings.push(...read.warnings);
      return read.request;
    });
    if (mistakes.length > 0) return invalidRequest(mistakes);
    const isDryRun = query.dry_run === 'true';
    const result = await runUpdate(visit, requests, isDryRun);
    return isProblem(result) ? result : updateAnswer(visit, result, isDryRun, warnings);
  },
);

interface ReadName {
  readonly request: NameRequest;
  readonly mistakes: readonly Mistake[];
  readonly warnings: readonly string[];
}

function readName({ settings }: Visit, wish: NameWish, pointer: string): ReadName {
  const mistakes: Mistake[] = [];
  const intents: RecordIntent[] = [];
  for (const family of [4, 6] as const) {
    const read = readFamily(family === 4 ? wish.ipv4 : wish.ipv6, family);
    if (read.kind === 'intent') intents.push(read.intent);
    if (read.kind === 'wrong') mistakes.push({ pointer: `${pointer}/ipv${family}`, detail: read.detail });
  }
  for (const [index, records] of (wish.records ?? []).entries()) {
    const place = `${pointer}/records/${index}`;
    const read = readRecords(records, place);
    if ('mistakes' in read) mistakes.push(...read.mistakes);
    else if (intents.some(({ type }) => type === read.type))
      mistakes.push({ pointer: `${place}/type`, detail: 'this type is asked for twice' });
    else intents.push(read);
  }
  if (intents.length === 0 && !wish.prefix && mistakes.length === 0)
    mistakes.push({ pointer, detail: 'nothing is asked for: give ipv4, ipv6, prefix or records' });
  const { ttlSeconds, warnings } = clampTtl(wish.ttl, settings.updater.ttl, nameText(wish.name));
  const request = {
    hostname: wish.name,
    intents,
    ...(ttlSeconds === undefined ? {} : { ttlSeconds }),
    ...(wish.prefix ? { prefix: wish.prefix } : {}),
  };
  return { request, mistakes, warnings };
}

type ReadFamily =
  | { readonly kind: 'untouched' }
  | { readonly kind: 'intent'; readonly intent: RecordIntent }
  | { readonly kind: 'wrong'; readonly detail: string };

function readFamily(text: string | null | undefined, family: 4 | 6): ReadFamily {
  if (text === undefined) return { kind: 'untouched' };
  const type = family === 4 ? Type.A : Type.AAAA;
  if (text === null) return { kind: 'intent', intent: { kind: 'remove', type } };
  const read = readAddress(text, family);
  return read.kind === 'wrong' ? read : { kind: 'intent', intent: { kind: 'replace', type, rdatas: [read.rdata] } };
}

function readRecords(
  records: z.output<typeof recordsSchema>,
  pointer: string,
): RecordIntent | { readonly mistakes: readonly Mistake[] } {
  const { type } = records;
  if (records.action === 'keep' || records.action === 'remove') return { kind: records.action, type };
  const read = readValues(type, records.values, `${pointer}/values`);
  if (read.kind === 'wrong') return { mistakes: read.mistakes };
  const { rdatas } = read;
  return records.action === 'add'
    ? { kind: 'add', type, rdatas, atMost: records.at_most }
    : { kind: records.action, type, rdatas };
}

export const updateOperations: readonly Operation[] = [update];

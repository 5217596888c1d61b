import { z } from 'zod';
import { Type, typeName } from '../../dns/codes.ts';
import type { Asker } from '../../updates/asker.ts';
import type { Hostname } from '../../updates/hostname.ts';
import type { CurrentRecords } from '../../updates/ports.ts';
import type { RecordSet } from '../../updates/record-set.ts';
import type { RecordIntent } from '../../updates/request.ts';
import { answer, body } from './api-schemas.ts';
import { clampTtl } from './clamped-ttl.ts';
import {
  dryRunQuery,
  emptySchema,
  hostnameSchema,
  nameText,
  nameTextSchema,
  ttlSchema,
  ttlTextSchema,
  typeSchema,
  typeTextSchema,
  warningsSchema,
} from './field-schemas.ts';
import { type Operation, operation, type Result, type Visit } from './operation.ts';
import { entityTag, holds, matches } from './preconditions.ts';
import { isProblem, type Problem } from './problem.ts';
import { readValues } from './rdata-values.ts';
import { readRecords, recordsContent, recordsVersion } from './record-reading.ts';
import { invalidRequest, unknown, versionMismatch } from './request-problems.ts';
import { runUpdate, updateAnswer } from './update-run.ts';
import { updateResultSchema } from './update-schemas.ts';
import { mayRead, mayReadName } from './visibility.ts';

const tag = 'Records';
const parameters = z.strictObject({ name: hostnameSchema, type: typeSchema });
export const mostValues = 100;
export const mostValueCharacters = 8192;

/** What can be at a name and is of interest; the others can be asked for by their type. */
const shownTypes: readonly number[] = [
  Type.A,
  Type.AAAA,
  Type.CNAME,
  Type.TXT,
  Type.MX,
  Type.SRV,
  Type.CAA,
  Type.PTR,
  Type.NS,
  Type.DS,
  Type.SSHFP,
  Type.TLSA,
  Type.SVCB,
  Type.HTTPS,
];

const recordsSchema = answer(
  'Records',
  z.strictObject({
    name: nameTextSchema,
    type: typeTextSchema,
    ttl: ttlTextSchema,
    values: z.array(z.string()).meta({
      description: 'As a zone file has them: names absolute, with the dot at their end, TXT in quotes.',
    }),
    warnings: warningsSchema.optional(),
  }),
);

const nameRecordsSchema = answer(
  'NameRecords',
  z.strictObject({ name: nameTextSchema, records: z.array(recordsSchema) }),
);

const wishSchema = body(
  'RecordsWish',
  z.strictObject({
    values: z
      .array(z.string().max(mostValueCharacters))
      .min(1)
      .max(mostValues)
      .meta({ description: 'All values of the RRset, as a zone file has them; a TXT with spaces in quotes.' }),
    ttl: ttlSchema.optional(),
  }),
);

const example = { name: 'home.example.com', type: 'A', ttl: 300, values: ['192.0.2.7'] };

const getName = operation(
  {
    id: 'getName',
    method: 'GET',
    path: '/records/{name}',
    tag,
    summary: 'What is at a name',
    description: 'As its primary literally has it, without what a wildcard would make up; a token sees its types.',
    parameters: z.strictObject({ name: hostnameSchema }),
    query: emptySchema,
    answers: { 200: { description: 'The records, none where there are none', schema: nameRecordsSchema } },
    problems: ['unknown-name', 'unknown-zone', 'unreachable', 'timeout', 'refused'],
    example: { answer: { name: 'home.example.com', records: [example] } },
  },
  async (visit, input) => {
    const { name } = input.parameters;
    const types = shownTypes.filter((type) => mayRead(visit.asker, name, type));
    if (types.length === 0) return unknown('name', nameText(name));
    const found = await readRecords(visit, name, types);
    if (isProblem(found)) return found;
    const records = found.map((set) => recordsContent(name, set));
    return { status: 200, content: { name: nameText(name), records } };
  },
);

const getRecords = operation(
  {
    id: 'getRecords',
    method: 'GET',
    path: '/records/{name}/{type}',
    tag,
    summary: 'One RRset',
    description: 'As its primary literally has it, with its ETag, for If-Match.',
    hasPreconditions: true,
    parameters,
    query: emptySchema,
    answers: {
      200: { description: 'The RRset', schema: recordsSchema, hasEntityTag: true },
      304: { description: 'It has not changed', hasEntityTag: true },
    },
    problems: [
      'unknown-name',
      'unknown-records',
      'unknown-zone',
      'not-permitted',
      'version-mismatch',
      'unreachable',
      'timeout',
      'refused',
    ],
    example: { answer: example },
  },
  async (visit, { parameters: { name, type } }) => {
    const fault = visibilityFault(visit.asker, name);
    if (fault) return fault;
    if (!mayRead(visit.asker, name, type)) return unknown('records', rrsetText(name, type));
    const found = await readRecords(visit, name, [type]);
    if (isProblem(found)) return found;
    const [set] = found;
    if (!set) return unknown('records', rrsetText(name, type));
    const { ifMatch, ifNoneMatch } = visit.preconditions;
    const version = recordsVersion(set);
    if (ifMatch && !matches(ifMatch, version)) return versionMismatch;
    if (ifNoneMatch && matches(ifNoneMatch, version)) return { status: 304, ...tagOf(set) };
    return { status: 200, content: recordsContent(name, set), ...tagOf(set) };
  },
);

const putRecords = operation(
  {
    id: 'putRecords',
    method: 'PUT',
    path: '/records/{name}/{type}',
    tag,
    summary: 'Set an RRset',
    description:
      'It becomes exactly these values. Without `ttl` an unchanged RRset keeps its TTL, and a new one gets the host’s or the default. With `dry_run`, the answer is the plan. `If-None-Match: *` sets it only where there is none; `If-Match` changes only that version.',
    hasPreconditions: true,
    parameters,
    query: z.strictObject(dryRunQuery),
    body: wishSchema,
    answers: {
      200: {
        description: 'It was there; as it is now, or the plan',
        schema: z.union([recordsSchema, updateResultSchema]),
        hasEntityTag: 'unless-plan',
      },
      201: { description: 'There was none before', schema: recordsSchema, hasEntityTag: true, hasLocation: true },
    },
    problems: [
      'unknown-name',
      'unknown-zone',
      'not-permitted',
      'too-many-names',
      'version-mismatch',
      'unsuitable-address',
      'throttled',
      'busy',
      'unconfirmed',
    ],
    example: { request: { values: ['192.0.2.7'], ttl: 300 }, answer: example },
  },
  async (visit, { parameters: { name, type }, query, body: wish }) => {
    const values = readValues(type, wish.values, '/values');
    if (values.kind === 'wrong') return invalidRequest(values.mistakes);
    const fault = visibilityFault(visit.asker, name);
    if (fault) return fault;
    const intent: RecordIntent = { kind: 'replace', type, rdatas: values.rdatas };
    const { ttlSeconds, warnings } = clampTtl(wish.ttl, visit.settings.updater.ttl);
    const result = await change(visit, name, intent, { ttlSeconds, isDryRun: query.dry_run === 'true', warnings });
    if ('status' in result) return result;
    const present = await presentRecords(visit, name, type, warnings);
    if (isProblem(present) || result.hadRecords) return present;
    return { ...present, status: 201, location: `/api/v1/records/${rrsetText(name, type)}` };
  },
);

const deleteRecords = operation(
  {
    id: 'deleteRecords',
    method: 'DELETE',
    path: '/records/{name}/{type}',
    tag,
    summary: 'Remove an RRset',
    description: 'All its values go. With `dry_run`, the answer is the plan. `If-Match` removes only that version.',
    hasPreconditions: true,
    parameters,
    query: z.strictObject(dryRunQuery),
    answers: {
      200: { description: 'The plan', schema: updateResultSchema },
      204: { description: 'It is gone' },
    },
    problems: [
      'unknown-name',
      'unknown-records',
      'unknown-zone',
      'not-permitted',
      'version-mismatch',
      'throttled',
      'busy',
      'unconfirmed',
    ],
  },
  async (visit, { parameters: { name, type }, query }) => {
    const fault = visibilityFault(visit.asker, name);
    if (fault) return fault;
    const isDryRun = query.dry_run === 'true';
    const result = await change(
      visit,
      name,
      { kind: 'remove', type },
      { isDryRun, ttlSeconds: undefined, warnings: [] },
    );
    if ('status' in result) return result;
    return result.hadRecords ? { status: 204 } : unknown('records', rrsetText(name, type));
  },
);

/** Whose name it is not is not told what there is at it. */
function visibilityFault(asker: Asker, name: Hostname): Problem | undefined {
  return mayReadName(asker, name) ? undefined : unknown('name', nameText(name));
}

interface ChangeOptions {
  readonly ttlSeconds: number | undefined;
  readonly isDryRun: boolean;
  readonly warnings: readonly string[];
}

/**
 * The preconditions are judged by the very records that the change is planned from, and their primary makes the change only if they are there still:
 * where that is another nameserver, with these values, for no UPDATE can ask for a TTL (RFC 2136 §2.4.2).
 *
 * @returns whether there were records before; an answer where it was a dry run, or was not done
 */
async function change(
  visit: Visit,
  hostname: Hostname,
  intent: RecordIntent,
  { ttlSeconds, isDryRun, warnings }: ChangeOptions,
): Promise<Result | { readonly hadRecords: boolean }> {
  const condition = (current: CurrentRecords) => {
    const set = current.recordSet(hostname, intent.type);
    return holds(visit.preconditions, set && recordsVersion(set));
  };
  const request = { hostname, intents: [intent], condition, ...(ttlSeconds === undefined ? {} : { ttlSeconds }) };
  const result = await runUpdate(visit, [request], isDryRun);
  if (isProblem(result)) return result;
  const [outcome] = result.outcomes;
  if (isDryRun || outcome?.kind !== 'done') return updateAnswer(visit, result, isDryRun, warnings);
  return { hadRecords: outcome.records.some(({ type, before }) => type === intent.type && before.length > 0) };
}

async function presentRecords(
  visit: Visit,
  name: Hostname,
  type: number,
  warnings: readonly string[],
): Promise<Result> {
  const found = await readRecords(visit, name, [type]);
  if (isProblem(found)) return found;
  const [set] = found;
  if (!set) return unknown('records', rrsetText(name, type));
  const content = recordsContent(name, set);
  return { status: 200, content: warnings.length > 0 ? { ...content, warnings } : content, ...tagOf(set) };
}

function tagOf(set: RecordSet): { readonly entityTag: string } {
  return { entityTag: entityTag(recordsVersion(set)) };
}

function rrsetText(name: Hostname, type: number): string {
  return `${nameText(name)}/${typeName(type)}`;
}

export const recordOperations: readonly Operation[] = [getName, getRecords, putRecords, deleteRecords];

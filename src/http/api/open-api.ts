import { z } from 'zod';
import { answerSchemas, bodySchemas, problemSchema } from './api-schemas.ts';
import type { AnswerForm, Operation } from './operation.ts';
import { basePath } from './operations.ts';
import { type ProblemCode, problemMediaType, problemTitles } from './problem.ts';
import { problemStatus } from './problem-status.ts';

type Json = Readonly<Record<string, unknown>>;

/** The document (OpenAPI 3.1.1), made of the table of operations and the schemas that judge and describe what is sent. */
export function openApiText(operations: readonly Operation[], version: string): string {
  return `${JSON.stringify(openApiDocument(operations, version), undefined, 2)}\n`;
}

function openApiDocument(operations: readonly Operation[], version: string): Json {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operations) {
    const path = (paths[operation.path] ??= {});
    path[operation.method.toLowerCase()] = operationObject(operation);
  }
  return {
    openapi: '3.1.1',
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    info: {
      title: 'dyndns',
      version,
      summary: 'Hosts, records, tokens and their history',
      description: introduction,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: basePath }],
    security: [{ bearer: [] }, { basic: [] }],
    tags: [...new Set(operations.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: { ...schemasOf(bodySchemas, 'input'), ...schemasOf(answerSchemas, 'output') },
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'The secret of the configuration, or that of a token. `Token` is taken for `Bearer`.',
        },
        basic: { type: 'http', scheme: 'basic', description: 'The same as password; the user name does not matter.' },
      },
      headers: {
        ETag: { description: 'The version, for If-Match.', required: true, schema: { type: 'string' }, example: '"1"' },
        ETagUnlessPlan: { description: 'The version, for If-Match; a plan has none.', schema: { type: 'string' } },
        Location: { description: 'Where it is.', required: true, schema: { type: 'string', format: 'uri-reference' } },
      },
      parameters: {
        IfMatch: {
          name: 'If-Match',
          in: 'header',
          description: 'Only if it has this ETag still; `*`: only if there is something.',
          schema: { type: 'string' },
        },
        IfNoneMatch: {
          name: 'If-None-Match',
          in: 'header',
          description: 'Only if it has another ETag; `*`: only if there is nothing yet.',
          schema: { type: 'string' },
        },
      },
    },
  };
}

const introduction = [
  'Every answer is JSON, every failure a problem (RFC 9457) whose `code` is for programs and whose `remedy` is for people.',
  'A token sees and changes what its scope has; whatever else there is answers 404 to it.',
  'Names may be sent in Unicode and are answered as A-labels, without the dot at their end.',
  'Lists have pages: send `next_cursor` as `cursor` until it is null.',
].join(' ');

function operationObject(operation: Operation): Json {
  const { id, tag, summary, description, body, example } = operation;
  return {
    operationId: id,
    tags: [tag],
    summary,
    description,
    parameters: [
      ...parametersOf(operation.parameters, 'path'),
      ...parametersOf(operation.query, 'query'),
      ...(operation.hasPreconditions === true
        ? ['IfMatch', 'IfNoneMatch'].map((name) => ({ $ref: `#/components/parameters/${name}` }))
        : []),
    ],
    ...(body ? { requestBody: { required: true, content: content(body, 'input', example?.request) } } : {}),
    responses: { ...answersOf(operation), ...problemsOf(operation) },
  };
}

function parametersOf(schema: z.ZodObject, place: 'path' | 'query'): readonly Json[] {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input' });
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...form } = property as Json;
    return { name, in: place, required: place === 'path' || required.includes(name), description, schema: form };
  });
}

function answersOf({ answers, example }: Operation): Json {
  return Object.fromEntries(
    Object.entries<AnswerForm>(answers).map(([status, form]) => [
      status,
      {
        description: form.description,
        ...headersOf(form),
        ...(form.schema ? { content: content(form.schema, 'output', example?.answer) } : {}),
      },
    ]),
  );
}

function headersOf({ hasEntityTag, hasLocation }: AnswerForm): Json {
  const places = [
    ...(hasEntityTag === undefined || hasEntityTag === false
      ? []
      : [['ETag', hasEntityTag === true ? 'ETag' : 'ETagUnlessPlan']]),
    ...(hasLocation === true ? [['Location', 'Location']] : []),
  ];
  if (places.length === 0) return {};
  const headers = places.map(([name, place]) => [name, { $ref: `#/components/headers/${place}` }]);
  return { headers: Object.fromEntries(headers) };
}

/** Those that any request may come to, besides the operation's own. */
const everyonesProblems: readonly ProblemCode[] = [
  'invalid-request',
  'credential-ambiguous',
  'credential-missing',
  'credential-wrong',
  'credential-expired',
  'credential-revoked',
  'credential-blocked',
  'credential-network',
  'credential-plain-http',
  'credential-guessing',
  'method-not-allowed',
  'internal',
];

/** All problems of an operation: its own, and those that follow from what it is. */
export function problemCodesOf(operation: Operation): readonly ProblemCode[] {
  const codes = new Set([...everyonesProblems, ...operation.problems]);
  if (operation.body) for (const code of bodyProblems) codes.add(code);
  if (operation.isAdministrators === true) codes.add('administrators-only');
  if (operation.needsDatabase) codes.add('no-database');
  return [...codes];
}

const bodyProblems: readonly ProblemCode[] = ['not-json', 'unsupported-media-type', 'content-too-large'];

function problemsOf(operation: Operation): Json {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of problemCodesOf(operation)) {
    const status = problemStatus(code);
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const responses = [...byStatus]
    .toSorted(([a], [b]) => a - b)
    .map(([status, codes]) => [
      String(status),
      {
        description: codes.map((code) => `\`${code}\`: ${problemTitles[code]}`).join('; '),
        content: { [problemMediaType]: { schema: referenceTo(problemSchema, 'output') } },
      },
    ]);
  const other = { $ref: '#/components/schemas/Problem' };
  return {
    ...Object.fromEntries(responses),
    // What a nameserver may do to an update is too much to be listed at each.
    default: { description: 'Any other problem', content: { [problemMediaType]: { schema: other } } },
  };
}

function content(schema: z.ZodType, io: 'input' | 'output', example: object | undefined): Json {
  const media = { schema: referenceTo(schema, io) };
  return { 'application/json': example ? { ...media, example } : media };
}

/** Every schema of a body or answer has a name, or is one of several that have. */
function referenceTo(schema: z.ZodType, io: 'input' | 'output'): Json {
  const id = (io === 'input' ? bodySchemas : answerSchemas).get(schema)?.id;
  if (id !== undefined) return { $ref: `#/components/schemas/${id}` };
  if (schema instanceof z.ZodUnion)
    return { anyOf: schema.options.map((option) => referenceTo(option as z.ZodType, io)) };
  throw new Error('a schema of the API has no name: register it');
}

function schemasOf(registry: typeof bodySchemas, io: 'input' | 'output'): Json {
  const { schemas } = z.toJSONSchema(registry, { io, uri: (id) => `#/components/schemas/${id}` });
  return Object.fromEntries(
    Object.entries(schemas).map(([id, schema]) => {
      // The place in the document is what identifies it.
      const { $schema: _dialect, $id: _place, ...rest } = schema;
      return [id, rest];
    }),
  );
}

import { z } from 'zod';

/** What is sent, under the names that the document has for it. */
export const bodySchemas = z.registry<{ readonly id: string }>();

/** What is answered, likewise. */
export const answerSchemas = z.registry<{ readonly id: string }>();

export function body<Schema extends z.ZodType>(id: string, schema: Schema): Schema {
  bodySchemas.add(schema, { id });
  return schema;
}

export function answer<Schema extends z.ZodType>(id: string, schema: Schema): Schema {
  answerSchemas.add(schema, { id });
  return schema;
}

export const problemSchema = answer(
  'Problem',
  z
    .object({
      type: z.string().meta({ format: 'uri-reference', description: 'Where the meaning of the problem can be read.' }),
      title: z.string().meta({ description: 'What kind of problem it is; the same whenever it occurs.' }),
      status: z.int().min(400).max(599),
      detail: z.string().meta({ description: 'What was wrong this time, a sentence.' }),
      code: z.string().meta({ description: 'Stable; for programs.' }),
      remedy: z.string().meta({ description: 'What would put it right, a sentence.' }),
      errors: z
        .array(
          z.strictObject({
            pointer: z.string().optional().meta({ format: 'json-pointer', description: 'Into the body (RFC 6901).' }),
            parameter: z.string().optional().meta({ description: 'Of path or query.' }),
            detail: z.string(),
          }),
        )
        .optional()
        .meta({ description: 'Each mistake of the request.' }),
      retry_after_seconds: z.int().min(0).optional().meta({ description: 'As Retry-After has it.' }),
    })
    .strict()
    .meta({ description: 'Why a request was not carried out (RFC 9457).' }),
);

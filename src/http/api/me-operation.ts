import { z } from 'zod';
import { answer } from './api-schemas.ts';
import { emptySchema, timeText, timeTextSchema } from './field-schemas.ts';
import { type Operation, operation } from './operation.ts';
import { scopeContent, scopeSchema } from './token-schemas.ts';

const meSchema = answer(
  'Me',
  z.strictObject({
    credential: z.enum(['administrator', 'token']).meta({ description: 'What kind of credential was presented.' }),
    token_id: z.string().nullable().meta({ description: 'Null for the administrator.' }),
    description: z.string().nullable(),
    scope: scopeSchema.nullable().meta({ description: 'What it is good for; null: everything.' }),
    expires_at: timeTextSchema.nullable().meta({ description: 'Null: never.' }),
    source: z
      .string()
      .nullable()
      .meta({ description: 'The address that the request came from, as far as it is known.' }),
  }),
);

const getMe = operation(
  {
    id: 'getMe',
    method: 'GET',
    path: '/me',
    tag: 'Me',
    summary: 'Who asks',
    description: 'What the credential is, and what it is good for.',
    parameters: emptySchema,
    query: emptySchema,
    answers: { 200: { description: 'Who asks', schema: meSchema } },
    problems: [],
    example: {
      answer: {
        credential: 'administrator',
        token_id: null,
        description: null,
        scope: null,
        expires_at: null,
        source: '192.0.2.7',
      },
    },
  },
  ({ asker: { credential, source }, settings }) => {
    const isToken = credential.kind === 'token';
    const token = isToken ? settings.administration?.token(credential.id) : undefined;
    const content = {
      credential: isToken ? 'token' : 'administrator',
      token_id: isToken ? credential.id : null,
      description: isToken ? credential.description : null,
      scope: token ? scopeContent(token.scope) : null,
      expires_at: token?.expiresAtSeconds === undefined ? null : timeText(token.expiresAtSeconds),
      source: source?.text ?? null,
    };
    return { status: 200, content };
  },
);

export const meOperations: readonly Operation[] = [getMe];

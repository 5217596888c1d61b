import { z } from 'zod';
import type { Token } from '../../access/token.ts';
import type { Administration } from '../../registry/administration.ts';
import type { Asker } from '../../updates/asker.ts';
import { printable } from '../printable.ts';
import { changedProblem } from './changed-problem.ts';
import { emptySchema, pageQuery } from './field-schemas.ts';
import { type Operation, type Result, storedOperation } from './operation.ts';
import { readPage } from './paging.ts';
import { entityTag, holds, matches, type Preconditions } from './preconditions.ts';
import { isProblem, type Problem } from './problem.ts';
import { administratorsOnly, outgoingSecret, unknown, versionMismatch } from './request-problems.ts';
import {
  createdContent,
  createdTokenSchema,
  mostOverlapSeconds,
  newTokenSchema,
  rotationSchema,
  tokenContent,
  tokenEditSchema,
  tokenListSchema,
  tokenSchema,
} from './token-schemas.ts';

const tag = 'Tokens';
const parameters = z.strictObject({ id: z.string().max(64) });

const example = {
  id: 'k3v7q2m5xa',
  description: 'The router at home',
  scope: {
    names: ['home.example.com', '*.home.example.com'],
    types: ['A', 'AAAA', 'acme'],
    networks: [],
    plain_http: true,
    public_addresses_only: false,
  },
  expires_at: null,
  revoked_at: null,
  blocked: false,
  max_names: 100,
  made_at: '2026-11-26T08:00:00Z',
  last_use: null,
  secrets: [{ kind: 'http', key_name: null, algorithm: null, expires_at: null }],
  version: 1,
};

const created = { token: example, secret: 'dyn…', tsig: null };

const listTokens = storedOperation(
  {
    id: 'listTokens',
    method: 'GET',
    path: '/tokens',
    tag,
    summary: 'The tokens, in the order in which they were made',
    description: 'Revoked ones, too. A token sees itself alone.',
    parameters: emptySchema,
    query: z.strictObject(pageQuery),
    answers: { 200: { description: 'A page of tokens', schema: tokenListSchema } },
    problems: ['invalid-cursor'],
    example: { answer: { tokens: [example], next_cursor: null } },
  },
  (administration, visit, { query }) => {
    const page = readPage(visit, 'tokens', query);
    if (isProblem(page)) return page;
    const { credential } = visit.asker;
    const all = credential.kind === 'token' ? [administration.token(credential.id)] : administration.tokens;
    const { position } = page;
    // Each has a place of its own, which stays: the time, and the ID within one second.
    const rest = [...all]
      .flatMap((token) => (token && (position === undefined || placeOf(token) > position) ? [token] : []))
      .toSorted((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
    const tokens = rest.slice(0, page.atMost);
    const last = tokens.at(-1);
    const next = last && rest.length > tokens.length ? page.nextCursor(placeOf(last)) : null;
    const contents = tokens.map((token) => tokenContent(token, administration.lastUse(token.id)));
    return { status: 200, content: { tokens: contents, next_cursor: next } };
  },
);

function placeOf({ madeAtSeconds, id }: Token): string {
  return `${String(madeAtSeconds).padStart(15, '0')} ${id}`;
}

const createToken = storedOperation(
  {
    id: 'createToken',
    method: 'POST',
    path: '/tokens',
    tag,
    summary: 'Make a token',
    description: 'The secret is in the answer, and is never told again. For the administrator.',
    isAdministrators: true,
    parameters: emptySchema,
    query: emptySchema,
    body: newTokenSchema,
    answers: {
      201: {
        description: 'The token and its secret',
        schema: createdTokenSchema,
        hasEntityTag: true,
        hasLocation: true,
      },
    },
    problems: ['cannot-be-so', 'not-stored'],
    example: {
      request: {
        description: 'The router at home',
        scope: { names: ['home.example.com', '*.home.example.com'], types: ['A', 'AAAA', 'acme'] },
      },
      answer: created,
    },
  },
  async (administration, _visit, { body }) => {
    const changed = await administration.createToken(body);
    if (changed.kind !== 'changed') return changedProblem(changed, unknown('token', 'that was to be made'));
    const { token } = changed.value;
    return {
      status: 201,
      content: createdContent(changed.value),
      entityTag: entityTag(token.version),
      location: `/api/v1/tokens/${token.id}`,
    };
  },
);

const getToken = storedOperation(
  {
    id: 'getToken',
    method: 'GET',
    path: '/tokens/{id}',
    tag,
    summary: 'One token',
    description: 'With its ETag, for If-Match; never with its secret.',
    hasPreconditions: true,
    parameters,
    query: emptySchema,
    answers: {
      200: { description: 'The token', schema: tokenSchema, hasEntityTag: true },
      304: { description: 'It has not changed', hasEntityTag: true },
    },
    problems: ['unknown-token', 'version-mismatch'],
    example: { answer: example },
  },
  (administration, { asker, preconditions }, input) => {
    const token = visibleToken(administration, asker, input.parameters.id);
    if (isProblem(token)) return token;
    const { ifMatch, ifNoneMatch } = preconditions;
    if (ifMatch && !matches(ifMatch, token.version)) return versionMismatch;
    const found = { entityTag: entityTag(token.version) };
    if (ifNoneMatch && matches(ifNoneMatch, token.version)) return { status: 304, ...found };
    return { status: 200, content: tokenContent(token, administration.lastUse(token.id)), ...found };
  },
);

const editToken = storedOperation(
  {
    id: 'editToken',
    method: 'PATCH',
    path: '/tokens/{id}',
    tag,
    summary: 'Change a token',
    description: 'What is left out stays. For the administrator.',
    hasPreconditions: true,
    parameters,
    query: emptySchema,
    body: tokenEditSchema,
    answers: { 200: { description: 'The token as it is now', schema: tokenSchema, hasEntityTag: true } },
    problems: ['unknown-token', 'administrators-only', 'version-mismatch', 'cannot-be-so', 'not-stored'],
    example: { request: { description: 'The router at the office' }, answer: { ...example, version: 2 } },
  },
  async (administration, { asker, preconditions }, { parameters: { id }, body }) => {
    const token = changeableToken(administration, asker, id, preconditions);
    if (isProblem(token)) return token;
    const changed = await administration.editToken(id, body, expectedVersion(token, preconditions));
    if (changed.kind !== 'changed') return changedProblem(changed, unknown('token', printable(id)));
    const content = tokenContent(changed.value, administration.lastUse(id));
    return { status: 200, content, entityTag: entityTag(changed.value.version) };
  },
);

const revokeToken = storedOperation(
  {
    id: 'revokeToken',
    method: 'DELETE',
    path: '/tokens/{id}',
    tag,
    summary: 'Revoke a token, for good',
    description: 'It stays in the list, as revoked; so do its hosts and their records. For the administrator.',
    hasPreconditions: true,
    parameters,
    query: emptySchema,
    answers: { 204: { description: 'It is good for nothing any more' } },
    problems: ['unknown-token', 'administrators-only', 'version-mismatch', 'not-stored'],
  },
  async (administration, { asker, preconditions }, input) => {
    const { id } = input.parameters;
    const token = changeableToken(administration, asker, id, preconditions);
    if (isProblem(token)) return token;
    const changed = await administration.revokeToken(id);
    return changed.kind === 'changed' ? { status: 204 } : changedProblem(changed, unknown('token', printable(id)));
  },
);

const rotateToken = storedOperation(
  {
    id: 'rotateToken',
    method: 'POST',
    path: '/tokens/{id}/rotate',
    tag,
    summary: 'Give a token a new secret',
    description: `The one before works for \`overlap_seconds\` still, at most ${mostOverlapSeconds}. A token may rotate itself, by the secret that it was given last.`,
    hasPreconditions: true,
    parameters,
    query: emptySchema,
    body: rotationSchema,
    answers: { 200: { description: 'The token and its new secret', schema: createdTokenSchema, hasEntityTag: true } },
    problems: ['unknown-token', 'outgoing-secret', 'version-mismatch', 'cannot-be-so', 'not-stored'],
    example: { request: { overlap_seconds: 86_400 }, answer: created },
  },
  async (administration, { asker, preconditions }, { parameters: { id }, body }): Promise<Result> => {
    const token = visibleToken(administration, asker, id);
    if (isProblem(token)) return token;
    const { credential } = asker;
    if (credential.kind === 'token' && credential.isOutgoing) return outgoingSecret;
    if (!holds(preconditions, token.version)) return versionMismatch;
    // By the time that it is a token's turn, its secret may have become the one before.
    const version = credential.kind === 'token' ? token.version : expectedVersion(token, preconditions);
    const changed = await administration.rotateToken(id, body.overlap_seconds, version);
    if (changed.kind !== 'changed') return changedProblem(changed, unknown('token', printable(id)));
    return {
      status: 200,
      content: createdContent(changed.value),
      entityTag: entityTag(changed.value.token.version),
    };
  },
);

/** A token knows of no other. */
function visibleToken(administration: Administration, { credential }: Asker, id: string): Token | Problem {
  const isTheirs = credential.kind !== 'token' || credential.id === id;
  return (isTheirs ? administration.token(id) : undefined) ?? unknown('token', printable(id));
}

function changeableToken(
  administration: Administration,
  asker: Asker,
  id: string,
  preconditions: Preconditions,
): Token | Problem {
  const token = visibleToken(administration, asker, id);
  if (isProblem(token)) return token;
  if (asker.credential.kind === 'token') return administratorsOnly;
  return holds(preconditions, token.version) ? token : versionMismatch;
}

/** Whoever has named a version gets it changed, or nothing. */
function expectedVersion({ version }: Token, { ifMatch }: Preconditions): number | undefined {
  return ifMatch === undefined ? undefined : version;
}

export const tokenOperations: readonly Operation[] = [
  listTokens,
  createToken,
  getToken,
  editToken,
  revokeToken,
  rotateToken,
];

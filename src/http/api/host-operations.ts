import { z } from 'zod';
import type { Administration } from '../../registry/administration.ts';
import type { Asker } from '../../updates/asker.ts';
import type { Host } from '../../updates/host.ts';
import type { Hostname } from '../../updates/hostname.ts';
import { emptySchema, hostnameSchema, nameText, pageQuery } from './field-schemas.ts';
import { changeHost } from './host-change.ts';
import { forgetHost } from './host-deletion.ts';
import { hostFault } from './host-permission.ts';
import { editedHost, hostContent, hostEditSchema, hostListSchema, hostSchema, hostWishSchema } from './host-schemas.ts';
import { type Operation, storedOperation } from './operation.ts';
import { readPage } from './paging.ts';
import { entityTag, holds, matches } from './preconditions.ts';
import { isProblem } from './problem.ts';
import { changedProblem } from './changed-problem.ts';
import { unknown, versionMismatch } from './request-problems.ts';
import { isVisible, mayReadHost } from './visibility.ts';

const tag = 'Hosts';
const parameters = z.strictObject({ name: hostnameSchema });

const example = {
  name: 'home.example.com',
  description: 'The router at home',
  ttl: 300,
  interface_id: null,
  follows: null,
  expires_after_seconds: null,
  wildcard: false,
  made_by: null,
  made_at: '2026-11-26T08:00:00Z',
  last_seen: null,
  version: 1,
};

const listHosts = storedOperation(
  {
    id: 'listHosts',
    method: 'GET',
    path: '/hosts',
    tag,
    summary: 'The hosts, in the order of their names',
    description: 'A token sees those whose addresses it may know.',
    parameters: emptySchema,
    query: z.strictObject({
      ...pageQuery,
      text: z.string().max(253).optional().meta({ description: 'Only hosts that have it in their name.' }),
    }),
    answers: { 200: { description: 'A page of hosts', schema: hostListSchema } },
    problems: ['invalid-cursor'],
    example: { answer: { hosts: [example], next_cursor: null } },
  },
  (administration, visit, { query }) => {
    const page = readPage(visit, `hosts ${query.text ?? ''}`, query);
    if (isProblem(page)) return page;
    const after = page.position === undefined ? undefined : hostnameSchema.parse(page.position);
    const { hosts, hasMore } = administration.hosts({
      isVisible: isVisible(visit.asker),
      atMost: page.atMost,
      ...(query.text === undefined ? {} : { text: query.text.toLowerCase() }),
      ...(after === undefined ? {} : { after }),
    });
    const last = hosts.at(-1);
    const next = hasMore && last ? page.nextCursor(nameText(last.name)) : null;
    const content = {
      hosts: hosts.map((host) => hostContent(host, administration.lastSeen(host.name))),
      next_cursor: next,
    };
    return { status: 200, content };
  },
);

const getHost = storedOperation(
  {
    id: 'getHost',
    method: 'GET',
    path: '/hosts/{name}',
    tag,
    summary: 'One host',
    description: 'With its ETag, for If-Match.',
    hasPreconditions: true,
    parameters,
    query: emptySchema,
    answers: {
      200: { description: 'The host', schema: hostSchema, hasEntityTag: true },
      304: { description: 'It has not changed', hasEntityTag: true },
    },
    problems: ['unknown-host', 'version-mismatch'],
    example: { answer: example },
  },
  (administration, { asker, preconditions }, input) => {
    const host = visibleHost(administration, asker, input.parameters.name);
    if (!host) return unknown('host', nameText(input.parameters.name));
    if (preconditions.ifMatch && !matches(preconditions.ifMatch, host.version)) return versionMismatch;
    if (preconditions.ifNoneMatch && matches(preconditions.ifNoneMatch, host.version))
      return { status: 304, entityTag: entityTag(host.version) };
    const content = hostContent(host, administration.lastSeen(host.name));
    return { status: 200, content, entityTag: entityTag(host.version) };
  },
);

const putHost = storedOperation(
  {
    id: 'putHost',
    method: 'PUT',
    path: '/hosts/{name}',
    tag,
    summary: 'Make a host, or say all of it anew',
    description:
      'What is left out gets its default: to change a part, use PATCH. Its records are another matter: nothing is asked of the zone. `If-None-Match: *` makes it only where there is none; `If-Match` changes only that version.',
    hasPreconditions: true,
    parameters,
    query: emptySchema,
    body: hostWishSchema,
    answers: {
      200: { description: 'It was there; as it is now', schema: hostSchema, hasEntityTag: true },
      201: { description: 'It was made', schema: hostSchema, hasEntityTag: true, hasLocation: true },
    },
    problems: [
      'unknown-host',
      'unknown-zone',
      'not-permitted',
      'too-many-names',
      'version-mismatch',
      'changed-meanwhile',
      'cannot-be-so',
      'not-stored',
    ],
    example: { request: { description: 'The router at home', ttl: 300 }, answer: example },
  },
  (administration, visit, { parameters: { name }, body }) =>
    changeHost(administration, visit, { name, mayMake: true, describe: () => body }),
);

const editHost = storedOperation(
  {
    id: 'editHost',
    method: 'PATCH',
    path: '/hosts/{name}',
    tag,
    summary: 'Change a part of a host',
    description: 'A JSON merge patch (RFC 7396): what is left out stays, and null gives a member its default.',
    hasPreconditions: true,
    parameters,
    query: emptySchema,
    body: hostEditSchema,
    answers: { 200: { description: 'The host as it is now', schema: hostSchema, hasEntityTag: true } },
    problems: ['unknown-host', 'not-permitted', 'version-mismatch', 'changed-meanwhile', 'cannot-be-so', 'not-stored'],
    example: { request: { ttl: 60 }, answer: { ...example, ttl: 60, version: 2 } },
  },
  (administration, visit, { parameters: { name }, body }) =>
    changeHost(administration, visit, { name, mayMake: false, describe: (host) => editedHost(host, body) }),
);

const deleteHost = storedOperation(
  {
    id: 'deleteHost',
    method: 'DELETE',
    path: '/hosts/{name}',
    tag,
    summary: 'Forget a host',
    description:
      'Its history stays, and so do its records; a token removes those that it may set before, so that the name counts as long as they are there.',
    hasPreconditions: true,
    parameters,
    query: emptySchema,
    answers: { 204: { description: 'It is forgotten' } },
    problems: ['unknown-host', 'not-permitted', 'version-mismatch', 'cannot-be-so', 'not-stored'],
  },
  async (administration, visit, { parameters: { name } }) => {
    const { asker, preconditions } = visit;
    const missing = unknown('host', nameText(name));
    const host = visibleHost(administration, asker, name);
    if (!host) return missing;
    // What it does for its name ends with it.
    const fault = hostFault(asker, name, editedHost(undefined, {}), host);
    if (fault) return fault;
    if (!holds(preconditions, host.version)) return versionMismatch;
    const version = preconditions.ifMatch === undefined ? undefined : host.version;
    const changed = await forgetHost(administration, visit, host, version);
    if (isProblem(changed)) return changed;
    return changed.kind === 'changed' ? { status: 204 } : changedProblem(changed, missing);
  },
);

function visibleHost(administration: Administration, asker: Asker, name: Hostname): Host | undefined {
  return mayReadHost(asker, name) ? administration.host(name) : undefined;
}

export const hostOperations: readonly Operation[] = [listHosts, getHost, putHost, editHost, deleteHost];

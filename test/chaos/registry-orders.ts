import assert from 'node:assert/strict';

import type { EmbeddedService } from '../support/embedded-service.ts';
import { allOf, type ApiAnswer, expectApi, isGood, nextAddress } from './api-client.ts';

/** One change of the registry, made ready on a disk that is well. */
export interface PreparedOrder {
  /** Asks for it; again and again the same, as long as it has not been done. */
  ask(): Promise<ApiAnswer>;
  /** Whether it has been done; fails where half of it has. */
  isDone(): Promise<boolean>;
}

export interface Order {
  readonly title: string;
  prepare(embedded: EmbeddedService): Promise<PreparedOrder>;
}

type Service = EmbeddedService['service'];

interface TokenContent {
  readonly id: string;
  readonly description: string;
  readonly revoked_at: string | null;
  readonly version: number;
}

interface Created {
  readonly token: TokenContent;
  readonly secret: string;
}

let lastNumber = 0;

export const registryOrders: readonly Order[] = [
  {
    title: 'the creation of a token',
    prepare: ({ service, zone }) => {
      const description = unique('token');
      const secrets: string[] = [];
      return Promise.resolve({
        ask: async () => {
          const answer = await expectApi(service, 'POST', '/tokens', { body: tokenOf(zone, description) });
          if (answer.status === 201) secrets.push((answer.json as Created).secret);
          return answer;
        },
        isDone: async () => {
          const tokens = await allOf<TokenContent>(service, '/tokens?', 'tokens');
          const found = tokens.filter((token) => token.description === description);
          assert.ok(found.length <= 1, JSON.stringify(found));
          for (const secret of secrets) assert.ok(await isGood(service, secret), description);
          return found.length === 1;
        },
      });
    },
  },
  {
    title: 'the revocation of a token',
    prepare: async ({ service, zone }) => {
      const { token, secret } = await createToken(service, zone);
      return {
        ask: () => expectApi(service, 'DELETE', `/tokens/${token.id}`),
        isDone: async () => {
          const isRevoked = (await showToken(service, token.id)).revoked_at !== null;
          assert.equal(await isGood(service, secret), !isRevoked, `the token ${token.id}`);
          return isRevoked;
        },
      };
    },
  },
  {
    title: 'the rotation of a token',
    prepare: async ({ service, zone }) => {
      const { token, secret } = await createToken(service, zone);
      const later: string[] = [];
      return {
        ask: async () => {
          const answer = await expectApi(service, 'POST', `/tokens/${token.id}/rotate`, { body: {} });
          if (answer.status === 200) later.push((answer.json as Created).secret);
          return answer;
        },
        isDone: async () => {
          const isRotated = (await showToken(service, token.id)).version > token.version;
          assert.equal(await isGood(service, secret), !isRotated, `the token ${token.id}`);
          for (const each of later) assert.ok(await isGood(service, each), `the token ${token.id}`);
          return isRotated;
        },
      };
    },
  },
  {
    title: 'a new host',
    prepare: ({ service, zone }) => {
      const path = `/hosts/${unique('host')}.${zone}`;
      return Promise.resolve({
        ask: () => expectApi(service, 'PUT', path, { body: { description: 'in the cellar' } }),
        isDone: () => isThere(service, path),
      });
    },
  },
  {
    title: 'the deletion of a host',
    prepare: async ({ service, zone }) => {
      const path = `/hosts/${unique('host')}.${zone}`;
      assert.equal((await expectApi(service, 'PUT', path, { body: {} })).status, 201);
      return {
        ask: () => expectApi(service, 'DELETE', path),
        isDone: async () => !(await isThere(service, path)),
      };
    },
  },
  {
    title: 'an update with a token',
    prepare: async ({ service, zone }) => {
      const { token, secret } = await createToken(service, zone);
      const name = `${unique('name')}.${zone}`;
      return {
        ask: async () => {
          const path = `/update-by-path/${secret}/${name}/192.0.2.1/2001:db8::1`;
          const { status, body } = await service.get(path, { headers: { 'x-forwarded-for': nextAddress() } });
          return { status, json: undefined, text: body };
        },
        isDone: async () => {
          const isKnown = await isThere(service, `/records/${name}/A`);
          const entries = await allOf<HistoryContent>(service, `/updates?name=${name}&`, 'updates');
          // That it was refused is kept as well.
          const changes = entries.filter(({ outcome }) => outcome !== 'failed');
          const told = changes.map((entry) => [entry.type, entry.outcome, entry.before, entry.after, entry.credential]);
          const by = `token:${token.id}`;
          const expected = [
            ['AAAA', 'changed', [], ['2001:db8::1'], by],
            ['A', 'changed', [], ['192.0.2.1'], by],
          ];
          assert.deepEqual(told, isKnown ? expected : [], `the history of ${name}`);
          return isKnown;
        },
      };
    },
  },
];

interface HistoryContent {
  readonly type: string;
  readonly outcome: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly credential: string;
}

export function wasTaken({ status }: ApiAnswer): boolean {
  return status >= 200 && status < 300;
}

/** Nothing was done, and nobody was told a secret. */
export function expectNotStored({ status, text }: ApiAnswer, where: string): void {
  assert.equal(status, 503, `${where}: ${text}`);
  assert.match(text, /"not-stored"|problems\/not-stored|^DNS_SERVER_ERROR: /, where);
  assert.doesNotMatch(text, /dyn[0-9A-Za-z]{27}/, where);
}

function unique(word: string): string {
  lastNumber += 1;
  return `${word}${lastNumber}`;
}

function tokenOf(zone: string, description: string): object {
  return { description, scope: { names: [`zone:${zone}`] } };
}

async function createToken(service: Service, zone: string): Promise<Created> {
  const { status, json, text } = await expectApi(service, 'POST', '/tokens', { body: tokenOf(zone, unique('token')) });
  assert.equal(status, 201, text);
  return json as Created;
}

async function showToken(service: Service, id: string): Promise<TokenContent> {
  const { status, json, text } = await expectApi(service, 'GET', `/tokens/${id}`);
  assert.equal(status, 200, text);
  return json as TokenContent;
}

async function isThere(service: Service, path: string): Promise<boolean> {
  const { status, text } = await expectApi(service, 'GET', path);
  assert.ok(status === 200 || status === 404, text);
  return status === 200;
}

import assert from 'node:assert/strict';

import { secret as administratorSecret } from '../interop/seed-service.ts';
import type { ServiceUnderTest } from '../support/launch-service.ts';

export interface ApiAnswer {
  readonly status: number;
  /** Undefined where there is no body. */
  readonly json: unknown;
  readonly text: string;
}

export interface ApiAsk {
  /** The administrator's when absent. */
  readonly secret?: string;
  readonly body?: object;
}

let asked = 0;

/**
 * Asks the running service's API.
 *
 * Every request says that it comes from another address, so that nobody who tries what was revoked is taken for a guesser.
 *
 * @param path  below `/api/v1`
 * @returns undefined when there is no answer, since the service was killed
 */
export async function askApi(
  service: ServiceUnderTest,
  method: string,
  path: string,
  { secret = administratorSecret, body }: ApiAsk = {},
): Promise<ApiAnswer | undefined> {
  const headers = {
    authorization: `Bearer ${secret}`,
    'x-forwarded-for': nextAddress(),
    ...(body ? { 'content-type': 'application/json' } : {}),
  };
  try {
    const answer = await service.get(`/api/v1${path}`, {
      method,
      headers,
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const isJson = /json/.test(answer.headers.get('content-type') ?? '');
    return {
      status: answer.status,
      json: isJson && answer.body !== '' ? JSON.parse(answer.body) : undefined,
      text: answer.body,
    };
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/** The answer of a service that nobody kills now. */
export async function expectApi(
  service: ServiceUnderTest,
  method: string,
  path: string,
  ask: ApiAsk = {},
): Promise<ApiAnswer> {
  const answer = await askApi(service, method, path, ask);
  assert.ok(answer, `no answer to ${method} ${path}`);
  return answer;
}

/** All pages of a list, one after the other. @param path  with a query */
export async function allOf<Item>(service: ServiceUnderTest, path: string, list: string): Promise<readonly Item[]> {
  const items: Item[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const more = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const { status, json, text } = await expectApi(service, 'GET', `${path}limit=500${more}`);
    assert.equal(status, 200, text);
    const page = json as Readonly<Record<string, readonly Item[]>> & { readonly next_cursor?: string | null };
    items.push(...(page[list] ?? []));
    cursor = page.next_cursor ?? null;
  }
  return items;
}

/** Whether a secret is one of a token that may still be used. */
export async function isGood(service: ServiceUnderTest, secret: string): Promise<boolean> {
  const { status, text } = await expectApi(service, 'GET', '/me', { secret });
  assert.ok(status === 200 || status === 401, `${status} ${text}`);
  return status === 200;
}

/** Of RFC 2544's network for measurements and what follows it: 2^17 of them. */
export function nextAddress(): string {
  asked += 1;
  return `198.${18 + ((asked >> 16) & 1)}.${(asked >> 8) & 0xff}.${asked & 0xff}`;
}

import { makeToken, type TestToken } from '../support/make-token.ts';
import { MemoryLedger } from '../support/memory-ledger.ts';
import { OpenApiJudge } from '../support/open-api-judge.ts';
import {
  listenFixture,
  type ListeningFixture,
  type RawAnswer,
  request,
  secret as administratorSecret,
} from './http-fixture.ts';

export interface ApiAnswer extends RawAnswer {
  /** The body as JSON; undefined where there is none. */
  readonly json: unknown;
}

export interface ApiAsk {
  /** The administrator when absent; undefined: nobody. */
  readonly secret?: string | undefined;
  readonly body?: unknown;
  readonly headers?: readonly string[];
}

/** The API over a server of its own; every answer is judged by the document that the server hands out. */
export interface Api extends AsyncDisposable {
  readonly fixture: ListeningFixture;
  readonly ledger: MemoryLedger;
  readonly judge: OpenApiJudge;
  /** @param path  below `/api/v1` */
  ask(method: string, path: string, ask?: ApiAsk): Promise<ApiAnswer>;
  token(wanted: TestToken): Promise<{ readonly id: string; readonly secret: string }>;
}

export async function openApi(zones: readonly string[] = ['example.com', 'example.net']): Promise<Api> {
  const ledger = new MemoryLedger();
  const fixture = await listenFixture({ zones, ledger });
  const document = await request(fixture.port, ['GET /api/openapi.json HTTP/1.1', 'Host: x']);
  const judge = new OpenApiJudge(document.body);
  return {
    fixture,
    ledger,
    judge,
    ask: async (method, path, ask = {}) => {
      const secret = 'secret' in ask ? ask.secret : administratorSecret;
      const body = ask.body === undefined ? '' : JSON.stringify(ask.body);
      const lines = [`${method} /api/v1${path} HTTP/1.1`, 'Host: x', ...(ask.headers ?? [])];
      if (secret !== undefined) lines.push(`Authorization: Bearer ${secret}`);
      if (ask.body !== undefined)
        lines.push('Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`);
      else if (method !== 'GET' && method !== 'HEAD') lines.push('Content-Length: 0');
      const answer = await request(fixture.port, lines, body);
      judge.judge(method, `/api/v1${path}`, answer);
      return { ...answer, json: answer.body === '' ? undefined : JSON.parse(answer.body) };
    },
    token: async (wanted) => {
      if (!fixture.registry) throw new Error('The fixture has no registry');
      const { token, secret } = await makeToken(fixture.registry, wanted);
      return { id: token.id, secret };
    },
    [Symbol.asyncDispose]: () => fixture[Symbol.asyncDispose](),
  };
}

/** A member of a JSON object, whatever it is. */
export function member(json: unknown, ...path: readonly (string | number)[]): unknown {
  let value = json;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Readonly<Record<string | number, unknown>>)[step];
  }
  return value;
}

export function byText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

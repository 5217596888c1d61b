import assert from 'node:assert/strict';

import type { TokenService } from '../support/token-service.ts';
import { allOf, expectApi, nextAddress } from './api-client.ts';
import type { Actor } from './registry-actor.ts';

interface Wish {
  readonly counter: number;
  readonly isTold: boolean;
}

interface HistoryContent {
  readonly sequence: number;
  readonly type: string | null;
  readonly outcome: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly credential: string;
}

/** Fewer than the history keeps of a name. */
const updatesPerName = 60;
const types = ['A', 'AAAA'] as const;

/** Updates names with a token over HTTP, and remembers what it was told; each update gives a name two addresses of one number. */
export class NameUpdater implements Actor {
  readonly #tokens: TokenService;
  readonly #prefix: string;
  readonly #id: string;
  readonly #secret: string;
  readonly #wishes = new Map<string, Wish[]>();
  readonly #touched = new Set<string>();
  #counter = 0;
  readonly told = new Map<string, number>();

  private constructor(tokens: TokenService, prefix: string, id: string, secret: string) {
    this.#tokens = tokens;
    this.#prefix = prefix;
    this.#id = id;
    this.#secret = secret;
  }

  /** @param prefix  with which nobody else's names begin */
  static async make(tokens: TokenService, prefix: string): Promise<NameUpdater> {
    const body = { description: 'updates names', scope: { names: [`zone:${tokens.zone}`] }, max_names: 10_000 };
    const { status, json, text } = await expectApi(tokens.service, 'POST', '/tokens', { body });
    assert.equal(status, 201, text);
    const { token, secret } = json as { readonly token: { readonly id: string }; readonly secret: string };
    return new NameUpdater(tokens, prefix, token.id, secret);
  }

  async act(): Promise<void> {
    this.#counter += 1;
    const counter = this.#counter;
    // Two names by turns, and new ones after a while.
    const number = Math.floor(counter / (2 * updatesPerName)) * 2 + (counter % 2);
    const name = `${this.#prefix}${number}.${this.#tokens.zone}`;
    const wishes = this.#wishes.get(name) ?? [];
    this.#wishes.set(name, wishes);
    this.#touched.add(name);
    const isTold = await this.#update(
      name,
      types.map((type) => addressOf(counter, type)),
    );
    wishes.push({ counter, isTold });
    if (isTold) this.told.set('update', (this.told.get('update') ?? 0) + 1);
  }

  async judge(): Promise<void> {
    for (const name of this.#touched) await this.#judgeName(name);
    this.#touched.clear();
  }

  async judgeAll(): Promise<void> {
    for (const name of this.#wishes.keys()) await this.#judgeName(name);
  }

  /** @returns whether it was told that it was done */
  async #update(name: string, addresses: readonly string[]): Promise<boolean> {
    try {
      const path = `/update-by-path/${[this.#secret, name, ...addresses].join('/')}`;
      const { status, body } = await this.#tokens.service.get(path, { headers: { 'x-forwarded-for': nextAddress() } });
      assert.equal(status, 200, body);
      assert.match(body, /^UPDATED: [^\n]+\nUPDATED: [^\n]+\n$/);
      return true;
    } catch (error) {
      if (error instanceof TypeError) return false;
      throw error;
    }
  }

  /** All that was told is there once and in its order, nothing that nobody asked for, and every entry goes on from the one before. */
  async #judgeName(name: string): Promise<void> {
    const entries = await allOf<HistoryContent>(this.#tokens.service, `/updates?name=${name}&`, 'updates');
    const wishes = this.#wishes.get(name) ?? [];
    const done: number[][] = [];
    for (const type of types) {
      const chain = entries.filter((entry) => entry.type === type).toReversed();
      done.push(chain.map((entry) => counterOf(entry, wishes, type)));
      for (const [index, { before, outcome, credential }] of chain.entries()) {
        assert.deepEqual(before, chain[index - 1]?.after ?? [], `${name} ${type}, entry ${index} of ${chain.length}`);
        assert.deepEqual([outcome, credential], ['changed', `token:${this.#id}`], name);
      }
      const { status, json } = await expectApi(this.#tokens.service, 'GET', `/records/${name}/${type}`);
      const values = status === 404 ? [] : (json as { readonly values: readonly string[] }).values;
      assert.deepEqual(values, chain.at(-1)?.after ?? [], `${name} ${type} after ${status}`);
    }
    const [ipv4 = [], ipv6 = []] = done;
    assert.equal(entries.length, ipv4.length + ipv6.length, name);
    assert.deepEqual(ipv4, ipv6, `half an update of ${name}`);
    this.#judgeOrder(name, ipv4, wishes);
  }

  #judgeOrder(name: string, done: readonly number[], wishes: readonly Wish[]): void {
    const candidates = wishes.filter(({ counter, isTold }) => isTold || done.includes(counter));
    const expected = candidates.map(({ counter }) => counter);
    assert.deepEqual(done, expected, `${name}: what was done, and what was told`);
  }
}

/** Which update an entry is of. */
function counterOf({ after }: HistoryContent, wishes: readonly Wish[], type: (typeof types)[number]): number {
  const wish = wishes.find(({ counter }) => after.length === 1 && after[0] === addressOf(counter, type));
  assert.ok(wish, `nobody has asked for ${after.join(', ')}`);
  return wish.counter;
}

/** RFC 1918's largest network, or that for documents. */
function addressOf(counter: number, type: (typeof types)[number]): string {
  if (type === 'A') return `10.${(counter >> 16) & 0xff}.${(counter >> 8) & 0xff}.${counter & 0xff}`;
  return `2001:db8::${counter.toString(16)}`;
}

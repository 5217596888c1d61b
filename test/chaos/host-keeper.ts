import assert from 'node:assert/strict';

import type { TokenService } from '../support/token-service.ts';
import { allOf, askApi } from './api-client.ts';
import type { Actor } from './registry-actor.ts';

interface HostState {
  readonly name: string;
  readonly description: string;
  readonly ttl: number | null;
}

const names = 12;

/** Sets and deletes hosts, and remembers what it was told. */
export class HostKeeper implements Actor {
  readonly #tokens: TokenService;
  readonly #prefix: string;
  readonly #known = new Map<string, HostState>();
  #counter = 0;
  /** `after` undefined: it was being deleted. */
  #pending: { readonly name: string; readonly after: HostState | undefined } | undefined;
  readonly told = new Map<string, number>();

  /** @param prefix  with which nobody else's names begin */
  constructor(tokens: TokenService, prefix: string) {
    this.#tokens = tokens;
    this.#prefix = prefix;
  }

  async act(): Promise<void> {
    this.#counter += 1;
    const name = `${this.#prefix}${Math.floor(Math.random() * names)}.${this.#tokens.zone}`;
    if (this.#known.has(name) && Math.random() < 0.4) await this.#delete(name);
    else await this.#set(name);
  }

  async judge(): Promise<void> {
    const hosts = await allOf<HostState>(this.#tokens.service, '/hosts?', 'hosts');
    const found = new Map(
      hosts
        .filter(({ name }) => name.startsWith(this.#prefix))
        .map(({ name, description, ttl }) => [name, { name, description, ttl }]),
    );
    if (this.#pending) {
      const { name, after } = this.#pending;
      // It may have been carried out, as a whole.
      if (JSON.stringify(found.get(name)) === JSON.stringify(after)) this.#settle(name, after);
    }
    this.#pending = undefined;
    assert.deepEqual(sorted(found), sorted(this.#known));
  }

  judgeAll(): Promise<void> {
    return this.judge();
  }

  async #set(name: string): Promise<void> {
    const after = { name, description: `number ${this.#counter}`, ttl: 60 + (this.#counter % 1000) };
    this.#pending = { name, after };
    const { description, ttl } = after;
    const answer = await askApi(this.#tokens.service, 'PUT', `/hosts/${name}`, { body: { description, ttl } });
    if (!answer) return;
    assert.equal(answer.status, this.#known.has(name) ? 200 : 201, answer.text);
    this.#acknowledged('host set', name, after);
  }

  async #delete(name: string): Promise<void> {
    this.#pending = { name, after: undefined };
    const answer = await askApi(this.#tokens.service, 'DELETE', `/hosts/${name}`);
    if (!answer) return;
    assert.equal(answer.status, 204, answer.text);
    this.#acknowledged('host deleted', name, undefined);
  }

  #acknowledged(what: string, name: string, after: HostState | undefined): void {
    this.#settle(name, after);
    this.#pending = undefined;
    this.told.set(what, (this.told.get(what) ?? 0) + 1);
  }

  #settle(name: string, after: HostState | undefined): void {
    if (after) this.#known.set(name, after);
    else this.#known.delete(name);
  }
}

function sorted(states: ReadonlyMap<string, HostState>): readonly HostState[] {
  return [...states.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

import assert from 'node:assert/strict';

import type { TsigAlgorithm } from '../../src/dns/tsig.ts';
import { nsupdate } from '../support/nsupdate.ts';
import type { TestKey } from '../support/test-key.ts';
import type { TokenService } from '../support/token-service.ts';
import { allOf, type ApiAnswer, askApi, isGood } from './api-client.ts';
import type { Actor } from './registry-actor.ts';

interface TokenState {
  readonly version: number;
  readonly description: string;
  readonly isRevoked: boolean;
}

/** What proves a token. */
interface Proofs {
  readonly secret: string;
  readonly key: TestKey | undefined;
}

interface KnownToken {
  readonly id: string;
  state: TokenState;
  /** Undefined: nobody was told. */
  proofs: Proofs | undefined;
  /** Replaced for good. */
  readonly dead: Proofs[];
}

type Pending =
  | { readonly kind: 'creation'; readonly description: string }
  | { readonly kind: 'change'; readonly token: KnownToken; readonly after: TokenState; readonly isRotation: boolean };

interface TokenContent {
  readonly id: string;
  readonly version: number;
  readonly description: string;
  readonly revoked_at: string | null;
}

interface CreatedContent {
  readonly token: TokenContent;
  readonly secret: string;
  readonly tsig: { readonly key_name: string; readonly algorithm: TsigAlgorithm; readonly secret: string } | null;
}

const tsigEvery = 4;
/** So that most are changed again and again, and some are left alone. */
const inUse = 5;

/** Makes tokens, changes, rotates and revokes them, and remembers what it was told. */
export class TokenHolder implements Actor {
  readonly #tokens: TokenService;
  readonly #title: string;
  readonly #known = new Map<string, KnownToken>();
  /** Changed since the last judgement. */
  readonly #touched = new Set<KnownToken>();
  #counter = 0;
  #pending: Pending | undefined;
  readonly told = new Map<string, number>();

  /** @param title  begins the description of every token of its own */
  constructor(tokens: TokenService, title: string) {
    this.#tokens = tokens;
    this.#title = title;
  }

  async act(): Promise<void> {
    const living = [...this.#known.values()].filter(({ state }) => !state.isRevoked).slice(-inUse);
    const token = living[Math.floor(Math.random() * living.length)];
    const dice = Math.random();
    if (!token || dice < 0.35) await this.#create();
    else if (dice < 0.55) await this.#edit(token);
    else if (dice < 0.8) await this.#rotate(token);
    else await this.#revoke(token);
  }

  async judge(): Promise<void> {
    const listed = await allOf<TokenContent>(this.#tokens.service, '/tokens?', 'tokens');
    const mine = new Map(
      listed.filter(({ description }) => description.startsWith(`${this.#title} `)).map((each) => [each.id, each]),
    );
    for (const [id, token] of this.#known) {
      const content = mine.get(id);
      assert.ok(content, `the token ${id} is gone: ${JSON.stringify(token.state)}`);
      this.#judgeState(token, stateOf(content));
      mine.delete(id);
    }
    this.#judgeStrangers([...mine.values()]);
    this.#pending = undefined;
    for (const token of this.#touched) await this.#judgeProofs(token);
    this.#touched.clear();
  }

  async judgeAll(): Promise<void> {
    for (const token of this.#known.values()) this.#touched.add(token);
    await this.judge();
  }

  #judgeState(token: KnownToken, found: TokenState): void {
    const pending = this.#pending?.kind === 'change' && this.#pending.token === token ? this.#pending : undefined;
    if (pending && JSON.stringify(found) === JSON.stringify(pending.after)) {
      this.#settle(token, pending.after);
      if (pending.isRotation) replaceProofs(token, undefined);
      return;
    }
    assert.deepEqual(found, token.state, `the token ${token.id}; under way was ${JSON.stringify(pending?.after)}`);
    if (pending) this.#touched.add(token);
  }

  /** One that was being made may be there, whole, and nobody knows its secret. */
  #judgeStrangers(strangers: readonly TokenContent[]): void {
    const description = this.#pending?.kind === 'creation' ? this.#pending.description : undefined;
    assert.ok(strangers.length <= (description === undefined ? 0 : 1), JSON.stringify(strangers));
    for (const content of strangers) {
      const state = stateOf(content);
      assert.deepEqual(state, { version: 1, description, isRevoked: false });
      this.#known.set(content.id, { id: content.id, state, proofs: undefined, dead: [] });
    }
  }

  async #judgeProofs({ id, state, proofs, dead }: KnownToken): Promise<void> {
    if (proofs) await this.#judgeProof(id, proofs, !state.isRevoked);
    for (const each of dead) await this.#judgeProof(id, each, false);
  }

  async #judgeProof(id: string, { secret, key }: Proofs, isExpected: boolean): Promise<void> {
    const { service, zone, dnsPort: port } = this.#tokens;
    assert.equal(await isGood(service, secret), isExpected, `a secret of ${id}`);
    if (!key) return;
    const commands = [`update delete ${id}.${zone} A`, `update add ${id}.${zone} 60 A 192.0.2.1`];
    const { status } = await nsupdate({ port, zone, key, commands });
    assert.match(status, isExpected ? /^NOERROR$/ : /^(?:REFUSED|NOTAUTH\(BADKEY\))$/, `the key ${key.name}`);
  }

  async #create(): Promise<void> {
    const description = this.#nextDescription();
    this.#pending = { kind: 'creation', description };
    const scope = { names: [`zone:${this.#tokens.zone}`] };
    const tsig = this.#counter % tsigEvery === 0 ? { tsig: 'hmac-sha256' } : {};
    const created = this.#told(
      'creation',
      201,
      await askApi(this.#tokens.service, 'POST', '/tokens', { body: { description, scope, ...tsig } }),
    ) as CreatedContent | undefined;
    if (!created) return;
    const { id } = created.token;
    const token = { id, state: stateOf(created.token), proofs: proofsOf(created), dead: [] };
    assert.deepEqual(token.state, { version: 1, description, isRevoked: false });
    this.#known.set(id, token);
    this.#touched.add(token);
    this.#pending = undefined;
  }

  async #edit(token: KnownToken): Promise<void> {
    const description = this.#nextDescription();
    await this.#change(token, { description }, 'edit', async () =>
      this.#told(
        'edit',
        200,
        await askApi(this.#tokens.service, 'PATCH', `/tokens/${token.id}`, { body: { description } }),
      ),
    );
  }

  async #rotate(token: KnownToken): Promise<void> {
    await this.#change(token, {}, 'rotation', async () => {
      const path = `/tokens/${token.id}/rotate`;
      const answer = this.#told('rotation', 200, await askApi(this.#tokens.service, 'POST', path, { body: {} }));
      if (answer !== undefined) replaceProofs(token, proofsOf(answer as CreatedContent));
      return answer;
    });
  }

  async #revoke(token: KnownToken): Promise<void> {
    await this.#change(token, { isRevoked: true }, 'revocation', async () =>
      this.#told('revocation', 204, await askApi(this.#tokens.service, 'DELETE', `/tokens/${token.id}`)),
    );
  }

  /** @param carryOut  resolves to undefined when there was no answer */
  async #change(
    token: KnownToken,
    changes: Partial<TokenState>,
    what: string,
    carryOut: () => Promise<unknown>,
  ): Promise<void> {
    const after = { ...token.state, ...changes, version: token.state.version + 1 };
    this.#pending = { kind: 'change', token, after, isRotation: what === 'rotation' };
    if ((await carryOut()) === undefined) return;
    this.#settle(token, after);
    this.#pending = undefined;
  }

  #settle(token: KnownToken, state: TokenState): void {
    token.state = state;
    this.#touched.add(token);
  }

  /** The body of an answer of success, or true where that has none; undefined: no answer. */
  #told(what: string, status: number, answer: ApiAnswer | undefined): unknown {
    if (!answer) return undefined;
    assert.equal(answer.status, status, `${what}: ${answer.text}`);
    this.told.set(what, (this.told.get(what) ?? 0) + 1);
    return answer.json ?? true;
  }

  #nextDescription(): string {
    this.#counter += 1;
    return `${this.#title} ${this.#counter}`;
  }
}

function stateOf({ version, description, revoked_at }: TokenContent): TokenState {
  return { version, description, isRevoked: revoked_at !== null };
}

function proofsOf({ secret, tsig }: CreatedContent): Proofs {
  const key = tsig ? { name: tsig.key_name, algorithm: tsig.algorithm, secret: tsig.secret } : undefined;
  return { secret, key };
}

function replaceProofs(token: KnownToken, proofs: Proofs | undefined): void {
  if (token.proofs) token.dead.push(token.proofs);
  token.proofs = proofs;
}

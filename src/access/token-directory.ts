import { Name } from '../dns/name.ts';
import type { Registrar, Token, TokenSecret } from './token.ts';

/** All tokens in memory, by whatever they are known by; revoked ones stay, so that they are known as such. */
export class TokenDirectory implements Iterable<Token> {
  readonly #byId = new Map<string, Token>();
  readonly #byDigest = new Map<string, Token>();
  readonly #byKeyName = new Map<string, Token>();
  /** IDs of registrations. */
  readonly #byRegistrar = new Map<Registrar, Set<string>>();

  get size(): number {
    return this.#byId.size;
  }

  get(id: string): Token | undefined {
    return this.#byId.get(id);
  }

  /**
   * Digests are compared as texts, in no constant time: whoever measures it learns something of the digest of what he has sent, and nothing
   * of a secret that has 160 random bits.
   */
  withDigest(sha256: string): Token | undefined {
    return this.#byDigest.get(sha256);
  }

  withKeyName(name: Name): Token | undefined {
    return this.#byKeyName.get(name.key);
  }

  /** Those that have ended too. */
  *registrationsBy(registrar: Registrar): Iterable<Token> {
    for (const id of this.#byRegistrar.get(registrar) ?? []) {
      const token = this.#byId.get(id);
      if (token) yield token;
    }
  }

  /** In the place of the one with the same ID. */
  put(token: Token): void {
    this.remove(token.id);
    this.#byId.set(token.id, token);
    for (const { map, key } of token.secrets.map((secret) => this.#indexOf(secret))) map.set(key, token);
    const { registrar } = token;
    if (registrar === undefined) return;
    const registrations = this.#byRegistrar.get(registrar) ?? new Set();
    this.#byRegistrar.set(registrar, registrations.add(token.id));
  }

  /** Whoever presents its secret is a stranger from now on. */
  remove(id: string): void {
    const token = this.#byId.get(id);
    if (!token) return;
    this.#byId.delete(id);
    if (token.registrar !== undefined) this.#removeRegistration(token.registrar, id);
    for (const { map, key } of token.secrets.map((secret) => this.#indexOf(secret)))
      if (map.get(key)?.id === id) map.delete(key);
  }

  #removeRegistration(registrar: Registrar, id: string): void {
    const registrations = this.#byRegistrar.get(registrar);
    registrations?.delete(id);
    if (registrations?.size === 0) this.#byRegistrar.delete(registrar);
  }

  [Symbol.iterator](): Iterator<Token> {
    return this.#byId.values();
  }

  #indexOf(secret: TokenSecret): { readonly map: Map<string, Token>; readonly key: string } {
    switch (secret.kind) {
      case 'digest':
        return { map: this.#byDigest, key: secret.sha256 };
      case 'tsig':
        return { map: this.#byKeyName, key: Name.parse(secret.keyName).key };
    }
  }
}

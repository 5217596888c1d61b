import { Name } from '../dns/name.ts';
import type { Token, TokenSecret } from './token.ts';

/** All tokens in memory, by whatever they are known by; revoked ones stay, so that they are known as such. */
export class TokenDirectory implements Iterable<Token> {
  readonly #byId = new Map<string, Token>();
  readonly #byDigest = new Map<string, Token>();
  readonly #byKeyName = new Map<string, Token>();

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

  /** In the place of the one with the same ID. */
  put(token: Token): void {
    this.remove(token.id);
    this.#byId.set(token.id, token);
    for (const { map, key } of token.secrets.map((secret) => this.#indexOf(secret))) map.set(key, token);
  }

  /** Whoever presents its secret is a stranger from now on. */
  remove(id: string): void {
    const token = this.#byId.get(id);
    if (!token) return;
    this.#byId.delete(id);
    for (const { map, key } of token.secrets.map((secret) => this.#indexOf(secret)))
      if (map.get(key)?.id === id) map.delete(key);
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

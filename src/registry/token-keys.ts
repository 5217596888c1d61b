import type { TokenDirectory } from '../access/token-directory.ts';
import type { Token, TokenSecret } from '../access/token.ts';
import type { Name } from '../dns/name.ts';
import type { TsigKey } from '../dns/tsig.ts';
import type { TokenKeyFile } from './token-key-file.ts';

/** A key with the token that it belongs to. */
export interface TokenKey {
  readonly token: Token;
  readonly key: TsigKey;
  /** Unix time, after which this key is no good; the token may end sooner. */
  readonly expiresAtSeconds: number | undefined;
}

/** The TSIG keys of tokens, each decrypted when it is asked for first. */
export class TokenKeys {
  readonly #tokens: TokenDirectory;
  readonly #keyFile: TokenKeyFile;
  /** A change of a token leaves the secrets that it does not concern the same objects. */
  readonly #decrypted = new WeakMap<TokenSecret, TsigKey>();

  constructor(tokens: TokenDirectory, keyFile: TokenKeyFile) {
    this.#tokens = tokens;
    this.#keyFile = keyFile;
  }

  /** Whether the token is still good is not looked at. @returns undefined also where the key file does not open it */
  find(name: Name): TokenKey | undefined {
    const token = this.#tokens.withKeyName(name);
    const secret = token?.secrets.find(
      (each) => each.kind === 'tsig' && each.keyName === name.toLowerCase().toString(),
    );
    if (!token || secret?.kind !== 'tsig') return undefined;
    const key = this.#decrypted.get(secret) ?? this.#decrypt(secret, name);
    return key && { token, key, expiresAtSeconds: secret.expiresAtSeconds };
  }

  #decrypt(secret: Extract<TokenSecret, { kind: 'tsig' }>, name: Name): TsigKey | undefined {
    const octets = this.#keyFile.unseal(secret.encrypted, secret.keyName);
    if (!octets) return undefined;
    const key = { name: name.toLowerCase(), algorithm: secret.algorithm, secret: octets };
    this.#decrypted.set(secret, key);
    return key;
  }
}

import { randomBytes } from 'node:crypto';
import { link, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import { decryptSecret, encryptSecret, keyFileOctets, nonceOctets } from '../access/key-encryption.ts';

/** Keeps the secrets of TSIG keys so that the database and its backups give none of them away. */
export interface KeyVault {
  /** @param about  the name of the key: its secret can be opened as that key's and as no other's */
  seal(secret: Uint8Array, about: string): Promise<Sealed>;
}

export type Sealed =
  | { readonly kind: 'sealed'; readonly encrypted: string }
  /** `reason` is a sentence without a full stop. */
  | { readonly kind: 'failed'; readonly reason: string };

type KeyRead =
  | { readonly kind: 'key'; readonly key: Uint8Array }
  | { readonly kind: 'missing' }
  /** `mayBeLost`: what is there is not the right one, whoever may read it. */
  | { readonly kind: 'unusable'; readonly reason: string; readonly mayBeLost: boolean };

/**
 * The file under whose 32 random octets the secrets of TSIG keys are encrypted. It lies outside the database and its backups, and is made
 * when the first key is.
 */
export class TokenKeyFile implements KeyVault {
  readonly path: string;
  #key: Uint8Array | undefined;
  /** Whether secrets are there that were encrypted under it: then it is not made anew. */
  #isNeeded = false;
  #fault: string | undefined;
  #mayBeLost = false;

  constructor(path: string) {
    this.path = path;
  }

  /** Why secrets that are encrypted cannot be used, as a sentence without a full stop. */
  get fault(): string | undefined {
    return this.#fault;
  }

  /** With a {@link fault}: whether what is missing may be gone for good, and not only closed to this user or open to others. */
  get mayBeLost(): boolean {
    return this.#mayBeLost;
  }

  /** Reads it, where there are secrets that were encrypted under it. @param sample  one of them, with the name of its key */
  async open(sample: { readonly encrypted: string; readonly about: string }): Promise<void> {
    this.#isNeeded = true;
    const read = await readKey(this.path);
    if (read.kind === 'key' && decryptSecret(sample.encrypted, read.key, sample.about)) {
      this.#key = read.key;
      return;
    }
    this.#fault = this.#faultOf(read);
    this.#mayBeLost = read.kind !== 'unusable' || read.mayBeLost;
  }

  /** @returns undefined where the key file does not open it */
  unseal(encrypted: string, about: string): Uint8Array | undefined {
    return this.#key && decryptSecret(encrypted, this.#key, about);
  }

  async seal(secret: Uint8Array, about: string): Promise<Sealed> {
    if (this.#fault !== undefined) return { kind: 'failed', reason: `no TSIG key can be made: ${this.#fault}` };
    if (!this.#key) {
      const made = await this.#readOrMake();
      if (made.kind !== 'key')
        return {
          kind: 'failed',
          reason: `no TSIG key can be made: ${made.kind === 'missing' ? `${this.path} is missing` : made.reason}`,
        };
      this.#key = made.key;
    }
    this.#isNeeded = true;
    return { kind: 'sealed', encrypted: encryptSecret(secret, this.#key, randomBytes(nonceOctets), about) };
  }

  #faultOf(read: KeyRead): string {
    switch (read.kind) {
      case 'missing':
        return `${this.path} is missing; put it back from where it was kept`;
      case 'unusable':
        return read.reason;
      case 'key':
        return `${this.path} is another key than the one that the TSIG keys of tokens are encrypted under; put that one back`;
    }
  }

  async #readOrMake(): Promise<KeyRead> {
    const read = await readKey(this.path);
    if (read.kind !== 'missing' || this.#isNeeded) return read;
    const reason = await makeKey(this.path);
    return reason === undefined ? await readKey(this.path) : { kind: 'unusable', reason, mayBeLost: false };
  }
}

async function readKey(path: string): Promise<KeyRead> {
  try {
    const { mode, size } = await stat(path);
    if ((mode & 0o077) !== 0)
      return {
        kind: 'unusable',
        reason: `${path} may be read by others than its owner; chmod 600 ${path}`,
        mayBeLost: false,
      };
    if (size !== keyFileOctets)
      return {
        kind: 'unusable',
        reason: `${path} has ${size} octets and not ${keyFileOctets}; put the right one back`,
        mayBeLost: true,
      };
    return { kind: 'key', key: await readFile(path) };
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { kind: 'missing' };
    return { kind: 'unusable', reason: `${path} cannot be read: ${code}`, mayBeLost: false };
  }
}

/**
 * On stable storage before anything is encrypted under it, and whole from its first moment: it gets its name, which nobody else may have
 * taken, when all of it is there.
 *
 * @returns why it could not be made
 */
async function makeKey(path: string): Promise<string | undefined> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await writeFile(draft, randomBytes(keyFileOctets), { flag: 'wx', mode: 0o600, flush: true });
    await link(draft, path);
    await using directory = await open(dirname(path), 'r');
    await directory.sync();
    return undefined;
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    // Somebody else has just made it.
    if (code === 'EEXIST') return undefined;
    return code === 'ENOENT'
      ? `${path} cannot be made: its directory is missing; make it, for the user of the service (install -d -m 700 -o USER ${dirname(path)})`
      : `${path} cannot be made: ${code}; let the service write its directory`;
  } finally {
    await rm(draft, { force: true });
  }
}

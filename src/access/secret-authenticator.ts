import { administrator } from '../updates/asker.ts';
import type { Authentication, Authenticator, Origin } from './authenticator.ts';
import type { SecretSet } from './secrets.ts';

/** Knows the administrator alone. */
export class SecretAuthenticator implements Authenticator {
  readonly #secrets: SecretSet;

  constructor(secrets: SecretSet) {
    this.#secrets = secrets;
  }

  authenticate(presented: string, { source }: Origin): Authentication {
    if (!this.#secrets.matches(presented)) return { kind: 'refused', reason: 'wrong' };
    return { kind: 'known', asker: administrator({ kind: 'administrator' }, source) };
  }

  areSame(a: string, b: string): boolean {
    return this.#secrets.areSame(a, b);
  }
}

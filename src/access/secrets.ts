import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

/** More never happens: one secret is in use, and a second while it is being replaced. */
const mostSecrets = 2;

/**
 * The administrator's secrets of the configuration, kept so that a comparison tells nothing about them.
 *
 * Only keyed digests are compared: all have the same length, so `timingSafeEqual` never sees a shorter input, and the
 * key is random in every process, so nobody can prepare inputs whose digests share a prefix with the right one. The list
 * is always walked to its end.
 */
export class SecretSet {
  readonly #digests: readonly Buffer[];
  readonly #key: string;

  /**
   * @param secrets  one secret, or two while clients move from the old one to the new
   * @param key      32 random octets that live as long as the process; a parameter so that tests can repeat themselves
   */
  constructor(secrets: readonly string[], key: Uint8Array = randomBytes(32)) {
    if (secrets.length < 1 || secrets.length > mostSecrets)
      throw new RangeError(`one or two secrets are compared, not ${secrets.length}`);
    if (secrets.includes('')) throw new RangeError('an empty secret would let everybody in');
    this.#key = Buffer.from(key).toString('hex');
    this.#digests = secrets.map((secret) => this.#digest(secret));
  }

  /** Whether the text is one of the secrets. */
  matches(text: string): boolean {
    const digest = this.#digest(text);
    let matching = 0;
    for (const own of this.#digests) matching |= Number(timingSafeEqual(own, digest));
    return matching === 1;
  }

  /** Whether two credentials of one request are the same, in constant time as well: one of them may be right. */
  areSame(a: string, b: string): boolean {
    return timingSafeEqual(this.#digest(a), this.#digest(b));
  }

  #digest(text: string): Buffer {
    return hash('sha256', this.#key + text, 'buffer');
  }
}

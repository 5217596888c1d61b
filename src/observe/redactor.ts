/** What stands where a secret was. */
const replacement = '***';

/**
 * Takes the configured secrets out of any text: the last line of defence behind code that never logs them.
 *
 * A secret is found in any case, for a secret that was taken for a name comes back in lower case, and with any of its
 * characters percent-encoded, once or several times over, as it may stand in a URL that somebody quotes.
 */
export class Redactor {
  #pattern: RegExp | undefined;
  #lowerCased: readonly string[] = [];

  constructor(secrets: readonly string[] = []) {
    this.replaceSecrets(secrets);
  }

  /** Called when the configuration is read anew. */
  replaceSecrets(secrets: readonly string[]): void {
    this.#lowerCased = secrets.filter((secret) => secret !== '').map((secret) => secret.toLowerCase());
    const longestFirst = secrets.filter((secret) => secret !== '').toSorted((a, b) => b.length - a.length);
    this.#pattern = longestFirst.length === 0 ? undefined : new RegExp(longestFirst.map(secretPattern).join('|'), 'gi');
  }

  redact(text: string): string {
    if (!this.#pattern || !this.#mayHoldSecret(text)) return text;
    return text.replace(this.#pattern, replacement);
  }

  /** Looking for plain text is ten times as fast as the pattern, and without a "%" nothing can be encoded. */
  #mayHoldSecret(text: string): boolean {
    if (text.includes('%')) return true;
    const lowerCased = text.toLowerCase();
    return this.#lowerCased.some((secret) => lowerCased.includes(secret));
  }
}

const special = /[\\^$.*+?()[\]{}|/-]/;

function secretPattern(secret: string): string {
  return Array.from(secret, characterPattern).join('');
}

function characterPattern(character: string): string {
  const octets = Array.from(
    Buffer.from(character, 'utf8'),
    (octet) => `%(?:25)*${octet.toString(16).padStart(2, '0')}`,
  );
  return `(?:${character.replace(special, String.raw`\$&`)}|${octets.join('')})`;
}

/** What stands where a secret was. */
const replacement = '***';

/** The secret of any token in plain text (access/token-secret.ts), whoever's it is and in whatever it stands. */
const plainToken = /dyn[0-9a-z]{27}/i;

/**
 * Takes secrets out of any text: those of the configuration, and whatever has the shape of a token's. It is the last line of defence behind
 * code that never logs them.
 *
 * A secret is found in any case, for a secret that was taken for a name comes back in lower case, and with any of its
 * characters percent-encoded, once or several times over, as it may stand in a URL that somebody quotes.
 */
export class Redactor {
  #pattern = tokenPattern;
  #lowerCased: readonly string[] = [];

  constructor(secrets: readonly string[] = []) {
    this.replaceSecrets(secrets);
  }

  /** Called when the configuration is read anew. */
  replaceSecrets(secrets: readonly string[]): void {
    this.#lowerCased = secrets.filter((secret) => secret !== '').map((secret) => secret.toLowerCase());
    const longestFirst = secrets.filter((secret) => secret !== '').toSorted((a, b) => b.length - a.length);
    this.#pattern = new RegExp([...longestFirst.map(secretPattern), tokenPattern.source].join('|'), 'gi');
  }

  redact(text: string): string {
    if (!this.#mayHoldSecret(text)) return text;
    return text.replace(this.#pattern, replacement);
  }

  /** Looking for plain text is ten times as fast as the pattern, and without a "%" nothing can be encoded. */
  #mayHoldSecret(text: string): boolean {
    if (text.includes('%') || plainToken.test(text)) return true;
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

/** The same with any of its characters percent-encoded: digits are 30–39, letters 41–5a and 61–7a. */
const tokenPattern = new RegExp(
  `${Array.from('dyn', eitherCase).join('')}(?:[0-9a-z]|%(?:25)*(?:3[0-9]|[46][1-9a-f]|[57][0-9a])){27}`,
  'gi',
);

function eitherCase(character: string): string {
  return `(?:${characterPattern(character)}|${characterPattern(character.toUpperCase())})`;
}

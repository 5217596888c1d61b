import type { Position } from './problem.ts';

/** One `key` statement, as it was written. */
export interface WrittenKey {
  readonly name: string;
  readonly algorithm: string;
  /** Base64. */
  readonly secret: string;
  readonly position: Position;
}

export type KeyFile =
  | { readonly kind: 'bare'; readonly secret: string }
  | { readonly kind: 'keys'; readonly keys: readonly WrittenKey[] }
  | { readonly kind: 'invalid'; readonly position: Position; readonly message: string };

/**
 * Reads a file with TSIG keys: either nothing but one base64 text, or BIND's format, as tsig-keygen prints it:
 *
 *     key "name" { algorithm hmac-sha256; secret "…"; };
 *
 * with comments of all three kinds (`#`, `//`, `/* *\/`). Messages never repeat what stands in the file.
 */
export function parseKeyFile(text: string): KeyFile {
  const bare = text.trim();
  if (/^[A-Za-z0-9+/=]+$/.test(bare)) return { kind: 'bare', secret: bare };
  return new KeyFileParser(tokenize(text)).parse();
}

const format = 'write key "name" { algorithm hmac-sha256; secret "…"; }; as tsig-keygen prints it';

interface Token {
  readonly text: string;
  readonly kind: 'word' | 'quoted' | 'sign' | 'stray' | 'end';
  readonly position: Position;
}

const tokenGrammar =
  /(?<skipped>\s+|#[^\n]*|\/\/[^\n]*|\/\*[^]*?\*\/)|"(?<quoted>[^"\n]*)"|(?<sign>[{};])|(?<word>[^\s{};"#]+)|(?<stray>[^])/gy;

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  let lineStart = 0;
  for (const match of text.matchAll(tokenGrammar)) {
    const { skipped, quoted, sign, word, stray } = match.groups ?? {};
    const position = { line, column: match.index - lineStart + 1 };
    if (quoted !== undefined) tokens.push({ kind: 'quoted', text: quoted, position });
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign, position });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word, position });
    // A quote that is not closed, or a comment that does not end.
    else if (stray !== undefined) tokens.push({ kind: 'stray', text: stray, position });
    for (const newline of (skipped ?? '').matchAll(/\n/g)) {
      line += 1;
      lineStart = match.index + newline.index + 1;
    }
  }
  tokens.push({ kind: 'end', text: '', position: { line, column: text.length - lineStart + 1 } });
  return tokens;
}

/** Recursive descent with one token of look-ahead; after the first mistake nothing more is read. */
class KeyFileParser {
  readonly #tokens: readonly Token[];
  #next = 0;
  #mistake: { position: Position; message: string } | undefined;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parse(): KeyFile {
    const keys: WrittenKey[] = [];
    while (!this.#mistake && this.#peek().kind !== 'end') {
      const key = this.#key();
      if (key) keys.push(key);
    }
    if (keys.length === 0) this.#fail(this.#peek(), `no key stands in this file; ${format}`);
    return this.#mistake ? { kind: 'invalid', ...this.#mistake } : { kind: 'keys', keys };
  }

  #key(): WrittenKey | undefined {
    const { position } = this.#peek();
    const name = this.#keyword('key') ? this.#value('the name of the key') : undefined;
    if (name === undefined || !this.#sign('{')) return undefined;
    let algorithm: string | undefined;
    let secret: string | undefined;
    while (!this.#mistake && this.#peek().text !== '}') {
      const clause = this.#peek();
      if (clause.text === 'algorithm' && algorithm === undefined) algorithm = this.#clause();
      else if (clause.text === 'secret' && secret === undefined) secret = this.#clause();
      else this.#fail(clause, `a key has one algorithm and one secret, and nothing else; ${format}`);
    }
    if (!this.#sign('}')) return undefined;
    // BIND wants the last semicolon; a file that ends without it says the same.
    if (this.#peek().kind !== 'end' && !this.#sign(';')) return undefined;
    if (algorithm !== undefined && secret !== undefined) return { name, algorithm, secret, position };
    this.#fail({ position }, `this key has no ${algorithm === undefined ? 'algorithm' : 'secret'}; ${format}`);
    return undefined;
  }

  #clause(): string | undefined {
    const { text } = this.#take();
    const value = this.#value(`the value of ${text}`);
    return value !== undefined && this.#sign(';') ? value : undefined;
  }

  #value(what: string): string | undefined {
    const token = this.#take();
    if (token.kind === 'quoted' || token.kind === 'word') return token.text;
    return this.#fail(token, `${what} is missing here; ${format}`);
  }

  #keyword(word: string): true | undefined {
    const token = this.#take();
    return token.kind === 'word' && token.text === word
      ? true
      : this.#fail(token, `a key begins with the word ${word}; ${format}`);
  }

  #sign(sign: string): true | undefined {
    const token = this.#take();
    return token.kind === 'sign' && token.text === sign
      ? true
      : this.#fail(token, `a ${sign} is missing here; ${format}`);
  }

  #peek(): Token {
    return this.#tokens[Math.min(this.#next, this.#tokens.length - 1)] ?? endOfNothing;
  }

  #take(): Token {
    const token = this.#peek();
    this.#next += 1;
    return token;
  }

  #fail({ position }: { position: Position }, message: string): undefined {
    this.#mistake ??= { position, message };
  }
}

const endOfNothing: Token = { kind: 'end', text: '', position: { line: 1, column: 1 } };

import { randomBytes } from 'node:crypto';

import { standingFault } from '../access/authorise.ts';
import type { TokenDirectory } from '../access/token-directory.ts';
import { digestOf, idOctets, secretOctets, secretText, tokenId } from '../access/token-secret.ts';
import { type Registrar, registrarNetwork, registrarSecret, type Token, type TokenSecret } from '../access/token.ts';
import { Name } from '../dns/name.ts';
import type { TsigAlgorithm } from '../dns/tsig.ts';
import type { Ledger } from '../store/ledger.ts';
import type { Changed, CreatedToken, NewToken, TokenEdit } from './administration.ts';
import { descriptionFault } from './description-fault.ts';
import type { RegistryLimits } from './limits.ts';
import { scopeFault } from './scope-fault.ts';
import type { KeyVault } from './token-key-file.ts';
import { readToken, writeToken } from './token-document.ts';
import { longRevoked } from './token-room.ts';
import { Turns } from './turns.ts';
import { writeFault } from './write-fault.ts';

export interface TokenDeskOptions {
  readonly tokens: TokenDirectory;
  readonly ledger: Pick<Ledger, 'write'>;
  readonly vault: KeyVault;
  readonly limits: RegistryLimits;
  readonly unixSeconds: () => number;
  /** A token that was revoked long ago has left. */
  readonly left: (id: string) => void;
}

/** Makes and changes tokens: the database has a change before anybody else sees it. */
export class TokenDesk {
  readonly #options: TokenDeskOptions;
  readonly #turns = new Turns();
  /** Of tokens that are being made: they count. */
  #underWay = 0;
  /** … and how many of them each registers; no entry is 0. */
  readonly #registering = new Map<Registrar, number>();

  constructor(options: TokenDeskOptions) {
    this.#options = options;
  }

  async create(wanted: NewToken): Promise<Changed<CreatedToken>> {
    const { limits, unixSeconds } = this.#options;
    const reason = this.#fault(wanted);
    if (reason !== undefined) return { kind: 'refused', reason };
    if (this.#isFull) await this.#makeRoom();
    if (this.#isFull)
      return {
        kind: 'refused',
        reason: `there are ${limits.tokens} tokens, and that is the most; revoke some, which make room after ${limits.revokedSeconds / 86_400} days`,
      };
    const { registrar } = wanted;
    // Nothing is waited for between counting and taking the place.
    const against = registrar === undefined ? undefined : this.#registrationFault(registrar);
    if (against !== undefined) return { kind: 'refused', reason: against };
    this.#underWay += 1;
    if (registrar !== undefined) this.#countRegistering(registrar, 1);
    try {
      const id = this.#newId();
      const secrets = await this.#newSecrets(`${id}.token.dyndns.`, wanted.tsig);
      if (secrets.kind === 'refused') return secrets;
      const token: Token = {
        id,
        description: wanted.description,
        scope: wanted.scope,
        secrets: secrets.kept,
        expiresAtSeconds: wanted.expiresAtSeconds,
        revokedAtSeconds: undefined,
        isBlocked: false,
        maxNames: wanted.maxNames,
        madeAtSeconds: unixSeconds(),
        version: 1,
        ...(registrar === undefined ? {} : { registrar }),
      };
      return tell(await this.#store(token), secrets);
    } finally {
      this.#underWay -= 1;
      if (registrar !== undefined) this.#countRegistering(registrar, -1);
    }
  }

  edit(id: string, edit: TokenEdit, version: number | undefined): Promise<Changed<Token>> {
    return this.#change(id, version, async (token) => {
      if (token.revokedAtSeconds !== undefined) return revokedForGood;
      const reason = this.#fault(edit);
      if (reason !== undefined) return { kind: 'refused', reason };
      return await this.#store(next(token, edit));
    });
  }

  rotate(id: string, overlapSeconds: number, version: number | undefined): Promise<Changed<CreatedToken>> {
    const { limits, unixSeconds } = this.#options;
    return this.#change(id, version, async (token) => {
      if (!Number.isInteger(overlapSeconds) || overlapSeconds < 0 || overlapSeconds > limits.maxOverlapSeconds)
        return { kind: 'refused', reason: `the old secret works for 0 to ${limits.maxOverlapSeconds} seconds more` };
      if (token.revokedAtSeconds !== undefined) return revokedForGood;
      const key = token.secrets.find((secret) => secret.kind === 'tsig');
      const secrets = await this.#newSecrets(key ? nextKeyName(key.keyName) : '', key?.algorithm);
      if (secrets.kind === 'refused') return secrets;
      const nowSeconds = unixSeconds();
      const old = overlapSeconds === 0 ? [] : inOverlap(token.secrets, nowSeconds + overlapSeconds);
      return tell(await this.#store(next(token, { secrets: [...secrets.kept, ...old] })), secrets);
    });
  }

  revoke(id: string): Promise<Changed<Token>> {
    return this.#change(id, undefined, async (token) => {
      if (token.revokedAtSeconds !== undefined) return { kind: 'changed', value: token };
      return await this.#store(next(token, { revokedAtSeconds: this.#options.unixSeconds() }));
    });
  }

  get #isFull(): boolean {
    return this.#options.tokens.size + this.#underWay >= this.#options.limits.tokens;
  }

  /** One after the other; what fails is told by there being no room. */
  #makeRoom(): Promise<void> {
    const { tokens, ledger, limits, unixSeconds, left } = this.#options;
    return this.#turns.take('', async () => {
      const leaving = this.#isFull ? longRevoked(tokens, unixSeconds(), limits) : [];
      if (leaving.length === 0) return;
      const documents = leaving.map(({ id }) => ({ kind: 'token', key: keyOf(id), body: undefined }) as const);
      if (writeFault(await ledger.write({ documents, history: [] }))) return;
      for (const { id } of leaving) {
        tokens.remove(id);
        left(id);
      }
    });
  }

  #registrationFault(registrar: Registrar): string | undefined {
    const { tokens, limits, unixSeconds } = this.#options;
    if (registrar === registrarSecret) return undefined;
    const nowSeconds = unixSeconds();
    if (registrar !== registrarNetwork) {
      const token = tokens.get(registrar);
      if (!token || standingFault(token, nowSeconds, tokens)) return 'the token that registers has ended';
      if (token.registrar !== undefined) return 'a registration cannot register another one';
    }
    let count = this.#registering.get(registrar) ?? 0;
    for (const token of tokens.registrationsBy(registrar)) {
      const fault = standingFault(token, nowSeconds, tokens);
      // A block is taken back.
      if (!fault || fault === 'blocked') count += 1;
    }
    if (count < limits.registrations) return undefined;
    return `there are ${count} registrations by this credential, and that is the most; have some revoked`;
  }

  #countRegistering(registrar: Registrar, step: number): void {
    const count = (this.#registering.get(registrar) ?? 0) + step;
    if (count > 0) this.#registering.set(registrar, count);
    else this.#registering.delete(registrar);
  }

  #change<Value>(
    id: string,
    version: number | undefined,
    change: (token: Token) => Promise<Changed<Value>>,
  ): Promise<Changed<Value>> {
    return this.#turns.take(id, async () => {
      const token = this.#options.tokens.get(id);
      if (!token) return { kind: 'unknown' };
      if (version !== undefined && version !== token.version) return { kind: 'other-version', version: token.version };
      return await change(token);
    });
  }

  async #store(token: Token): Promise<Changed<Token>> {
    const { ledger, tokens } = this.#options;
    const document = { kind: 'token', key: keyOf(token.id), body: writeToken(token) } as const;
    // What could not be read at the next start is not to be relied on until then.
    const reading = readToken(document.key, document.body);
    if (reading.kind === 'unreadable') return { kind: 'refused', reason: reading.reason };
    const fault = writeFault(await ledger.write({ documents: [document], history: [] }));
    if (fault) return { kind: 'failed', fault };
    tokens.put(token);
    return { kind: 'changed', value: token };
  }

  #fault(wanted: { readonly [Field in keyof NewToken]?: NewToken[Field] }): string | undefined {
    const { limits, unixSeconds } = this.#options;
    const { description, scope, maxNames, expiresAtSeconds } = wanted;
    const fault =
      (description === undefined ? undefined : descriptionFault(description, limits.descriptionCharacters)) ??
      (scope === undefined ? undefined : scopeFault(scope, limits));
    if (fault !== undefined) return fault;
    if (maxNames !== undefined && !(Number.isInteger(maxNames) && maxNames >= 0 && maxNames <= limits.hosts))
      return `a token may make 0 to ${limits.hosts} names`;
    if (expiresAtSeconds !== undefined && !(Number.isSafeInteger(expiresAtSeconds) && expiresAtSeconds > unixSeconds()))
      return 'the time at which a token expires lies ahead';
    return undefined;
  }

  #newId(): string {
    for (;;) {
      const id = tokenId(randomBytes(idOctets));
      if (!this.#options.tokens.get(id)) return id;
    }
  }

  async #newSecrets(keyName: string, algorithm: TsigAlgorithm | undefined): Promise<NewSecrets | Refused> {
    const secret = secretText(randomBytes(secretOctets));
    const digest: TokenSecret = { kind: 'digest', sha256: digestOf(secret), expiresAtSeconds: undefined };
    if (!algorithm) return { kind: 'secrets', kept: [digest], secret, tsig: undefined };
    const octets = randomBytes(secretOctetsOf(algorithm));
    const sealed = await this.#options.vault.seal(octets, keyName);
    if (sealed.kind === 'failed') return { kind: 'refused', reason: sealed.reason };
    const key: TokenSecret = {
      kind: 'tsig',
      keyName,
      algorithm,
      encrypted: sealed.encrypted,
      expiresAtSeconds: undefined,
    };
    const tsig = { keyName, algorithm, secret: octets.toString('base64') };
    return { kind: 'secrets', kept: [digest, key], secret, tsig };
  }
}

function keyOf(id: string): Uint8Array {
  return Buffer.from(id, 'latin1');
}

function next(token: Token, changes: Partial<Token>): Token {
  return { ...token, ...changes, version: token.version + 1 };
}

type Refused = { readonly kind: 'refused'; readonly reason: string };

const revokedForGood: Refused = {
  kind: 'refused',
  reason: 'the token has been revoked, for good; make another one',
};

interface NewSecrets extends Pick<CreatedToken, 'secret' | 'tsig'> {
  readonly kind: 'secrets';
  readonly kept: readonly TokenSecret[];
}

function tell(changed: Changed<Token>, { secret, tsig }: NewSecrets): Changed<CreatedToken> {
  return changed.kind === 'changed' ? { kind: 'changed', value: { token: changed.value, secret, tsig } } : changed;
}

/** The one of each kind that was in use until now, for a while; the ones before it are gone. */
function inOverlap(secrets: readonly TokenSecret[], untilSeconds: number): readonly TokenSecret[] {
  return (['digest', 'tsig'] as const).flatMap((kind) => {
    const current = secrets.find((secret) => secret.kind === kind);
    return current
      ? [{ ...current, expiresAtSeconds: Math.min(current.expiresAtSeconds ?? untilSeconds, untilSeconds) }]
      : [];
  });
}

/** Both keys are to be told apart while both are good: `ID.token.dyndns.`, `ID-2.token.dyndns.`, … */
function nextKeyName(keyName: string): string {
  const [first = '', ...rest] = Name.parse(keyName).toString().split('.');
  const [id = '', count = '1'] = first.split('-');
  return [`${id}-${Number(count) + 1}`, ...rest].join('.');
}

const secretOctetsByAlgorithm: Readonly<Record<TsigAlgorithm, number>> = {
  'hmac-md5': 16,
  'hmac-sha1': 20,
  'hmac-sha224': 28,
  'hmac-sha256': 32,
  'hmac-sha384': 48,
  'hmac-sha512': 64,
};

/** As many as the hash gives (RFC 8945 §8). */
function secretOctetsOf(algorithm: TsigAlgorithm): number {
  return secretOctetsByAlgorithm[algorithm];
}

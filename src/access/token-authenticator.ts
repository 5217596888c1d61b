import { Type } from '../dns/codes.ts';
import { type Address, judgeAddress } from '../updates/address.ts';
import { type Asker, administrator, type CredentialIdentity, granted } from '../updates/asker.ts';
import type { Clock } from '../updates/clock.ts';
import type { Hostname } from '../updates/hostname.ts';
import { publicOnly } from '../updates/public-addresses.ts';
import type { Authentication, Authenticator, Origin } from './authenticator.ts';
import { authorise, standingFault, type TokenBook } from './authorise.ts';
import type { GuessGuard } from './guess-guard.ts';
import { isFromWithin } from './scope.ts';
import type { SecretSet } from './secrets.ts';
import type { TokenDirectory } from './token-directory.ts';
import { digestOf } from './token-secret.ts';
import type { Token } from './token.ts';

export interface TokenAuthenticatorOptions {
  /** The administrator's, of the configuration. */
  readonly secrets: SecretSet;
  readonly tokens: TokenDirectory;
  readonly guard: GuessGuard;
  readonly clock: Pick<Clock, 'unixSeconds' | 'monotonicMs'>;
}

/** Longer than the secret of any token; all such texts count as one wrong secret. */
const mostCharacters = 512;

/** Knows the administrator and whoever holds a token. */
export class TokenAuthenticator implements Authenticator {
  readonly #options: TokenAuthenticatorOptions;

  constructor(options: TokenAuthenticatorOptions) {
    this.#options = options;
  }

  authenticate(presented: string, origin: Origin): Authentication {
    const { guard, clock } = this.#options;
    const secret = presented.length > mostCharacters ? '' : presented;
    const owner = this.#ownerOf(presented);
    const nowMs = clock.monotonicMs();
    const verdict = owner
      ? guard.right(guardedName(owner), secret, origin.source, nowMs)
      : guard.wrong(secret, origin.source, nowMs);
    if (verdict.kind === 'guessing')
      return { kind: 'refused', reason: 'guessing', retryAfterSeconds: verdict.retryAfterSeconds };
    if (!owner)
      return { kind: 'refused', reason: 'wrong', ...(verdict.delayMs > 0 ? { delayMs: verdict.delayMs } : {}) };
    if (owner.kind === 'token') {
      const admission = this.#admit(owner.token, owner.sha256, origin);
      return admission.kind === 'known' ? admission : { ...admission, credential: identityOf(owner.token) };
    }
    return { kind: 'known', asker: administrator({ kind: 'administrator' }, origin.source) };
  }

  areSame(a: string, b: string): boolean {
    return this.#options.secrets.areSame(a, b);
  }

  #ownerOf(secret: string): Owner | undefined {
    const { secrets, tokens } = this.#options;
    if (secret === '') return undefined;
    if (secrets.matches(secret)) return { kind: 'administrator' };
    if (secret.length > mostCharacters) return undefined;
    const sha256 = digestOf(secret);
    const token = tokens.withDigest(sha256);
    return token && { kind: 'token', token, sha256 };
  }

  #admit(token: Token, sha256: string, { source, isEncrypted }: Origin): Authentication {
    const { tokens, clock } = this.#options;
    const nowSeconds = clock.unixSeconds();
    const standing = standingFault(token, nowSeconds, tokens);
    if (standing) return { kind: 'refused', reason: standing };
    const kept = token.secrets.find((each) => each.kind === 'digest' && each.sha256 === sha256);
    if (kept?.expiresAtSeconds !== undefined && kept.expiresAtSeconds <= nowSeconds)
      return { kind: 'refused', reason: 'expired' };
    if (!isFromWithin(token.scope.networks, source)) return { kind: 'refused', reason: 'network' };
    if (!isEncrypted && !token.scope.allowsPlainHttp) return { kind: 'refused', reason: 'plain-http' };
    const isOutgoing = kept?.expiresAtSeconds !== undefined;
    return { kind: 'known', asker: tokenAsker(tokens, token, source, clock, isOutgoing) };
  }
}

type Owner =
  | { readonly kind: 'administrator' }
  | { readonly kind: 'token'; readonly token: Token; readonly sha256: string };

/**
 * Registrations by one token are one credential, so that nobody makes many of one; and it is not the registrar's own: whoever has them does not
 * have his secret.
 */
function guardedName(owner: Owner): string {
  if (owner.kind === 'administrator') return 'secret';
  const { id, registrar } = owner.token;
  return registrar === undefined ? id : `by ${registrar}`;
}

function identityOf({ id, description }: Token): CredentialIdentity {
  return { kind: 'token', id, description };
}

/**
 * Who asks with a token. It is looked up for every decision, so that it ends with its revocation, whatever is under way.
 *
 * @param isOutgoing  whether it was proven by a secret that has been replaced
 */
export function tokenAsker(
  tokens: TokenBook,
  token: Token,
  source: Address | undefined,
  clock: Pick<Clock, 'unixSeconds'>,
  isOutgoing = false,
): Asker {
  const { id } = token;
  return {
    credential: { ...identityOf(token), ...(isOutgoing ? { isOutgoing } : {}) },
    source,
    permission: (name, type, action) => {
      const current = tokens.get(id);
      if (!current) return { kind: 'refused', reason: 'it has been deleted' };
      return authorise(current, { name, type, action, source, nowSeconds: clock.unixSeconds() }, tokens);
    },
    // Also where nobody else asks whether it can be right at all: an UPDATE with an administrator's key is taken as it is.
    addressPermission: (address) => {
      const verdict = judgeAddress(address, 'explicit');
      if (verdict.kind === 'refused') return { kind: 'refused', reason: verdict.reason };
      return (tokens.get(id) ?? token).scope.publicAddressesOnly ? publicOnly(address) : granted;
    },
    get listedNames() {
      const { patterns, types } = (tokens.get(id) ?? token).scope;
      const isListed = patterns.every(({ kind }) => kind === 'exact');
      const hasAddresses = types.includes(Type.A) || types.includes(Type.AAAA);
      // A pattern's name was made by parseHostname.
      return isListed && hasAddresses ? patterns.map(({ name }) => name as Hostname) : undefined;
    },
  };
}

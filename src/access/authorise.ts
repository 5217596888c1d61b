import { Type, typeName } from '../dns/codes.ts';
import type { Name } from '../dns/name.ts';
import type { Address } from '../updates/address.ts';
import { type Action, granted, type Permission } from '../updates/asker.ts';
import { acmeLabel, administratorsTypes, isFromWithin, type NamePattern } from './scope.ts';
import type { TokenDirectory } from './token-directory.ts';
import { registrarNetwork, registrarSecret, type Token } from './token.ts';

/** What somebody wants to do, and from where. */
export interface Attempt {
  readonly name: Name;
  readonly type: number;
  readonly action: Action;
  readonly source: Address | undefined;
  /** Unix time. */
  readonly nowSeconds: number;
}

/**
 * The one decision whether a token may do something: every way to change a name comes here for every name and type, for those that are
 * asked for, derived, deleted, and for TXT alike.
 *
 * Whatever a token may change, it may read, and so the addresses of each name that is covered, whatever it may change there. The challenge of a
 * certificate for `x` and for `*.x` is the same name, `_acme-challenge.x`, so a pattern that covers either covers it (RFC 8555 §8.4).
 *
 * @param tokens  where its registrar is looked up
 */
export function authorise(token: Token, attempt: Attempt, tokens: TokenBook): Permission {
  const fault = standingFault(token, attempt.nowSeconds, tokens);
  if (fault !== undefined) return refused(standingTexts[fault]);
  const { scope } = token;
  if (!isFromWithin(scope.networks, attempt.source)) return refused('it may not be used from this address');
  const { name, type, action } = attempt;
  if (administratorsTypes.has(type)) return refused(`${typeName(type)} records are for the administrator alone`);
  const isCovered = scope.patterns.some((pattern) => covers(pattern, name));
  if (isCovered && scope.types.includes(type)) return granted;
  if (isCovered && action === 'read' && (type === Type.A || type === Type.AAAA)) return granted;
  if (type === Type.TXT && scope.allowsAcme && isChallengeOfCovered(scope.patterns, name)) return granted;
  return refused(isCovered ? `its scope does not have ${typeName(type)} records` : 'its scope does not have this name');
}

export type StandingFault = 'revoked' | 'blocked' | 'expired';

export type TokenBook = Pick<TokenDirectory, 'get'>;

/** What keeps a token from being good for anything at all: a fault of its own, or of the token that registered it. */
export function standingFault(token: Token, nowSeconds: number, tokens: TokenBook): StandingFault | undefined {
  const fault = ownFault(token, nowSeconds);
  const { registrar } = token;
  if (fault || registrar === undefined || registrar === registrarSecret || registrar === registrarNetwork) return fault;
  const by = tokens.get(registrar);
  return by ? ownFault(by, nowSeconds) : 'revoked';
}

/** A bound of the time is over when it has come. */
function ownFault(
  { revokedAtSeconds, isBlocked, expiresAtSeconds }: Token,
  nowSeconds: number,
): StandingFault | undefined {
  if (revokedAtSeconds !== undefined) return 'revoked';
  if (isBlocked) return 'blocked';
  return expiresAtSeconds !== undefined && expiresAtSeconds <= nowSeconds ? 'expired' : undefined;
}

const standingTexts: Readonly<Record<StandingFault, string>> = {
  revoked: 'it has been revoked',
  blocked: 'it has been blocked by the administrator',
  expired: 'it has expired',
};

export function covers({ kind, name: pattern }: NamePattern, name: Name): boolean {
  switch (kind) {
    case 'exact':
      return name.equals(pattern);
    case 'below':
      return name.labelCount > pattern.labelCount && name.isAtOrBelow(pattern);
    case 'zone':
      return name.isAtOrBelow(pattern);
  }
}

function isChallengeOfCovered(patterns: readonly NamePattern[], name: Name): boolean {
  const subject = challengeSubject(name);
  if (!subject) return false;
  const wildcard =
    subject.labelCount > 0 && subject.wire.length <= longestBelowWildcard ? subject.prepend('*') : undefined;
  return patterns.some((pattern) => covers(pattern, subject) || (wildcard && covers(pattern, wildcard)));
}

/** RFC 1035 §2.3.4: 255 octets, of which `*` takes two. */
const longestBelowWildcard = 253;

/** What the name is the challenge of. */
function challengeSubject(name: Name): Name | undefined {
  const [first] = name.labels();
  return first && Buffer.from(first).toString('latin1').toLowerCase() === acmeLabel ? name.parent() : undefined;
}

function refused(reason: string): Permission {
  return { kind: 'refused', reason };
}

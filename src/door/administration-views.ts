import { standingFault } from '../access/authorise.ts';
import { networkText, patternText, typeTexts } from '../access/scope-text.ts';
import type { Token } from '../access/token.ts';
import { typeName } from '../dns/codes.ts';
import type { Administration, CreatedToken, HistoryRead, Sighting } from '../registry/administration.ts';
import { addressText } from '../updates/address.ts';
import type { Host } from '../updates/host.ts';
import type { CreatedTokenView, HistoryView, HostView, TokenView } from './administration-orders.ts';

/** What is told of tokens, hosts and history: texts and numbers, and nothing that is a secret. */

export function viewToken(token: Token, administration: Administration, nowSeconds: number): TokenView {
  const { id, description, scope, maxNames, secrets, madeAtSeconds, expiresAtSeconds, revokedAtSeconds } = token;
  return {
    id,
    description,
    names: scope.patterns.map(patternText),
    types: [...typeTexts(scope)],
    networks: scope.networks.map(networkText),
    plainHttp: scope.allowsPlainHttp,
    publicAddressesOnly: scope.publicAddressesOnly,
    maxNames,
    state: standingFault(token, nowSeconds, { get: (each) => administration.token(each) }) ?? 'good',
    madeAt: timeText(madeAtSeconds),
    expiresAt: maybeTime(expiresAtSeconds),
    revokedAt: maybeTime(revokedAtSeconds),
    tsigKeys: secrets.flatMap((secret) =>
      secret.kind === 'tsig'
        ? [{ name: secret.keyName, algorithm: secret.algorithm, expiresAt: maybeTime(secret.expiresAtSeconds) }]
        : [],
    ),
    lastUse: viewSighting(administration.lastUse(id)),
  };
}

export function viewCreated(
  { token, secret, tsig }: CreatedToken,
  administration: Administration,
  nowSeconds: number,
): CreatedTokenView {
  return { token: viewToken(token, administration, nowSeconds), secret, tsig: tsig ?? null };
}

export function viewHost(host: Host, administration: Administration, followers: readonly Host[]): HostView {
  return {
    name: host.name.toString(),
    description: host.description,
    ttlSeconds: host.ttlSeconds ?? null,
    interfaceId: host.interfaceId ? addressText(host.interfaceId) : null,
    follows: host.follows?.toString() ?? null,
    expiresAfterSeconds: host.expiresAfterSeconds ?? null,
    hasWildcardTwin: host.hasWildcardTwin,
    madeBy: host.madeBy ?? null,
    madeAt: timeText(host.madeAtSeconds),
    lastSeen: viewSighting(administration.lastSeen(host.name)),
    followers: followers.map(({ name }) => name.toString()),
  };
}

export function viewHistory(entry: Extract<HistoryRead, { kind: 'history' }>['entries'][number]): HistoryView {
  const { sequence, atMs, name, type, outcome, before, after, credential, dialect, source, detail } = entry;
  return {
    sequence,
    at: new Date(atMs).toISOString(),
    name: name.toString(),
    type: type === 0 ? '' : typeName(type),
    outcome,
    before: [...before],
    after: [...after],
    credential,
    dialect,
    source: source ?? null,
    detail: detail ?? null,
  };
}

function viewSighting(sighting: Sighting | undefined): TokenView['lastUse'] {
  if (!sighting) return null;
  const { atMs, source, dialect, credential, outcome } = sighting;
  return { at: new Date(atMs).toISOString(), source: source ?? null, dialect, credential, outcome };
}

function maybeTime(seconds: number | undefined): string | null {
  return seconds === undefined ? null : timeText(seconds);
}

function timeText(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

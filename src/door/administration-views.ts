import { standingFault } from '../access/authorise.ts';
import { networkText, patternText, typeTexts } from '../access/scope-text.ts';
import type { Token } from '../access/token.ts';
import { typeName } from '../dns/codes.ts';
import type { Name } from '../dns/name.ts';
import type { Administration, CreatedToken, HistoryRead, Sighting } from '../registry/administration.ts';
import { addressText } from '../updates/address.ts';
import type { Host } from '../updates/host.ts';
import type { CreatedTokenView, HistoryView, HostView, TokenView } from './administration-orders.ts';

/** What is told of tokens, hosts and history, in the words of the REST API: texts and numbers, and nothing that is a secret. */

export function viewToken(token: Token, administration: Administration, nowSeconds: number): TokenView {
  const { id, description, scope, secrets } = token;
  return {
    id,
    description,
    scope: {
      names: scope.patterns.map(patternText),
      types: [...typeTexts(scope)],
      networks: scope.networks.map(networkText),
      plain_http: scope.allowsPlainHttp,
      public_addresses_only: scope.publicAddressesOnly,
    },
    state: standingFault(token, nowSeconds, { get: (each) => administration.token(each) }) ?? 'good',
    expires_at: maybeTime(token.expiresAtSeconds),
    revoked_at: maybeTime(token.revokedAtSeconds),
    blocked: token.isBlocked,
    max_names: token.maxNames,
    made_at: timeText(token.madeAtSeconds),
    last_use: viewSighting(administration.lastUse(id)),
    secrets: secrets.map((secret) => ({
      kind: secret.kind === 'tsig' ? 'tsig' : 'http',
      key_name: secret.kind === 'tsig' ? secret.keyName : null,
      algorithm: secret.kind === 'tsig' ? secret.algorithm : null,
      expires_at: maybeTime(secret.expiresAtSeconds),
    })),
    version: token.version,
  };
}

export function viewCreated(
  { token, secret, tsig }: CreatedToken,
  administration: Administration,
  nowSeconds: number,
): CreatedTokenView {
  return {
    token: viewToken(token, administration, nowSeconds),
    secret,
    tsig: tsig ? { key_name: tsig.keyName, algorithm: tsig.algorithm, secret: tsig.secret } : null,
  };
}

export function viewHost(host: Host, administration: Administration, followers: readonly Host[]): HostView {
  return {
    name: nameText(host.name),
    description: host.description,
    ttl: host.ttlSeconds ?? null,
    interface_id: host.interfaceId ? addressText(host.interfaceId) : null,
    follows: host.follows ? nameText(host.follows) : null,
    expires_after_seconds: host.expiresAfterSeconds ?? null,
    wildcard: host.hasWildcardTwin,
    made_by: host.madeBy ?? null,
    made_at: timeText(host.madeAtSeconds),
    last_seen: viewSighting(administration.lastSeen(host.name)),
    version: host.version,
    followers: followers.map(({ name }) => nameText(name)),
  };
}

export function viewHistory(entry: Extract<HistoryRead, { kind: 'history' }>['entries'][number]): HistoryView {
  const { sequence, atMs, name, type, outcome, before, after, credential, dialect, source, detail } = entry;
  return {
    sequence,
    at: timeText(atMs / 1000),
    name: nameText(name),
    type: type === 0 ? null : typeName(type),
    outcome,
    before: [...before],
    after: [...after],
    credential,
    dialect,
    source: source ?? null,
    detail: detail ?? null,
  };
}

function viewSighting(sighting: Sighting | undefined): TokenView['last_use'] {
  if (!sighting) return null;
  const { atMs, dialect, source, credential, outcome } = sighting;
  return { at: timeText(atMs / 1000), dialect, source: source ?? null, credential, outcome };
}

function maybeTime(seconds: number | undefined): string | null {
  return seconds === undefined ? null : timeText(seconds);
}

/** With milliseconds where there are any. */
function timeText(unixSeconds: number): string {
  return new Date(unixSeconds * 1000).toISOString().replace('.000Z', 'Z');
}

function nameText(name: Name): string {
  const text = name.toString();
  return text === '.' ? text : text.slice(0, -1);
}

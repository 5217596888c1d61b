import { parseNetwork, parsePattern, parseTypes, type ScopePiece } from '../access/scope-text.ts';
import type { Scope } from '../access/scope.ts';
import { parseTsigAlgorithm } from '../dns/tsig.ts';
import type { Administration, Changed, HostDescription, TokenEdit } from '../registry/administration.ts';
import { explainStoreFault } from '../store/store-fault.ts';
import { parseAddress } from '../updates/address.ts';
import type { Host, HostBook } from '../updates/host.ts';
import { type Hostname, parseHostname } from '../updates/hostname.ts';
import type { AdministrationOrder, OrderResult } from './administration-orders.ts';
import { viewCreated, viewHistory, viewHost, viewToken } from './administration-views.ts';

/** Whoever has tokens, hosts and history. */
export type Administered = Administration & Pick<HostBook, 'followersOf'>;

type Of<Kind extends AdministrationOrder['order']> = Extract<AdministrationOrder, { order: Kind }>;

/** Carries out what an administrator has ordered, and tells it in texts. */
export async function carryOutOrder(
  order: AdministrationOrder,
  administered: Administered,
  nowSeconds: number,
): Promise<OrderResult> {
  const tokenOf = (changed: Changed<Parameters<typeof viewToken>[0]>, id: string): OrderResult =>
    resultOf(changed, `There is no token ${id}.`, (token) => ({
      kind: 'token',
      token: viewToken(token, administered, nowSeconds),
    }));
  switch (order.order) {
    case 'create-token':
      return await createToken(order, administered, nowSeconds);
    case 'edit-token':
      return await editToken(order, administered, nowSeconds);
    case 'block-token':
      return tokenOf(await administered.editToken(order.id, { isBlocked: order.isBlocked }), order.id);
    case 'rotate-token': {
      const rotated = await administered.rotateToken(order.id, order.overlapSeconds);
      return resultOf(rotated, `There is no token ${order.id}.`, (created) => ({
        kind: 'created',
        created: viewCreated(created, administered, nowSeconds),
      }));
    }
    case 'revoke-token':
      return tokenOf(await administered.revokeToken(order.id), order.id);
    case 'show-token': {
      const token = administered.token(order.id);
      return tokenOf(token ? { kind: 'changed', value: token } : { kind: 'unknown' }, order.id);
    }
    case 'list-tokens': {
      const { offset, limit } = order;
      const page = Array.from(administered.tokens).slice(offset, offset + limit + 1);
      const tokens = page.slice(0, limit).map((token) => viewToken(token, administered, nowSeconds));
      return { kind: 'tokens', tokens, hasMore: page.length > limit };
    }
    case 'put-host':
      return await withHostname(order.name, (name) => putHost(order, name, administered));
    case 'delete-host':
      return await withHostname(order.name, async (name) => {
        const deleted = withWayOut(await administered.deleteHost(name), name, administered);
        return resultOf(deleted, `There is no host ${order.name}.`, (host) => ({
          kind: 'host',
          host: viewHost(host, administered, []),
        }));
      });
    case 'show-host':
      return await withHostname(order.name, (name) => {
        const host = administered.host(name);
        if (!host) return Promise.resolve({ kind: 'unknown', reason: `There is no host ${order.name}.` });
        const followers = administered.followersOf(name);
        return Promise.resolve({ kind: 'host', host: viewHost(host, administered, followers) });
      });
    case 'list-hosts':
      return listHosts(order, administered);
    case 'history':
      return await readHistory(order, administered);
  }
}

async function createToken(
  order: Of<'create-token'>,
  administered: Administered,
  nowSeconds: number,
): Promise<OrderResult> {
  const scope = readScope(order);
  if (scope.kind === 'wrong') return refused(scope.reason);
  const tsig = order.tsig === null ? undefined : parseTsigAlgorithm(order.tsig);
  if (order.tsig !== null && !tsig) return refused(`"${order.tsig}" is no algorithm of TSIG; hmac-sha256 is one`);
  const { description, maxNames } = order;
  const expiresAtSeconds = order.expiresAtSeconds ?? undefined;
  const created = await administered.createToken({ description, scope: scope.value, expiresAtSeconds, maxNames, tsig });
  return resultOf(created, '', (value) => ({ kind: 'created', created: viewCreated(value, administered, nowSeconds) }));
}

async function editToken(
  { id, edit }: Of<'edit-token'>,
  administered: Administered,
  nowSeconds: number,
): Promise<OrderResult> {
  const token = administered.token(id);
  if (!token) return { kind: 'unknown', reason: `There is no token ${id}.` };
  const before = viewToken(token, administered, nowSeconds).scope;
  const scope = readScope({
    names: edit.names ?? before.names,
    types: edit.types ?? before.types,
    networks: edit.networks ?? before.networks,
    plainHttp: edit.plainHttp ?? before.plain_http,
    publicAddressesOnly: edit.publicAddressesOnly ?? before.public_addresses_only,
  });
  if (scope.kind === 'wrong') return refused(scope.reason);
  const changes: TokenEdit = {
    scope: scope.value,
    ...(edit.description === undefined ? {} : { description: edit.description }),
    ...(edit.maxNames === undefined ? {} : { maxNames: edit.maxNames }),
    ...(edit.expiresAtSeconds === undefined ? {} : { expiresAtSeconds: edit.expiresAtSeconds ?? undefined }),
  };
  return resultOf(await administered.editToken(id, changes), `There is no token ${id}.`, (value) => ({
    kind: 'token',
    token: viewToken(value, administered, nowSeconds),
  }));
}

function readScope({
  names,
  types,
  networks,
  plainHttp,
  publicAddressesOnly,
}: Pick<Of<'create-token'>, 'names' | 'types' | 'networks' | 'plainHttp' | 'publicAddressesOnly'>): ScopePiece<Scope> {
  if (names.length === 0) return { kind: 'wrong', reason: 'a token needs at least one name' };
  const patterns = all(names.map(parsePattern));
  if (patterns.kind === 'wrong') return patterns;
  const allowed = parseTypes(types);
  if (allowed.kind === 'wrong') return allowed;
  const places = all(networks.map(parseNetwork));
  if (places.kind === 'wrong') return places;
  const scope = { allowsPlainHttp: plainHttp, publicAddressesOnly, networks: places.value };
  return { kind: 'value', value: { patterns: patterns.value, ...allowed.value, ...scope } };
}

function all<Value>(pieces: readonly ScopePiece<Value>[]): ScopePiece<readonly Value[]> {
  const wrong = pieces.find((piece) => piece.kind === 'wrong');
  if (wrong) return wrong;
  return { kind: 'value', value: pieces.flatMap((piece) => (piece.kind === 'value' ? [piece.value] : [])) };
}

async function putHost({ edit }: Of<'put-host'>, name: Hostname, administered: Administered): Promise<OrderResult> {
  const before = administered.host(name);
  const follows = edit.follows === undefined || edit.follows === null ? undefined : parseHostname(edit.follows);
  if (follows?.kind === 'invalid') return refused(`"${edit.follows}" is no host name`);
  const interfaceId =
    edit.interfaceId === undefined || edit.interfaceId === null ? undefined : parseAddress(edit.interfaceId);
  if (typeof edit.interfaceId === 'string' && interfaceId?.family !== 6)
    return refused(
      `"${edit.interfaceId}" is no interface ID; write the last bits of an IPv6 address, such as ::1234:5678`,
    );
  const wanted: HostDescription = {
    description: edit.description ?? before?.description ?? '',
    ttlSeconds: kept(edit.ttlSeconds, before?.ttlSeconds),
    interfaceId: edit.interfaceId === undefined ? before?.interfaceId : interfaceId?.octets,
    follows: edit.follows === undefined ? before?.follows : follows?.hostname,
    expiresAfterSeconds: kept(edit.expiresAfterSeconds, before?.expiresAfterSeconds),
    hasWildcardTwin: edit.hasWildcardTwin ?? before?.hasWildcardTwin ?? false,
  };
  return resultOf(await administered.putHost(name, wanted), '', (host) => ({
    kind: 'host',
    host: viewHost(host, administered, administered.followersOf(host.name)),
  }));
}

/** What others follow is let go of by a command. */
function withWayOut(deleted: Changed<Host>, name: Hostname, administered: Administered): Changed<Host> {
  const [follower] = administered.followersOf(name);
  if (deleted.kind !== 'refused' || !follower) return deleted;
  const command = `dyndns host set ${follower.name.toString().slice(0, -1)} --no-follows`;
  return { kind: 'refused', reason: `${deleted.reason}; ${command} lets go` };
}

/** Null takes it away, and what is not said stays. */
function kept(written: number | null | undefined, before: number | undefined): number | undefined {
  return written === undefined ? before : (written ?? undefined);
}

function listHosts({ text, after, limit }: Of<'list-hosts'>, administered: Administered): OrderResult {
  const from = after === undefined ? undefined : parseHostname(after);
  if (from?.kind === 'invalid') return refused(`"${after}" is no host name`);
  const page = administered.hosts({
    atMost: limit,
    ...(text === undefined ? {} : { text }),
    ...(from ? { after: from.hostname } : {}),
  });
  return { kind: 'hosts', hosts: page.hosts.map((host) => viewHost(host, administered, [])), hasMore: page.hasMore };
}

async function readHistory({ name, before, limit }: Of<'history'>, administered: Administered): Promise<OrderResult> {
  const of = name === undefined ? undefined : parseHostname(name);
  if (of?.kind === 'invalid') return refused(`"${name}" is no host name`);
  const range = { atMost: limit + 1, ...(before === undefined ? {} : { before }) };
  const read = await administered.history(of?.hostname, range);
  if (read.kind === 'failed') {
    const { cause, remedy } = explainStoreFault(read.fault);
    return { kind: 'failed', reason: cause, remedy };
  }
  const entries = read.entries.slice(0, limit).map(viewHistory);
  return { kind: 'history', entries, hasMore: read.entries.length > limit };
}

async function withHostname(text: string, carryOut: (name: Hostname) => Promise<OrderResult>): Promise<OrderResult> {
  const parsed = parseHostname(text);
  return parsed.kind === 'hostname' ? await carryOut(parsed.hostname) : refused(`"${text}" is no host name`);
}

function resultOf<Value>(changed: Changed<Value>, unknown: string, tell: (value: Value) => OrderResult): OrderResult {
  switch (changed.kind) {
    case 'changed':
      return tell(changed.value);
    case 'unknown':
      return { kind: 'unknown', reason: unknown };
    case 'other-version':
      return refused('somebody else has changed it meanwhile');
    case 'refused':
      return refused(changed.reason);
    case 'failed': {
      const { cause, remedy } = explainStoreFault(changed.fault);
      return { kind: 'failed', reason: cause, remedy };
    }
  }
}

function refused(reason: string): OrderResult {
  return { kind: 'refused', reason: `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.` };
}

import { Type } from '../dns/codes.ts';
import { addressFromOctets } from './address.ts';
import { type AddressJudge, addressJudge } from './address-judge.ts';
import type { Asker } from './asker.ts';
import type { Fault } from './fault.ts';
import type { Host, HostBook } from './host.ts';
import type { Hostname } from './hostname.ts';
import { actionOf, type NameRequest, type RecordIntent, typesToSet } from './request.ts';

/** What is changed because something else is: a name that follows, or the wildcard twin of a host. */
export interface DerivedRequest {
  readonly reason: 'follower' | 'twin';
  readonly request: NameRequest;
}

/** A derived name that is left alone, and why: a sentence without a full stop. */
export interface SkippedName {
  readonly reason: 'follower' | 'twin';
  readonly hostname: Hostname;
  readonly why: string;
}

/** Everything that one asked name leads to. */
export interface Expansion {
  readonly request: NameRequest;
  readonly derived: readonly DerivedRequest[];
  readonly skipped: readonly SkippedName[];
}

/** Why a name cannot be changed as it is asked for, whoever keeps its zone; undefined when it can. */
export function requestFault(
  request: NameRequest,
  asker: Asker,
  hosts: HostBook,
  zonePermission: Asker['addressPermission'] | undefined,
): Fault | undefined {
  return (
    permissionFault(request, asker) ??
    addressFault(request, addressJudge(asker, zonePermission)) ??
    hosts.admissionFault(request.hostname, asker, typesToSet(request))
  );
}

/** Why the asker may not change the name as it is asked for, or derived; undefined when it may, as things stand now. */
export function permissionFault(request: NameRequest, asker: Asker): Fault | undefined {
  const reason = permissionReason(request, asker);
  return reason === undefined ? undefined : { code: 'not-permitted', name: request.hostname.toString(), reason };
}

function addressFault({ hostname, intents, prefix }: NameRequest, judge: AddressJudge): Fault | undefined {
  const addresses = intents.flatMap((intent) => {
    if (intent.kind !== 'replace' && intent.kind !== 'add') return [];
    return intent.rdatas.flatMap((rdata) => ('address' in rdata ? [addressFromOctets(rdata.address)] : []));
  });
  if (prefix) addresses.push(addressFromOctets(prefix.octets));
  for (const address of addresses) {
    const reason = judge(address);
    if (reason !== undefined)
      return { code: 'unsuitable-address', name: hostname.toString(), address: address.text, reason };
  }
  return undefined;
}

/**
 * What an asked name leads to: what its host adds to it, its wildcard twin, and all that follows it when it has a new prefix.
 *
 * Where the request gives an IPv6 address beside the prefix, the named host gets that, and only its followers get the prefix; by the prefix
 * alone the named host is renumbered, too, if it has an interface ID.
 *
 * Derived names beyond the asker's scope are skipped: they do not keep the asked one from being changed. A name that is asked for itself, by
 * one of the keys of `asked`, gets what it is asked to have and nothing else.
 */
export function expand(
  request: NameRequest,
  { asker, hosts, asked }: { asker: Asker; hosts: HostBook; asked: ReadonlySet<string> },
): Expansion {
  const host = hosts.find(request.hostname);
  const own = withHost(request, host);
  const derived: DerivedRequest[] = [];
  const skipped: SkippedName[] = [];
  const derive = (reason: DerivedRequest['reason'], name: NameRequest): void => {
    if (asked.has(name.hostname.key)) return;
    const why = permissionReason(name, asker);
    if (why === undefined) derived.push({ reason, request: name });
    else skipped.push({ reason, hostname: name.hostname, why });
  };
  const twin = host?.hasWildcardTwin === true ? twinOf(own) : undefined;
  if (twin) derive('twin', twin);
  if (!request.prefix) return { request: own, derived, skipped };
  for (const follower of hosts.followersOf(request.hostname)) {
    if (asked.has(follower.name.key)) continue;
    const intent = renumber(request.prefix, follower.interfaceId);
    const renumbered = withHost({ hostname: follower.name, intents: [intent] }, follower);
    derive('follower', renumbered);
    const followersTwin = follower.hasWildcardTwin ? twinOf(renumbered) : undefined;
    if (followersTwin) derive('twin', followersTwin);
  }
  return { request: own, derived, skipped };
}

function withHost(request: NameRequest, host: Host | undefined): NameRequest {
  if (!host) return request;
  const { prefix, intents } = request;
  const isRenumbered = prefix && host.interfaceId && !intents.some(({ type }) => type === Type.AAAA);
  const all = isRenumbered ? [...intents, renumber(prefix, host.interfaceId)] : intents;
  if (host.ttlSeconds === undefined) return all === intents ? request : { ...request, intents: all };
  return { ...request, intents: all, defaultTtlSeconds: host.ttlSeconds };
}

function renumber(prefix: NonNullable<NameRequest['prefix']>, interfaceId: Uint8Array | undefined): RecordIntent {
  return { kind: 'renumber', type: Type.AAAA, prefix, interfaceId };
}

/** Gets the same addresses; undefined where there is nothing about addresses in it. */
function twinOf(request: NameRequest): NameRequest | undefined {
  const intents = request.intents.filter(({ kind, type }) => kind !== 'keep' && isAddressType(type));
  if (intents.length === 0 || request.hostname.isWildcard || request.hostname.wire.length > longestTwinned)
    return undefined;
  const { prefix: _, ...others } = request;
  return { ...others, hostname: request.hostname.prepend('*') as Hostname, intents };
}

/** RFC 1035 §2.3.4: 255 octets, of which `*` takes two. */
const longestTwinned = 253;

function isAddressType(type: number): boolean {
  return type === Type.A || type === Type.AAAA;
}

function permissionReason({ hostname, intents, prefix }: NameRequest, asker: Asker): string | undefined {
  for (const intent of intents) {
    const permission = asker.permission(hostname, intent.type, actionOf(intent));
    if (permission.kind === 'refused') return permission.reason;
  }
  const permission = prefix && asker.permission(hostname, Type.AAAA, 'set');
  return permission?.kind === 'refused' ? permission.reason : undefined;
}

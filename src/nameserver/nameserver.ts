import { randomInt } from 'node:crypto';
import { networkInterfaces } from 'node:os';

import type { Clock } from '../updates/clock.ts';
import { findPortOwner } from './socket-table.ts';
import type { InheritedSocket } from './inherited-sockets.ts';
import { defaultNameserverLimits, type NameserverLimits } from './limits.ts';
import { wildcardFamily } from './own-addresses.ts';
import type { RememberedUpdate } from './replay-memory.ts';
import { type MistakeReport, Mistakes } from './mistakes.ts';
import { RequestDesk } from './request-desk.ts';
import { Responder } from './respond.ts';
import { ResponseRateLimiter, type ResponseRateLimits } from './response-rate-limiter.ts';
import type { ServedZones } from './served-zones.ts';
import type { ServeTransfer } from './serve-transfer.ts';
import { type CookieSecrets, ServerCookies } from './server-cookies.ts';
import { TcpListener } from './tcp-listener.ts';
import { UdpListener } from './udp-listener.ts';
import { UdpWildcard, type UdpWildcardOptions } from './udp-wildcard.ts';
import { UpdateDesk, type UpdateReport } from './update-desk.ts';

export interface NameserverOptions {
  readonly zones: ServedZones;
  readonly clock: Clock;
  /** UDP and TCP at each; port 0 is one that is free. */
  readonly listen: readonly ListenAddress[];
  /** Besides those, or instead; see `findInheritedSockets`. */
  readonly inherited?: readonly InheritedSocket[];
  readonly limits?: Partial<NameserverLimits>;
  /** Server cookies are made with these; none, and cookies are passed over. */
  readonly cookies?: CookieSecrets | undefined;
  /** Absent: answers are not limited. */
  readonly rateLimits?: ResponseRateLimits | undefined;
  /** Absent: transfers are REFUSED. */
  readonly serveTransfer?: ServeTransfer | undefined;
  /** What the store remembers of signed UPDATEs. */
  readonly remembered?: Iterable<RememberedUpdate>;
  readonly reusePort?: boolean;
  readonly receiveBufferOctets?: number;
  /** Told of each UPDATE that has been answered. */
  readonly reportUpdate?: (report: UpdateReport) => void;
  /** Told, not too often, of requests that our own code has failed on; they were answered SERVFAIL. */
  readonly reportMistake?: (report: MistakeReport) => void;
  /** Told in words of an address that cannot be listened at. */
  readonly complain?: (complaint: string) => void;
  /** The addresses of the machine, for wildcard addresses; from the operating system when absent. */
  readonly interfaces?: typeof networkInterfaces;
}

export interface ListenAddress {
  /** An IP address; `0.0.0.0` and `::` stand for all that the machine has of the family, as they come and go. */
  readonly address: string;
  readonly port: number;
}

export type OpenedNameserver =
  | { readonly kind: 'open'; readonly nameserver: Nameserver }
  /** It listens nowhere then. */
  | { readonly kind: 'failed'; readonly reason: string; readonly error: unknown };

/** A nameserver that listens. Disposing of it ends it: no new requests, those under way are answered, within the limits. */
export interface Nameserver extends AsyncDisposable {
  /** In the order of `listen`, with the ports that they have. */
  readonly addresses: readonly ListenAddress[];
  /** How many requests our own code has failed on, since the start. */
  readonly mistakes: number;
  /** Limits answers over UDP to so many a second from now on, where it was opened with `rateLimits`. */
  limitAnswers(perSecond: number): void;
}

/** Starts the nameserver at all of its addresses, or at none. */
export async function openNameserver(options: NameserverOptions): Promise<OpenedNameserver> {
  const limits = { ...defaultNameserverLimits, ...options.limits };
  const desk = makeDesk(options, limits);
  const { rateLimits } = options;
  // One for all addresses: a network has one allowance.
  const limiter = rateLimits && new ResponseRateLimiter(rateLimits, randomInt(2 ** 32));
  const listeners: AsyncDisposable[] = [];
  const addresses: ListenAddress[] = [];
  let place = { transport: 'udp' as 'udp' | 'tcp', said: '', port: 0 };
  const reusePort = options.reusePort ?? false;
  const { receiveBufferOctets } = options;
  const udpOptions = {
    reusePort,
    receiveBufferOctets,
    limiter,
    endMs: limits.endMs,
    addressesEveryMs: limits.addressesEveryMs,
    maxAddresses: limits.addresses,
    interfaces: options.interfaces ?? networkInterfaces,
    complain: options.complain ?? (() => {}),
  };
  try {
    for (const { address, port } of options.listen) {
      place = { transport: 'udp', said: address, port };
      const udp = await openUdp({ address, port }, desk, udpOptions);
      listeners.push(udp);
      place = { transport: 'tcp', said: address, port: udp.port };
      const tcpPlace = { kind: 'address', address, port: udp.port } as const;
      listeners.push(await TcpListener.open(tcpPlace, desk, limits, { reusePort }));
      addresses.push({ address, port: udp.port });
    }
    for (const { fd, transport, family, port } of options.inherited ?? []) {
      place = { transport, said: `the socket handed over as file ${fd}`, port };
      const kind = 'inherited';
      if (transport === 'udp') listeners.push(await UdpListener.open({ kind, fd, family }, desk, udpOptions));
      else listeners.push(await TcpListener.open({ kind, fd }, desk, limits, { reusePort }));
    }
  } catch (error) {
    await endAll(listeners);
    return { kind: 'failed', reason: await wordFailure(place, error), error };
  }
  const nameserver: Nameserver = {
    addresses,
    get mistakes() {
      return desk.mistakes.total;
    },
    limitAnswers: (perSecond) => {
      if (limiter) limiter.perSecond = perSecond;
    },
    [Symbol.asyncDispose]: () => endAll(listeners),
  };
  return { kind: 'open', nameserver };
}

/** Over TCP, a connection knows at which address it was taken, so one socket does for all. */
function openUdp(
  { address, port }: ListenAddress,
  desk: RequestDesk,
  options: UdpWildcardOptions,
): Promise<UdpListener | UdpWildcard> {
  const family = wildcardFamily(address);
  if (family !== undefined) return UdpWildcard.open(family, port, desk, options);
  return UdpListener.open({ kind: 'address', address, port }, desk, options);
}

async function endAll(listeners: readonly AsyncDisposable[]): Promise<void> {
  await Promise.all(listeners.map((listener) => listener[Symbol.asyncDispose]()));
}

function makeDesk(options: NameserverOptions, limits: NameserverLimits): RequestDesk {
  const { zones, clock, cookies } = options;
  const responder = new Responder(
    zones,
    cookies === undefined ? undefined : new ServerCookies(cookies),
    Math.max(512, limits.udpAnswerOctets),
  );
  const mistakes = new Mistakes({
    monotonicMs: () => clock.monotonicMs(),
    report: options.reportMistake ?? (() => {}),
  });
  const updates = new UpdateDesk({
    zones,
    unixSeconds: () => clock.unixSeconds(),
    maxUnderWay: limits.updatesUnderWay,
    maxRemembered: limits.rememberedUpdates,
    remembered: options.remembered ?? [],
    report: options.reportUpdate ?? (() => {}),
    mistaken: (request, mistake) => mistakes.take(request, mistake),
  });
  return new RequestDesk(clock, mistakes, responder, updates, options.serveTransfer);
}

/** What went wrong, and what would be right. */
async function wordFailure(
  { transport, said, port }: { readonly transport: 'udp' | 'tcp'; readonly said: string; readonly port: number },
  error: unknown,
): Promise<string> {
  const where = `${said}, port ${port}, ${transport.toUpperCase()}`;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'EADDRINUSE': {
      const owner = await findPortOwner(transport, port);
      return `${where}: ${owner ?? 'another program'} listens there already; stop it, or choose another port`;
    }
    case 'EACCES':
      return `${where}: ports below 1024 need CAP_NET_BIND_SERVICE, or a socket handed over by systemd`;
    case 'EADDRNOTAVAIL':
      return `${where}: this machine does not have that address`;
    case 'ERR_SYSTEM_ERROR':
      // It is what os.networkInterfaces() throws; libuv asks by a socket of AF_NETLINK.
      return `${where}: which addresses this machine has cannot be found out (${wordsOf(error)}); allow AF_NETLINK (RestrictAddressFamilies= in the systemd unit), or name the addresses`;
    default:
      return `${where}: ${wordsOf(error)}`;
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

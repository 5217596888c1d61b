import { Type } from '../../dns/codes.ts';
import type { Name } from '../../dns/name.ts';
import type { HostDescription } from '../../registry/administration.ts';
import type { Asker } from '../../updates/asker.ts';
import type { Host } from '../../updates/host.ts';
import type { Hostname } from '../../updates/hostname.ts';
import { faultProblem } from './fault-problem.ts';
import type { Problem } from './problem.ts';
import { invalidRequest } from './request-problems.ts';
import { mayReadHost } from './visibility.ts';

/** Who may change a host's addresses may change what is kept of it. */
function changeFault(asker: Asker, name: Hostname): Problem | undefined {
  const ipv6 = asker.permission(name, Type.AAAA, 'set');
  if (ipv6.kind === 'granted') return undefined;
  return setFault(asker, name, Type.A);
}

/**
 * Why a host may not be made what is wished; undefined where it may.
 *
 * What a host brings about later is done by the word of whoever updates it or the one it follows, so whoever sets it up has to be allowed now
 * to set the same records: AAAA to have it follow, and both address types of its wildcard twin.
 *
 * @param host  as it is; what is there already may stay, whoever has made it so
 */
export function hostFault(
  asker: Asker,
  name: Hostname,
  wish: HostDescription,
  host: Host | undefined,
): Problem | undefined {
  const fault =
    changeFault(asker, name) ?? (changesFollowing(wish, host) ? setFault(asker, name, Type.AAAA) : undefined);
  if (fault) return fault;
  const { follows } = wish;
  if (follows && follows.key !== host?.follows?.key && !mayReadHost(asker, follows))
    return invalidRequest([{ pointer: '/follows', detail: 'there is no such host that this credential may see' }]);
  return wish.hasWildcardTwin === (host?.hasWildcardTwin ?? false) ? undefined : twinFault(asker, name);
}

/** Without an interface ID, one that follows keeps its own. */
function changesFollowing({ follows, interfaceId }: HostDescription, host: Host | undefined): boolean {
  if (follows?.key !== host?.follows?.key) return true;
  const before = host?.interfaceId ?? new Uint8Array();
  const after = interfaceId ?? (follows && host?.interfaceId) ?? new Uint8Array();
  return Buffer.compare(before, after) !== 0;
}

/** The twin gets what the name gets, whoever gives it. */
function twinFault(asker: Asker, name: Hostname): Problem | undefined {
  if (name.isWildcard || name.wire.length > longestWithTwin) return undefined;
  const twin = name.prepend('*');
  return setFault(asker, twin, Type.A) ?? setFault(asker, twin, Type.AAAA);
}

/** RFC 1035 §2.3.4: 255 octets, of which `*` takes two. */
const longestWithTwin = 253;

function setFault(asker: Asker, name: Name, type: number): Problem | undefined {
  const permission = asker.permission(name, type, 'set');
  if (permission.kind === 'granted') return undefined;
  return faultProblem({ code: 'not-permitted', name: name.toString(), reason: permission.reason });
}

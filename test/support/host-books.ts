import type { Name } from '../../src/dns/name.ts';
import type { Fault } from '../../src/updates/fault.ts';
import type { Host, HostBook } from '../../src/updates/host.ts';
import { type Hostname, parseHostname } from '../../src/updates/hostname.ts';

export function hostnameOf(text: string): Hostname {
  const verdict = parseHostname(text);
  if (verdict.kind === 'invalid') throw new Error(`${text} is no host name`);
  return verdict.hostname;
}

/** A host as it is without anything special. */
export function hostOf(name: string, special: Partial<Host> = {}): Host {
  return {
    name: hostnameOf(name),
    description: '',
    ttlSeconds: undefined,
    interfaceId: undefined,
    follows: undefined,
    expiresAfterSeconds: undefined,
    hasWildcardTwin: false,
    madeBy: undefined,
    madeAtSeconds: 1_800_000_000,
    version: 1,
    ...special,
  };
}

/** These hosts and no others, looked through one by one: as plain as the port itself. */
export function plainHostBook(hosts: readonly Host[], admissionFault?: Fault): HostBook {
  const find = (name: Name) => hosts.find((host) => host.name.equals(name));
  return {
    find,
    followersOf: (name) => {
      const found: Host[] = [];
      for (let nearest: readonly Name[] = [name]; nearest.length > 0;) {
        const next = hosts.filter(
          (host) => !found.includes(host) && nearest.some((leader) => host.follows?.equals(leader)),
        );
        found.push(...next);
        nearest = next.map((host) => host.name);
      }
      return found;
    },
    withFirstLabel: (label) => hosts.filter((host) => host.name.toString().startsWith(`${label}.`)),
    admissionFault: (name) => (find(name) ? undefined : admissionFault),
    admissionEnded: () => {},
  };
}

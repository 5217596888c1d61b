import { lookup, Resolver } from 'node:dns/promises';
import { setTimeout as delay } from 'node:timers/promises';

import { NameSyntaxError } from '../dns/errors.ts';
import { Name } from '../dns/name.ts';
import type { Endpoint } from '../primary/rfc2136/connection.ts';

const timeoutMs = 5_000;
const attemptMs = 2_000;
/** Whoever names more has the first of them asked. */
const maxServers = 3;

/** What a resolver knows of the NS records at a name. */
export type NameserversFound =
  /** At least one. */
  | { readonly kind: 'names'; readonly names: readonly Name[] }
  /** No such name, or no NS records there: it is no zone cut (RFC 9499 §7). */
  | { readonly kind: 'none' }
  /** `reason` is the resolver's word. */
  | { readonly kind: 'failed'; readonly reason: string };

/** Whoever knows about all names. */
export interface WorldResolver {
  /** No addresses where it knows none or takes too long. */
  readonly resolveAddresses: (name: Name) => Promise<readonly string[]>;
  readonly findNameservers: (name: Name) => Promise<NameserversFound>;
}

/** The machine's own resolver, with its hosts file for addresses. */
export const systemResolver: WorldResolver = {
  resolveAddresses: async (name) => {
    const lookUp = async () => (await lookup(name.toString(), { all: true })).map(({ address }) => address);
    return await inTime(
      lookUp().catch(() => []),
      [],
    );
  },
  findNameservers: async (name) => await askForNameservers(makeResolver(), name),
};

/** Resolvers that somebody has named. */
export function resolverAt(servers: readonly Endpoint[]): WorldResolver {
  const make = () => makeResolver(servers.slice(0, maxServers).map(endpointText));
  return {
    resolveAddresses: async (name) => {
      const resolver = make();
      const text = name.toString();
      const families = [resolver.resolve4(text), resolver.resolve6(text)].map((each) => each.catch(() => []));
      return (await inTime(Promise.all(families), [])).flat();
    },
    findNameservers: async (name) => await askForNameservers(make(), name),
  };
}

function makeResolver(servers: readonly string[] = []): Resolver {
  const resolver = new Resolver({ timeout: attemptMs, tries: 2 });
  if (servers.length > 0) resolver.setServers(servers);
  return resolver;
}

function endpointText({ address, port }: Endpoint): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

async function askForNameservers(resolver: Resolver, name: Name): Promise<NameserversFound> {
  const asking = resolver.resolveNs(name.toString()).then(
    (texts): NameserversFound => {
      const names = texts.flatMap((text) => readName(text) ?? []);
      return names.length > 0 ? { kind: 'names', names } : { kind: 'failed', reason: 'it gives names that are none' };
    },
    (error: NodeJS.ErrnoException): NameserversFound =>
      ['ENODATA', 'ENOTFOUND'].includes(error.code ?? '')
        ? { kind: 'none' }
        : { kind: 'failed', reason: error.code ?? error.message },
  );
  const found = await inTime(asking, { kind: 'failed', reason: 'no answer in time' });
  resolver.cancel();
  return found;
}

/** As c-ares writes it, which has nothing for the root, and leaves as they are octets that no text of ours may have. */
function readName(text: string): Name | undefined {
  if (text === '') return Name.root;
  try {
    return Name.parse(text).toLowerCase();
  } catch (error) {
    if (error instanceof NameSyntaxError) return undefined;
    throw error;
  }
}

async function inTime<Value>(asking: Promise<Value>, otherwise: Value): Promise<Value> {
  const cancellation = new AbortController();
  const deadline = delay(timeoutMs, otherwise, { signal: cancellation.signal }).catch(() => otherwise);
  try {
    return await Promise.race([asking, deadline]);
  } finally {
    cancellation.abort();
  }
}

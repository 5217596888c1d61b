import { covers, standingFault } from './access/authorise.ts';
import { isFromWithin } from './access/scope.ts';
import { tokenAsker } from './access/token-authenticator.ts';
import type { Name } from './dns/name.ts';
import type { TsigKey } from './dns/tsig.ts';
import type { UpdateOperation } from './dns/update.ts';
import type { KeyHolders } from './primary/embedded/key-holders.ts';
import type { Registry } from './registry/registry.ts';
import type { TokenKey } from './registry/token-keys.ts';
import type { Address } from './updates/address.ts';
import type { Asker } from './updates/asker.ts';
import type { Clock } from './updates/clock.ts';
import { explainFault } from './updates/fault.ts';
import { type Hostname, parseHostname } from './updates/hostname.ts';
import type { NameRequest, RecordIntent } from './updates/request.ts';

/** The TSIG keys of tokens as the built-in nameserver knows them. */
export class TokenKeyHolders implements KeyHolders {
  readonly #registry: () => Registry | undefined;
  readonly #clock: Pick<Clock, 'unixSeconds'>;

  /** @param registry  undefined as long as there is no database */
  constructor(registry: () => Registry | undefined, clock: Pick<Clock, 'unixSeconds'>) {
    this.#registry = registry;
    this.#clock = clock;
  }

  /** Also of a token that has ended: it is told so by a signed answer (RFC 8945 §5.3). */
  find(name: Name): TsigKey | undefined {
    return this.#registry()?.tsigKey(name)?.key;
  }

  asker(key: TsigKey, source: Address | undefined): Asker | undefined {
    const registry = this.#registry();
    const held = this.#held(key);
    if (!registry || !held || this.#hasEnded(held)) return undefined;
    return tokenAsker(registry.directory, held.token, source, this.#clock);
  }

  needsTrueSource(key: TsigKey): boolean {
    const held = this.#held(key);
    return held !== undefined && held.token.scope.networks.length > 0;
  }

  /** A token for all of a zone may read all of it, from wherever it may be used. */
  mayTransfer(key: TsigKey, zone: Name): boolean {
    const held = this.#held(key);
    if (!held || this.#hasEnded(held)) return false;
    const { patterns, networks } = held.token.scope;
    return (
      isFromWithin(networks, undefined) && patterns.some((pattern) => pattern.kind === 'zone' && covers(pattern, zone))
    );
  }

  reasonAgainst(asker: Asker, operations: readonly UpdateOperation[]): string | undefined {
    if (asker.credential.kind !== 'token') return undefined;
    for (const [index, operation] of operations.entries()) {
      const reason = operation.kind === 'add' ? this.#reasonAgainstName(operation, asker) : undefined;
      if (reason === undefined) continue;
      this.refused(asker, operations.slice(0, index));
      return reason;
    }
    return undefined;
  }

  refused(asker: Asker, operations: readonly UpdateOperation[]): void {
    for (const operation of operations) {
      const hostname = operation.kind === 'add' ? hostnameOf(operation.name) : undefined;
      if (hostname) this.#registry()?.admissionEnded(hostname, asker);
    }
  }

  used(asker: Asker, operations: readonly UpdateOperation[], isChanged: boolean): void {
    const names = new Map<string, { readonly request: NameRequest; readonly intents: RecordIntent[] }>();
    for (const operation of operations) {
      const hostname = hostnameOf(operation.name);
      if (!hostname) continue;
      const intents = names.get(hostname.key)?.intents ?? [];
      if (operation.kind === 'add') intents.push({ kind: 'replace', type: operation.type, rdatas: [operation.rdata] });
      else if (operation.kind !== 'delete-name') intents.push({ kind: 'remove', type: operation.type });
      names.set(hostname.key, { request: { hostname, intents }, intents });
    }
    const requests = Array.from(names.values(), ({ request }) => request);
    const outcomes = requests.map(({ hostname, intents }) => ({
      kind: 'done' as const,
      hostname,
      records: intents.map(({ kind, type }) => ({
        type,
        before: [],
        after: kind === 'replace' ? ['set'] : [],
        changed: isChanged,
      })),
    }));
    const beside = { derived: [], skipped: [], notes: [] };
    this.#registry()?.settled({ dialect: 'dns', asker, names: requests }, outcomes, beside);
  }

  #reasonAgainstName({ name, type }: Extract<UpdateOperation, { kind: 'add' }>, asker: Asker): string | undefined {
    const hostname = hostnameOf(name);
    // What is no host's name would be counted by nobody.
    if (!hostname) return `A token sets records at host names alone, and ${name.toString()} is none`;
    const fault = this.#registry()?.admissionFault(hostname, asker, [type]);
    return fault && explainFault(fault).cause;
  }

  /** The very key, and not another one of the same name. */
  #held(key: TsigKey): TokenKey | undefined {
    const held = this.#registry()?.tsigKey(key.name);
    return held?.key === key ? held : undefined;
  }

  #hasEnded({ token, expiresAtSeconds }: TokenKey): boolean {
    const nowSeconds = this.#clock.unixSeconds();
    const registry = this.#registry();
    if (!registry || standingFault(token, nowSeconds, registry.directory)) return true;
    return expiresAtSeconds !== undefined && expiresAtSeconds <= nowSeconds;
  }
}

/** Undefined for names that are no hosts' (by their octets). */
function hostnameOf(name: Name): Hostname | undefined {
  const parsed = parseHostname(name.toString());
  return parsed.kind === 'hostname' ? parsed.hostname : undefined;
}

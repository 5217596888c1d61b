import { Type } from '../dns/codes.ts';
import type { Rdata } from '../dns/rdata.ts';
import type { Address } from './address.ts';
import type { Action, Asker } from './asker.ts';
import type { Hostname } from './hostname.ts';
import type { CurrentRecords } from './ports.ts';
import type { Prefix } from './prefix.ts';

/** What one RRset of a name shall become. `keep` reads and reports it, and leaves it alone. */
export type RecordIntent =
  | { readonly kind: 'keep'; readonly type: number }
  | { readonly kind: 'replace'; readonly type: number; readonly rdatas: readonly Rdata[] }
  /** These besides what is there; beyond `atMost` values the others go, save for those of `keep`. */
  | {
      readonly kind: 'add';
      readonly type: number;
      readonly rdatas: readonly Rdata[];
      readonly atMost: number;
      readonly keep?: readonly Rdata[];
    }
  /** These go, and whatever else is there stays. */
  | { readonly kind: 'subtract'; readonly type: number; readonly rdatas: readonly Rdata[] }
  | { readonly kind: 'remove'; readonly type: number }
  /** The addresses of another prefix, with the bits behind it as they are; what a site has given itself stays. */
  | {
      readonly kind: 'renumber';
      readonly type: typeof Type.AAAA;
      readonly prefix: Prefix;
      /** 16 octets; undefined: what the present addresses have. */
      readonly interfaceId: Uint8Array | undefined;
    };

/** What an intent needs permission for. */
export function actionOf({ kind }: RecordIntent): Action {
  switch (kind) {
    case 'keep':
      return 'read';
    case 'replace':
    case 'add':
    case 'renumber':
      return 'set';
    case 'subtract':
    case 'remove':
      return 'remove';
  }
}

/** The types of which a name shall get records: those for which it has to be the asker's to have. */
export function typesToSet({ intents }: Pick<NameRequest, 'intents'>): readonly number[] {
  return intents.filter((intent) => actionOf(intent) === 'set').map(({ type }) => type);
}

/** What one name shall become; at most one intent a type, reported in this order. */
export interface NameRequest {
  readonly hostname: Hostname;
  readonly intents: readonly RecordIntent[];
  /** Absent: an unchanged RRset keeps its TTL, a new one gets the default. */
  readonly ttlSeconds?: number;
  /** Of a new RRset, instead of the default. */
  readonly defaultTtlSeconds?: number;
  /** The IPv6 prefix that the name's router has been delegated: for whatever follows the name. */
  readonly prefix?: Prefix;
  /** Whether the records that an intent is about are those that the request is meant for; if not, nothing of the zone is changed. */
  readonly condition?: (current: CurrentRecords) => boolean;
}

/** One request to change names, in whatever dialect it came. */
export interface UpdateRequest {
  /** Which dialect asked: `seed`, `cli` … */
  readonly dialect: string;
  readonly asker: Asker;
  readonly names: readonly NameRequest[];
  /** Whether it is only to be told what would be done. */
  readonly isDryRun?: boolean;
  /** What the asker should know although it was done, such as a private address taken from the connection. */
  readonly warnings?: readonly string[];
}

/**
 * The address set of a name becomes exactly these: a family that is not given goes.
 *
 * A comes before AAAA, as the seed's answers have it.
 */
export function exactAddresses(ipv4: Address | undefined, ipv6: Address | undefined): readonly RecordIntent[] {
  return [addressIntent(Type.A, ipv4), addressIntent(Type.AAAA, ipv6)];
}

/** Both address families go. */
export const noAddresses: readonly RecordIntent[] = exactAddresses(undefined, undefined);

function addressIntent(type: number, address: Address | undefined): RecordIntent {
  if (!address) return { kind: 'remove', type };
  const kind = address.family === 4 ? 'A' : 'AAAA';
  return { kind: 'replace', type, rdatas: [{ kind, address: address.octets }] };
}

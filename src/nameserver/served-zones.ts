import type { Name } from '../dns/name.ts';
import type { TsigKey } from '../dns/tsig.ts';
import type { Address } from '../updates/address.ts';
import type { UpdateMessage } from '../dns/update.ts';
import type { NameKey } from '../zone/name-key.ts';
import type { Zone } from '../zone/zone.ts';

/** An UPDATE whose form and signature have been checked (RFC 2136 §3.1, RFC 8945). */
export interface UpdateSubmission {
  readonly update: UpdateMessage;
  /** The key that has signed it; undefined where nobody has. Whether it may is for the zone to say. */
  readonly key: TsigKey | undefined;
  /** Where it came from. */
  readonly source: Address;
  /**
   * What tells a replay of this very request, and the answer to it: kept together with what the update changes, in the
   * same commit, so that a replay is answered and not applied, also after a kill. Absent where the request is unsigned.
   */
  readonly remember:
    | { readonly mac: Uint8Array; readonly timeSignedSeconds: number; readonly answer: (rcode: number) => Uint8Array }
    | undefined;
}

/** What became of an UPDATE: the rcode to answer with, and why, in words for the log. */
export interface UpdateVerdict {
  readonly rcode: number;
  readonly reason: string | undefined;
}

/** A zone that the nameserver answers for; whoever keeps it implements this. */
export interface ServedZone {
  readonly origin: Name;
  /** What it holds now. It changes between two turns of the event loop, never within one. */
  readonly zone: Zone;
  /** Whether whoever holds this key may send UPDATEs at all; which, is for `update` to say. */
  mayUpdate(key: TsigKey): boolean;
  /** Whether it matters where whoever holds this key asks from, so that an address which anybody may have written does not count. */
  needsTrueSource(key: TsigKey): boolean;
  /** Carries out an UPDATE: evaluated, committed, applied, in this order; then it may be answered (RFC 2136 §3.5). */
  update(submission: UpdateSubmission): Promise<UpdateVerdict>;
  /** Whether whoever holds this key may transfer the zone; access by address is the nameserver's own business. */
  mayTransfer(key: TsigKey): boolean;
  /**
   * Tells the listener after every change that has been applied, with the zone at its new serial.
   *
   * @returns ends it
   */
  onChange(listener: () => void): () => void;
}

/** The zones that the nameserver answers for. */
export interface ServedZones extends Iterable<ServedZone> {
  /** The zone of exactly this name. */
  get(origin: NameKey): ServedZone | undefined;
  /** The zone with the most labels at or above this name. */
  find(name: NameKey): ServedZone | undefined;
  /** The key of this name, whatever zones it is for. */
  findKey(name: Name): TsigKey | undefined;
}

import type { Name } from '../../dns/name.ts';
import type { TsigKey } from '../../dns/tsig.ts';
import type { UpdateOperation } from '../../dns/update.ts';
import type { Address } from '../../updates/address.ts';
import type { Asker } from '../../updates/asker.ts';

/** Keys that are no zone's own, but somebody's who may change some names: tokens. */
export interface KeyHolders {
  /** In constant time, for it is asked for every request that is signed. */
  find(name: Name): TsigKey | undefined;
  /** Who asks with this very key from there; undefined where nobody may with it any more. */
  asker(key: TsigKey, source: Address | undefined): Asker | undefined;
  /** Whether the holder of this key may ask from some addresses alone. */
  needsTrueSource(key: TsigKey): boolean;
  /** Whether whoever holds this key may read all of a zone at once. */
  mayTransfer(key: TsigKey, zone: Name): boolean;
  /** Why this cannot be done, whatever the asker may; undefined where it can. */
  reasonAgainst(asker: Asker, operations: readonly UpdateOperation[]): string | undefined;
  /** Nothing came of an update against which {@link reasonAgainst} had nothing. */
  refused(asker: Asker, operations: readonly UpdateOperation[]): void;
  /** Told of every UPDATE that was carried out. */
  used(asker: Asker, operations: readonly UpdateOperation[], isChanged: boolean): void;
}

/** Where keys are in the configuration alone. */
export const noKeyHolders: KeyHolders = {
  find: () => undefined,
  asker: () => undefined,
  needsTrueSource: () => false,
  mayTransfer: () => false,
  reasonAgainst: () => undefined,
  refused: () => {},
  used: () => {},
};

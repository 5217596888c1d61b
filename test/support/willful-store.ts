import type { StoreFault } from '../../src/store/store-fault.ts';
import type { Batch, WriteResult, ZoneStore } from '../../src/store/zone-store.ts';

export const fullDisk: StoreFault = { code: 'full', path: '/data/dyndns.db', detail: 'ENOSPC' };

/** What the next commit or replacement meets; `unconfirmed` has reached the disk, or has not. */
export type Fate = 'committed' | 'failed' | 'unconfirmed, and lost' | 'unconfirmed, and kept' | 'held';

/** A store over a real one, whose commits fail on demand, as a disk would have it. */
export interface WillfulStore extends ZoneStore {
  /** For one commit each; when there are none left, all is well. */
  readonly fates: Fate[];
  /** All that was asked of it. */
  readonly batches: readonly Batch[];
  /** Lets go of a commit that is held. */
  release(): void;
}

export function makeWillful(store: ZoneStore): WillfulStore {
  const fates: Fate[] = [];
  const batches: Batch[] = [];
  const held: (() => void)[] = [];
  const meet = async (write: () => Promise<WriteResult>): Promise<WriteResult> => {
    switch (fates.shift() ?? 'committed') {
      case 'committed':
        return await write();
      case 'failed':
        return { kind: 'failed', fault: fullDisk };
      case 'unconfirmed, and lost':
        return { kind: 'unconfirmed', fault: fullDisk };
      case 'unconfirmed, and kept':
        await write();
        return { kind: 'unconfirmed', fault: fullDisk };
      case 'held': {
        const { promise, resolve } = Promise.withResolvers<void>();
        held.push(resolve);
        await promise;
        return await write();
      }
    }
  };
  return {
    fates,
    batches,
    commit: (batch) => {
      batches.push(batch);
      return meet(() => store.commit(batch));
    },
    release: () => held.shift()?.(),
    get condition() {
      return store.condition;
    },
    create: (zone) => store.create(zone),
    replace: (replacement) => meet(() => store.replace(replacement)),
    discard: (zone) => store.discard(zone),
    setDormant: (zone, isDormant) => store.setDormant(zone, isDormant),
    rememberedRequests: (receive, atMost) => store.rememberedRequests(receive, atMost),
    zones: () => store.zones(),
    load: (zone, receiver) => store.load(zone, receiver),
    backup: (path) => store.backup(path),
    check: () => store.check(),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}

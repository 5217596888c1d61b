import type { DatabaseSync, StatementSync } from 'node:sqlite';

import type { StoreFault } from '../store-fault.ts';
import type { Failed } from '../zone-store.ts';
import { faultOf, isBeforeCommitMark } from './sqlite-fault.ts';

export type Transacted<Value> =
  | { readonly kind: 'committed'; readonly value: Value }
  | Failed
  | { readonly kind: 'unconfirmed'; readonly fault: StoreFault };

export interface WriterPace {
  /** After a marker that failed; doubled each time. */
  readonly firstRetryMs: number;
  readonly maxRetryMs: number;
  /** How long the answer of a commit that failed is held back while it cannot be made void. */
  readonly holdMs: number;
}

/**
 * Transactions whose failure is final.
 *
 * When the sync of a commit fails, SQLite says so and goes back to what was before, but the frames of the transaction, its
 * commit mark among them, are in the write-ahead log already, right behind the last commit that succeeded. Nothing points
 * there while the process lives; after a kill, recovery reads the log from its beginning for as long as each frame's
 * checksum continues that of the frame before, and finds the failed transaction committed.
 *
 * So a failure is followed at once by a marker: a transaction that changes one row to random octets. Its first frame takes
 * the place of the failed transaction's first, and since a checksum runs on from frame to frame and a step of it can be
 * reversed, no frame of the failed transaction further on can continue the marker's: recovery ends with the marker.
 * Until a marker has been committed and synced, no other transaction is let in. One that began with the same frames as the
 * failed one, as a repetition would, and failed among them, would lead recovery on into the old ones.
 *
 * A marker can fail like anything else. Where the failed transaction may have left its commit mark, its answer is held back
 * until a marker has made it void, for only then is "failed" true; after `holdMs` it is "unconfirmed".
 */
export class GuardedWriter {
  readonly #database: DatabaseSync;
  readonly #path: string;
  readonly #pace: WriterPace;
  readonly #conditionChanged: (fault: StoreFault | undefined) => void;
  readonly #marker: StatementSync;
  readonly #waiting = new Set<(isVoid: boolean) => void>();
  #fault: StoreFault | undefined;
  /** What has to succeed before changes are taken again. */
  #mustMark = false;
  #mustCopy = false;
  #retry: NodeJS.Timeout | undefined;

  constructor(
    database: DatabaseSync,
    path: string,
    pace: WriterPace,
    conditionChanged: (fault: StoreFault | undefined) => void,
  ) {
    this.#database = database;
    this.#path = path;
    this.#pace = pace;
    this.#conditionChanged = conditionChanged;
    this.#marker = database.prepare('UPDATE marker SET octets = randomblob(16) WHERE id = 1');
  }

  get isSuspended(): boolean {
    return this.#fault !== undefined;
  }

  /**
   * Commits what the body does, or nothing.
   *
   * @param body  changes the database; when it throws, nothing is changed
   * @throws what the body has thrown, when it is no fault of the world
   */
  async transact<Value>(body: () => Value): Promise<Transacted<Value>> {
    if (this.#fault) return { kind: 'failed', fault: { code: 'suspended', path: this.#path, cause: this.#fault } };
    let stage: 'begin' | 'body' | 'commit' = 'begin';
    try {
      this.#database.exec('BEGIN IMMEDIATE');
      stage = 'body';
      const value = body();
      stage = 'commit';
      this.#database.exec('COMMIT');
      return { kind: 'committed', value };
    } catch (error) {
      const fault = faultOf(error, this.#path);
      // Somebody else's transaction is under way: nothing of ours has been written.
      if (stage === 'begin' && fault?.code === 'locked') return { kind: 'failed', fault };
      const isUndone = this.#rollBack();
      if (!fault) {
        if (!isUndone)
          this.#suspendUntilMarked({ code: 'io', path: this.#path, detail: 'a transaction could not be undone' });
        throw error;
      }
      this.#suspendUntilMarked(fault);
      const isSurelyVoid = stage !== 'commit' || isBeforeCommitMark(error);
      const isVoid = isSurelyVoid || (await this.#resumed());
      return { kind: isVoid ? 'failed' : 'unconfirmed', fault };
    }
  }

  /**
   * At the start: shows that the database can be written, and makes sure of what recovery has found in the log.
   *
   * It may have found a commit whose sync failed, or that was never synced because the process was killed. After a sync that
   * failed, the kernel takes the pages for clean and a later sync does not write them, so commits that follow them in the
   * log would hang in the air at a power cut. Copied into the database they are written anew, and the log begins from
   * its beginning.
   */
  prove(): StoreFault | undefined {
    this.#mustMark = true;
    return this.#try(() => this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)')) ?? this.#recover();
  }

  /** No more attempts; who still waits for one is told that there was none. */
  stop(): void {
    clearTimeout(this.#retry);
    this.#settle(false);
  }

  /** The log only grows, since it cannot be copied into the database: no changes until that has succeeded. */
  suspendUntilCopied(fault: StoreFault): void {
    this.#mustCopy = true;
    this.#suspend(fault);
  }

  #suspendUntilMarked(fault: StoreFault): void {
    this.#mustMark = true;
    this.#suspend(fault);
  }

  #suspend(fault: StoreFault): void {
    this.#fault = fault;
    // Told first, so that whoever watches sees every failure, even one that is over at once.
    this.#conditionChanged(fault);
    this.#attempt(this.#pace.firstRetryMs);
  }

  #attempt(nextMs: number): void {
    clearTimeout(this.#retry);
    if (this.#recover()) {
      this.#retry = setTimeout(() => this.#attempt(Math.min(nextMs * 2, this.#pace.maxRetryMs)), nextMs);
      return;
    }
    this.#fault = undefined;
    this.#conditionChanged(undefined);
    this.#settle(true);
  }

  #recover(): StoreFault | undefined {
    if (!this.#rollBack()) return { code: 'io', path: this.#path, detail: 'a transaction could not be undone' };
    if (this.#mustMark) {
      const fault = this.#try(() => void this.#marker.run());
      if (fault) return fault;
      this.#mustMark = false;
    }
    if (this.#mustCopy) {
      const fault = this.#try(() => this.#database.exec('PRAGMA wal_checkpoint(PASSIVE)'));
      if (fault) return fault;
      this.#mustCopy = false;
    }
    return undefined;
  }

  #try(attempt: () => void): StoreFault | undefined {
    try {
      attempt();
      return undefined;
    } catch (error) {
      const fault = faultOf(error, this.#path);
      if (!fault) throw error;
      return fault;
    }
  }

  /** SQLite ends a transaction by itself after some errors, and not after others. */
  #rollBack(): boolean {
    try {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      return true;
    } catch (error) {
      if (!faultOf(error, this.#path)) throw error;
      return !this.#database.isTransaction;
    }
  }

  #resumed(): Promise<boolean> {
    if (!this.#fault) return Promise.resolve(true);
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const impatience = setTimeout(() => settle(false), this.#pace.holdMs);
    const settle = (isVoid: boolean) => {
      clearTimeout(impatience);
      this.#waiting.delete(settle);
      resolve(isVoid);
    };
    this.#waiting.add(settle);
    return promise;
  }

  #settle(isVoid: boolean): void {
    for (const settle of this.#waiting) settle(isVoid);
  }
}

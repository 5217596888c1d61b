import type { NewHistoryRow } from '../../store/ledger.ts';
import type { RememberedRequest } from '../../store/zone-store.ts';
import { historyOctets } from '../../updates/history-octets.ts';
import type { ZoneChange } from '../../zone/difference.ts';
import { Draft } from '../../zone/draft.ts';
import type { Zone } from '../../zone/zone.ts';
import type { Ownership } from './ownership.ts';
import type { Waiting, WriteFailure } from './submission.ts';

export interface BatchBounds {
  readonly submissions: number;
  /** Of what goes to the store; one submission alone may have more, and the store says what it thinks of that. */
  readonly octets: number;
}

/** Submissions that are committed together: each was evaluated as if those before it had been. */
export class CommitBatch {
  readonly members: Waiting[] = [];
  readonly remembered: RememberedRequest[] = [];
  readonly history: NewHistoryRow[] = [];
  readonly #draft: Draft;
  readonly #ownership: Ownership;
  readonly #bounds: BatchBounds;
  #octets = 0;

  constructor(zone: Zone, ownership: Ownership, bounds: BatchBounds) {
    this.#draft = new Draft(zone);
    this.#ownership = ownership;
    this.#bounds = bounds;
  }

  /** @returns whether there was room; if not, it is evaluated again with the next batch */
  take(waiting: Waiting): boolean {
    if (this.members.length >= this.#bounds.submissions) return false;
    const evaluated = waiting.evaluate({
      view: this.#draft,
      ownership: this.#ownership,
      servedSerial: this.#draft.serialBefore,
    });
    if (!evaluated) return true;
    const { draft, remember, history } = evaluated;
    const rows = draft && history ? history.map(historyOctets) : [];
    const historySize = rows.reduce((sum, { name, body }) => sum + name.length + body.length, 0);
    const octets = (draft?.octets ?? 0) + (remember ? remember.answer.length : 0) + historySize;
    if (this.#octets > 0 && this.#octets + octets > this.#bounds.octets) return false;
    this.#octets += octets;
    if (draft) this.#draft.apply(draft);
    for (const row of rows) this.history.push(row);
    if (remember) this.remembered.push(remember);
    this.members.push(waiting);
    return true;
  }

  /** What all of them together make of the zone: one step. */
  change(): ZoneChange | undefined {
    return this.#draft.isChanged ? this.#draft.change() : undefined;
  }

  begin(): void {
    for (const member of this.members) member.isUnderWay = true;
  }

  settle(): void {
    for (const member of this.members) member.settle();
  }

  fail(failure: WriteFailure): void {
    for (const member of this.members) member.fail(failure);
  }

  break(mistake: unknown): void {
    for (const member of this.members) member.break(mistake);
  }
}

import type { HistoryEntry } from './history-entry.ts';

const windowMs = 3_600_000;
const mostNames = 10_000;

/** Tells a failure that only repeats the one before: a device that tries every minute is not to fill the history of its name. */
export class RepeatedFailures {
  readonly #last = new Map<string, { readonly text: string; readonly atMs: number }>();

  isRepeated({ name, atMs, credential, dialect, outcome, detail }: HistoryEntry): boolean {
    const text = [outcome, credential, dialect, detail].join('\n');
    const last = this.#last.get(name.key);
    if (last?.text === text && atMs - last.atMs < windowMs) return true;
    this.#last.delete(name.key);
    this.#last.set(name.key, { text, atMs });
    for (const key of this.#last.keys()) {
      if (this.#last.size <= mostNames) break;
      this.#last.delete(key);
    }
    return false;
  }

  /** It has succeeded since; the next failure is news. */
  forget(nameKey: string): void {
    this.#last.delete(nameKey);
  }
}

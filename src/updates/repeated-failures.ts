import { dropOldest } from './drop-oldest.ts';
import type { HistoryEntry } from './history-entry.ts';

const windowMs = 3_600_000;
const mostNames = 10_000;
const mostPerName = 32;

/**
 * Tells what was not done and only repeats what was told of it within the last hour: a device that tries every minute is not to fill the
 * history of its name, in whatever dialects it does so and whoever else tries meanwhile.
 */
export class RepeatedFailures {
  /** By name, and then by credential and detail: when it was told last. */
  readonly #told = new Map<string, Map<string, number>>();

  isRepeated({ name, atMs, credential, outcome, detail }: HistoryEntry): boolean {
    const told = this.#told.get(name.key) ?? new Map<string, number>();
    const text = [outcome, credential, detail].join('\n');
    const lastMs = told.get(text);
    if (lastMs !== undefined && atMs - lastMs < windowMs) return true;
    putLast(told, text, atMs, mostPerName);
    putLast(this.#told, name.key, told, mostNames);
    return false;
  }

  /** It has succeeded since; the next failure is news. */
  forget(nameKey: string): void {
    this.#told.delete(nameKey);
  }
}

function putLast<Value>(map: Map<string, Value>, key: string, value: Value, atMost: number): void {
  map.delete(key);
  map.set(key, value);
  dropOldest(map, atMost);
}

/** One after the other for the same thing, and at the same time for different ones. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Whether anything is under way or in line for it. */
  isTaken(key: string): boolean {
    return this.#last.has(key);
  }

  /** Does it when all that came before for this key is done. */
  take<Value>(key: string, task: () => Promise<Value>): Promise<Value> {
    const before = this.#last.get(key) ?? Promise.resolve();
    const turn = before.then(task);
    this.#hold(key, turn);
    return turn;
  }

  /** Takes the turns of all these at once, none of which may be taken. */
  takeAll(keys: readonly string[], task: () => Promise<void>): Promise<void> {
    const turn = task();
    for (const key of keys) this.#hold(key, turn);
    return turn;
  }

  #hold(key: string, turn: Promise<unknown>): void {
    // Whoever comes next waits for the end, whatever it is; the fault itself is for whoever took the turn.
    const settled: Promise<unknown> = turn
      .catch(() => {})
      .then(() => {
        if (this.#last.get(key) === settled) this.#last.delete(key);
      });
    this.#last.set(key, settled);
  }
}

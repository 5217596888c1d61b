/**
 * Gives each name to one piece of work at a time, in the order in which the work was asked for.
 *
 * Work over several names waits until it is first in line for all of them. As it joins all lines at once, no two pieces
 * of work can wait for each other.
 */
export class NameTurns {
  readonly #tails = new Map<string, Promise<void>>();
  #waiting = 0;

  /** How many pieces of work are in line or at work. */
  get size(): number {
    return this.#waiting;
  }

  async run<Result>(keys: readonly string[], work: () => Promise<Result>): Promise<Result> {
    const earlier = keys.flatMap((key) => this.#tails.get(key) ?? []);
    const { promise: finished, resolve: finish } = Promise.withResolvers<void>();
    for (const key of keys) this.#tails.set(key, finished);
    this.#waiting += 1;
    try {
      if (earlier.length > 0) await Promise.all(earlier);
      return await work();
    } finally {
      this.#waiting -= 1;
      for (const key of keys) if (this.#tails.get(key) === finished) this.#tails.delete(key);
      finish();
    }
  }

  /** Resolves when all the work that is now in line is done. */
  async idle(): Promise<void> {
    await Promise.all(this.#tails.values());
  }
}

/**
 * Random numbers that a seed repeats: xorshift32 (Marsaglia 2003). Good enough to choose mutations, and for nothing else.
 */
export class SeededRandom {
  #state: number;

  /** @param seed  any number; equal seeds give equal sequences */
  constructor(seed: number) {
    this.#state = (seed ^ 0x9e37_79b9) >>> 0 || 1;
  }

  /** A whole number from 0 to `below` − 1. */
  below(below: number): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state >>> 0;
    return this.#state % below;
  }

  /** One of the items, of which there is at least one. */
  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error('There is nothing to pick from');
    return item;
  }
}

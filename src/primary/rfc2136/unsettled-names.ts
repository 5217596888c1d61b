/**
 * Names with an update of ours that may yet take effect: nobody has said that it did, and nobody that it did not.
 *
 * Bounded: of more names than it holds it is no longer known which they are, so that all are taken for unsettled until the
 * ones that are known have been settled.
 */
export class UnsettledNames {
  readonly #most: number;
  readonly #names = new Set<string>();
  #isOverfull = false;

  constructor(most: number) {
    this.#most = most;
  }

  add(key: string): void {
    if (this.#names.size < this.#most) this.#names.add(key);
    else this.#isOverfull ||= !this.#names.has(key);
  }

  has(key: string): boolean {
    return this.#isOverfull || this.#names.has(key);
  }

  settled(key: string): void {
    this.#names.delete(key);
    if (this.#names.size === 0) this.#isOverfull = false;
  }
}

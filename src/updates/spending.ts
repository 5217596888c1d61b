import type { Asker } from './asker.ts';
import type { Taken, Throttle } from './ports.ts';

/**
 * What the changes of one transaction cost its asker. It is taken when they are planned: what others plan before these are made finds it gone.
 * Planned anew, it is taken anew, and where the transaction fails it has never been taken.
 */
export class Spending {
  readonly #throttle: Throttle | undefined;
  readonly #asker: Asker;
  #taken: Taken | undefined;
  #isOver = false;

  constructor(throttle: Throttle | undefined, asker: Asker) {
    this.#throttle = throttle;
    this.#asker = asker;
  }

  /** Whoever asked has been answered: what is planned now is planned for nobody, and is not to be made. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Takes so many changes in the place of those of the plan before. @returns how long to wait first; 0 when they may be made */
  take(changes: number): number {
    this.#giveBack();
    if (changes === 0 || !this.#throttle) return 0;
    this.#taken = this.#throttle.take(this.#asker, changes);
    return this.#taken.kind === 'wait' ? this.#taken.retryAfterSeconds : 0;
  }

  end(areMade: boolean): void {
    this.#isOver = true;
    if (!areMade) this.#giveBack();
  }

  #giveBack(): void {
    if (this.#taken?.kind === 'taken') this.#taken.giveBack();
    this.#taken = undefined;
  }
}

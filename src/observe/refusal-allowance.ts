import type { Clock } from '../updates/clock.ts';
import type { Log } from './log.ts';

/** Refusals that are logged in a second; the rest are counted and summed up. */
export const loggedRefusalsPerSecond = 50;

export interface RefusalAllowanceOptions {
  readonly log: Log;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly linesPerSecond: number;
  /** In the plural, for the sum: `refused requests`. */
  readonly what: string;
}

/** Who sends nonsense ten thousand times a second shall not fill the disk with it. */
export class RefusalAllowance {
  readonly #options: RefusalAllowanceOptions;
  #second = 0;
  #logged = 0;
  #withheld = 0;

  constructor(options: RefusalAllowanceOptions) {
    this.#options = options;
  }

  /** Whether one more may be logged now. What was withheld is summed up before the first of a later second. */
  mayLog(): boolean {
    const { log, clock, linesPerSecond, what } = this.#options;
    const second = Math.floor(clock.monotonicMs() / 1000);
    if (second !== this.#second) {
      const withheld = this.#withheld;
      [this.#second, this.#logged, this.#withheld] = [second, 0, 0];
      if (withheld > 0) log.write('WARNING', `${withheld} more ${what} were not logged one by one.`);
    }
    if (this.#logged >= linesPerSecond) {
      this.#withheld += 1;
      return false;
    }
    this.#logged += 1;
    return true;
  }
}

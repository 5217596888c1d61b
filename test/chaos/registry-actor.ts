/** Somebody who changes things of one kind, one after the other, and knows what he was told of each. */
export interface Actor {
  /** One change; without an answer, since the service was killed, it counts as under way. */
  act(): Promise<void>;
  /** Compares what is there after a restart with what was told: all that has been touched since the last time. */
  judge(): Promise<void>;
  /** … and all that was ever told. */
  judgeAll(): Promise<void>;
  /** How often each kind of change was acknowledged. */
  readonly told: ReadonlyMap<string, number>;
}

/** Something to fuzz. */
export interface FuzzTarget {
  /** Also the name of its folder under corpus/ and crashes/. */
  readonly name: string;
  readonly maxOctets: number;
  /** Octets that mean something to it, for mutations to insert. */
  readonly dictionary: readonly Uint8Array[];
  /**
   * Reads one input and checks everything that has to hold.
   *
   * @returns what came of it in a word or two ("refused truncated"); an input with a new word is kept, as one that
   *          reaches new code is. There may be a few hundred of them, not more
   * @throws on a finding: whatever the code under test threw and may not, or an AssertionError
   */
  run(octets: Uint8Array): string;
}

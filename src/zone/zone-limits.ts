/** What an update may make of a zone. The RFC knows no such limits; without them one key could fill the memory. */
export interface ZoneLimits {
  readonly maxRecordsPerSet: number;
  readonly maxSetsPerName: number;
  /** Of all records of a name, their owner not counted: below 64 KiB, or an RRset might fit into no message. */
  readonly maxOctetsPerName: number;
  readonly maxNames: number;
}

export const defaultZoneLimits: ZoneLimits = {
  maxRecordsPerSet: 100,
  maxSetsPerName: 100,
  maxOctetsPerName: 60_000,
  maxNames: 10_000_000,
};

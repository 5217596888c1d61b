/** How much the registry takes (docs/operator/limits.md). */
export interface RegistryLimits {
  readonly tokens: number;
  readonly hosts: number;
  /** Registrations of acme-dns by one token, or by anybody in the networks, that are good. */
  readonly registrations: number;
  /** How long a token has been revoked before it makes room for another one, where there are as many as there may be. */
  readonly revokedSeconds: number;
  readonly descriptionCharacters: number;
  readonly patternsPerToken: number;
  readonly typesPerToken: number;
  readonly networksPerToken: number;
  readonly maxOverlapSeconds: number;
  /** Hosts that were made or changed by updates and are not written yet. */
  readonly waitingHosts: number;
  /** Entries of the history that are not written yet. */
  readonly waitingEntries: number;
  /** Documents in one write, or entries. */
  readonly documentsPerWrite: number;
  /** How soon entries of the history and hosts made by updates are written. */
  readonly promptMs: number;
  /** How soon sightings are written. */
  readonly sightingsMs: number;
  /** How soon it is tried again after the database did not take something. */
  readonly againMs: number;
  /** How long a name is reserved for a token whose update is under way. */
  readonly reservationMs: number;
  /** What is told of documents that cannot be read, at most. */
  readonly toldDocuments: number;
}

export const defaultRegistryLimits: RegistryLimits = {
  tokens: 200_000,
  hosts: 1_000_000,
  registrations: 100,
  revokedSeconds: 30 * 86_400,
  descriptionCharacters: 200,
  patternsPerToken: 100,
  typesPerToken: 32,
  networksPerToken: 64,
  maxOverlapSeconds: 30 * 86_400,
  waitingHosts: 100_000,
  waitingEntries: 20_000,
  documentsPerWrite: 500,
  promptMs: 150,
  sightingsMs: 50_000,
  againMs: 2_000,
  reservationMs: 30_000,
  toldDocuments: 10,
};

/** How long a host may be asked to wait before it expires. */
export const hostExpiryBounds = { leastSeconds: 60, mostSeconds: 10 * 365 * 86_400 } as const;

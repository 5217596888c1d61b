/** The bounds of the door; docs/operator/limits.md tells people of them. */
export interface DoorLimits {
  readonly doorConnections: number;
  readonly doorHeaderOctets: number;
  /** Of a request in JSON. */
  readonly doorBodyOctets: number;
  /** Of a zone that is imported, in text. */
  readonly importOctets: number;
  readonly doorHeadersTimeoutMs: number;
  readonly doorRequestTimeoutMs: number;
  /** What is under way when the service stops. */
  readonly doorClosingGraceMs: number;
}

export const defaultDoorLimits: DoorLimits = {
  doorConnections: 32,
  doorHeaderOctets: 8 * 1024,
  doorBodyOctets: 64 * 1024,
  importOctets: 32 * 1024 * 1024,
  doorHeadersTimeoutMs: 5_000,
  doorRequestTimeoutMs: 60_000,
  doorClosingGraceMs: 10_000,
};

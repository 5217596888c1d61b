/** The bounds of an examination; docs/operator/limits.md tells people of them. */
export interface DoctorLimits {
  readonly connectTimeoutMs: number;
  /** How long a nameserver may take over one question or update. */
  readonly answerTimeoutMs: number;
  /** How long the examination of one zone may take, before the removal of its record and the wait for secondaries. */
  readonly examinationMs: number;
  /** How long an added record may take to show. */
  readonly appearanceMs: number;
  /** How long the removal of our record is tried. No check leaves its record standing for longer. */
  readonly removalMs: number;
  /** How long secondaries may take to catch up. */
  readonly propagationMs: number;
  readonly zonesAtOnce: number;
  /** How long the quick check of a database may take; a larger one is left half read. */
  readonly quickCheckMs: number;
  /** With less room on the disk of a database there is a warning: the log beside it may grow by some of it before it is emptied. */
  readonly leastFreeOctets: number;
}

/**
 * BIND waits five seconds before it notifies its secondaries (its option notify-delay), so that propagation takes more than
 * that where all is well.
 */
export const defaultDoctorLimits: DoctorLimits = {
  connectTimeoutMs: 3_000,
  answerTimeoutMs: 5_000,
  examinationMs: 30_000,
  appearanceMs: 2_000,
  removalMs: 10_000,
  propagationMs: 12_000,
  zonesAtOnce: 8,
  quickCheckMs: 15_000,
  leastFreeOctets: 64 * 1024 * 1024,
};

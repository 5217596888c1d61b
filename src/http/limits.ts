import { loggedRefusalsPerSecond } from '../observe/refusal-allowance.ts';

/** What one client may cost. Every number can be set by whoever builds the server. */
export interface HttpLimits {
  /** The request line's target, in characters as they were sent. */
  readonly urlCharacters: number;
  /** Request line and headers together; Node refuses what is longer. */
  readonly headerOctets: number;
  readonly headerCount: number;
  readonly bodyOctets: number;
  /** Arguments in query and form together. */
  readonly argumentCount: number;
  readonly connections: number;
  /** Updates that wait for their outcome; what comes beyond is told to come back. */
  readonly updatesInFlight: number;
  /** From the connection, or the previous answer, to the end of the headers. */
  readonly headersTimeoutMs: number;
  /** To the end of the body. */
  readonly requestTimeoutMs: number;
  /** How often both are looked at. */
  readonly connectionsCheckingIntervalMs: number;
  /** Longer than a proxy keeps its idle connections to us, so that it is the proxy that closes them. */
  readonly keepAliveTimeoutMs: number;
  /** How long requests under way may take to finish once the server is closed. */
  readonly closingGraceMs: number;
  readonly checkTimeoutMs: number;
  /** How long an answer of the readiness page may be told again. */
  readonly readinessMaxAgeMs: number;
  /** Refusals that are logged in a second; the rest are counted and summed up. */
  readonly loggedRefusalsPerSecond: number;
}

export const defaultHttpLimits: HttpLimits = {
  urlCharacters: 8192,
  headerOctets: 16 * 1024,
  headerCount: 64,
  bodyOctets: 16 * 1024,
  argumentCount: 32,
  connections: 4096,
  updatesInFlight: 2048,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 20_000,
  connectionsCheckingIntervalMs: 1000,
  keepAliveTimeoutMs: 75_000,
  closingGraceMs: 10_000,
  checkTimeoutMs: 60_000,
  readinessMaxAgeMs: 1000,
  loggedRefusalsPerSecond,
};

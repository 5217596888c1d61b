import pino, { type DestinationStream, type Logger } from 'pino';
import type { Redactor } from './redactor.ts';

/**
 * The words of the log and their weight, on the original's scale from 0 to 50.
 *
 * The first word of an answer is the word of its log line too.
 */
export const logWeights = {
  DEBUG: 10,
  UNCHANGED: 11,
  INFO: 20,
  UPDATED: 21,
  WARNING: 30,
  ERROR: 40,
  CHECK_ERROR: 41,
  PARAMETER_ERROR: 42,
  DNS_NAME_ERROR: 43,
  IP_ADDRESS_ERROR: 44,
  DNS_SERVER_ERROR: 45,
  CONFIGURATION_ERROR: 46,
  CRITICAL: 50,
} as const;

export type LogWord = keyof typeof logWeights;

/** What may stand beside the message. Strings are redacted; nothing else could hold a secret. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Log {
  write(word: LogWord, message: string, fields?: LogFields): void;
  /** Whether a line with this word would be written; for lines whose making costs something. */
  isEnabled(word: LogWord): boolean;
}

/** For commands and tests that log nothing. */
export const silentLog: Log = { write: () => {}, isEnabled: () => false };

export interface LogOptions {
  /** The configuration's `log_level`: 0 writes everything, 50 only what is critical. */
  readonly level: number;
  readonly redactor: Redactor;
  readonly destination: DestinationStream;
}

/**
 * JSON lines: `level` (the word), `time` (ISO 8601, UTC), the fields, `msg`.
 *
 * Every string passes the redactor before it is written, so that a secret that got into a message by a mistake does not
 * get into the log.
 */
export class JsonLog implements Log {
  readonly #logger: Logger<Lowercase<LogWord>, true>;
  readonly #redactor: Redactor;

  constructor({ level, redactor, destination }: LogOptions) {
    this.#redactor = redactor;
    this.#logger = pino<Lowercase<LogWord>, true>(
      {
        base: null,
        customLevels: pinoLevels,
        useOnlyCustomLevels: true,
        level: pinoLevel(thresholdWord(level)),
        timestamp: pino.stdTimeFunctions.isoTime,
        formatters: { level: (label) => ({ level: label.toUpperCase() }) },
      },
      destination,
    );
  }

  write(word: LogWord, message: string, fields?: LogFields): void {
    if (!this.isEnabled(word)) return;
    this.#logger[pinoLevel(word)](this.#redactFields(fields), this.#redactor.redact(message));
  }

  isEnabled(word: LogWord): boolean {
    return logWeights[word] >= this.#logger.levelVal;
  }

  /** Takes a new `log_level` into use. */
  setLevel(level: number): void {
    this.#logger.level = pinoLevel(thresholdWord(level));
  }

  #redactFields(fields: LogFields | undefined): LogFields {
    const redacted: Record<string, string | number | boolean | undefined> = {};
    for (const [name, value] of Object.entries(fields ?? {}))
      redacted[name] = typeof value === 'string' ? this.#redactor.redact(value) : value;
    return redacted;
  }
}

/** Pino compares its levels in lower case. */
function pinoLevel(word: LogWord): Lowercase<LogWord> {
  return word.toLowerCase() as Lowercase<LogWord>;
}

const pinoLevels = Object.fromEntries(
  Object.entries(logWeights).map(([word, weight]) => [word.toLowerCase(), weight]),
) as Record<Lowercase<LogWord>, number>;

/**
 * The lightest word of at least this weight: it and everything heavier is shown.
 *
 * Deliberately a translation: pino's own scale puts "info" at 30, where the original has warnings.
 */
function thresholdWord(level: number): LogWord {
  const words = Object.entries(logWeights) as [LogWord, number][];
  return words.find(([, weight]) => weight >= level)?.[0] ?? 'CRITICAL';
}

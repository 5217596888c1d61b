import { isSerialGreater, nextSerial } from '../zone/serial.ts';

/** A serial that somebody may have of a zone, and who. */
export interface KnownSerial {
  readonly serial: number;
  /** `the backup`, `the database before`, or where the secondary is. */
  readonly holder: string;
}

export interface RestoredSerial {
  readonly serial: number;
  /** Those for whom it is not greater (RFC 1982), and who have to transfer the zone anew. */
  readonly notAbove: readonly KnownSerial[];
}

/**
 * The serial with which a restored zone is newer than all that secondaries may have of it: greater than every one that is known, and no
 * less than the time, for a zone that begins with the time and is changed less than once a second never gets ahead of it.
 *
 * @param forced  the operator's word, which is taken as it is
 */
export function restoredSerial(
  known: readonly [KnownSerial, ...KnownSerial[]],
  unixSeconds: number,
  forced: number | undefined,
): RestoredSerial {
  const [first, ...others] = known;
  const greatest = others.reduce(
    (above, { serial }) => (isSerialGreater(serial, above) ? serial : above),
    first.serial,
  );
  const next = nextSerial(greatest);
  const now = unixSeconds >>> 0 || 1;
  const serial = forced ?? (isSerialGreater(now, next) ? now : next);
  return { serial, notAbove: known.filter((each) => !isSerialGreater(serial, each.serial)) };
}

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
  /** Whether it is far above all that is known, since somebody may have more. */
  readonly isEstimated: boolean;
}

/** What is known where nobody can tell how far the zone had come. */
export interface BackupAge {
  readonly serialInBackup: number;
  readonly secondsSince: number;
}

/** Twelve days of a change every second: the date of a backup may be that of a copy of it. */
const marginOfEstimate = 1_000_000;
/** An estimate stays well within half the circle. */
const maxStep = 0x3fff_ffff;

/**
 * The serial with which a restored zone is newer than all that secondaries may have of it: greater than every one that is known, and no
 * less than the time, for a zone that begins with the time and is changed less than once a second never gets ahead of it.
 *
 * A serial that is written as a date is ahead of the time anyway: where nobody can tell how far the zone had come, it is taken to have been
 * changed every second since the backup, and a margin is added.
 *
 * @param unheard  where somebody who was not heard may have more than is known
 * @param forced   the operator's word, which is taken as it is
 */
export function restoredSerial(
  known: readonly [KnownSerial, ...KnownSerial[]],
  unixSeconds: number,
  { unheard, forced }: { readonly unheard?: BackupAge | undefined; readonly forced?: number | undefined } = {},
): RestoredSerial {
  const [first, ...others] = known;
  const next = nextSerial(others.reduce((above, { serial }) => greater(serial, above), first.serial));
  const estimate = unheard && estimated(unheard);
  const candidates = [unixSeconds >>> 0 || 1, ...(estimate === undefined ? [] : [estimate])];
  const serial = forced ?? candidates.reduce((above, each) => greater(each, above), next);
  return {
    serial,
    notAbove: known.filter((each) => !isSerialGreater(serial, each.serial)),
    isEstimated: forced === undefined && estimate !== undefined,
  };
}

function estimated({ serialInBackup, secondsSince }: BackupAge): number {
  return (serialInBackup + Math.min(Math.max(0, secondsSince) + marginOfEstimate, maxStep)) >>> 0 || 1;
}

function greater(serial: number, than: number): number {
  return isSerialGreater(serial, than) ? serial : than;
}

import { globSync } from 'node:fs';

/**
 * What to run a command under so that its clock is wrong by these seconds (plus: it is ahead).
 *
 * It is what the command faketime does, which itself would stay between us and the process. It works for Node, Knot and
 * PowerDNS. BIND hangs under it, since libfaketime and BIND's jemalloc do not get on: to have BIND disagree with us,
 * turn our own clock.
 */
export function wrongClock(offsetSeconds: number): readonly string[] {
  const [library] = globSync('/usr/lib/*/faketime/libfaketimeMT.so.1');
  if (library === undefined) throw new Error('libfaketime is not installed (Debian package faketime)');
  const offset = `${offsetSeconds < 0 ? '-' : '+'}${Math.abs(offsetSeconds)}s`;
  return ['env', `LD_PRELOAD=${library}`, `FAKETIME=${offset}`, 'DONT_FAKE_MONOTONIC=1'];
}

import { spawnSync } from 'node:child_process';
import { lstatSync, renameSync, rmSync, readFileSync, writeFileSync } from 'node:fs';

/** Debian asks this program before a package starts its service; exit code 101 forbids it (invoke-rc.d(8)). */
const defaultPath = '/usr/sbin/policy-rc.d';
const forbidden = 101;
const marker = 'Written by the tests of dyndns';
const refusal = `#!/bin/sh
# ${marker}: their nameservers run on loopback, and no service of this machine shall start.
# It lives only while they install packages. Found later, it is a leftover of a run that was killed: delete it.
exit ${forbidden}
`;

/**
 * Keeps packages that are installed from starting their services, until it is disposed of.
 *
 * A policy that forbids it already (containers have one) is not touched. Another one is put aside, and put back as it
 * was: the same file, not a copy. What a killed run has left behind is cleared up first.
 */
export function forbidServiceStarts(path = defaultPath): Disposable {
  const aside = `${path}.aside-by-dyndns-tests`;
  const restore = () => {
    if (exists(aside)) renameSync(aside, path);
    else if (isOurs(path)) rmSync(path);
  };
  restore();
  if (exists(path)) {
    if (spawnSync(path, ['named', 'start'], { timeout: 10_000 }).status === forbidden)
      return { [Symbol.dispose]: () => {} };
    renameSync(path, aside);
  }
  writeFileSync(path, refusal, { mode: 0o755 });
  return { [Symbol.dispose]: restore };
}

function isOurs(path: string): boolean {
  return exists(path) && lstatSync(path).isFile() && readFileSync(path, 'utf8').includes(marker);
}

/** Whether the path is taken, even by a link to nowhere. */
function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

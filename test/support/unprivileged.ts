/** Debian's user nobody and group nogroup, the same on every machine (Debian Policy 9.2.2). */
export const nobody = { uid: 65534, gid: 65534 } as const;

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/**
 * The command to start another one with: as nobody where root would start it, and killed by the kernel when the process
 * that started it dies, however that dies.
 */
export function commandPrefix(asNobody: boolean): readonly string[] {
  if (process.platform !== 'linux') return [];
  const identity = asNobody && isRoot() ? [`--reuid=${nobody.uid}`, `--regid=${nobody.gid}`, '--clear-groups'] : [];
  return ['setpriv', ...identity, '--pdeathsig=KILL', '--'];
}

import { readFileSync, statSync } from 'node:fs';

/**
 * The process that holds a lock on a file for writing, by what Linux tells in `/proc/locks` (proc_locks(5)).
 *
 * @returns its ID, or undefined where nobody can tell: another system, or a process that this one cannot see
 */
export function lockHolder(file: string): number | undefined {
  try {
    const { ino, dev } = statSync(file);
    return findLockHolder(readFileSync('/proc/locks', 'utf8'), ino, deviceText(dev));
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return undefined;
    throw error;
  }
}

/**
 * @param locks   lines such as `1: POSIX  ADVISORY  WRITE 4711 fe:00:131095 1073741824 1073742335`
 * @param device  `MAJOR:MINOR`, each two hexadecimal digits at the least; some file systems tell stat(2) another one than stands
 *                there, and then the inode decides, if only one process locks one of that number
 */
export function findLockHolder(locks: string, inode: number, device: string): number | undefined {
  const rows = Array.from(
    locks.matchAll(/ WRITE (\d+) ([0-9a-f]+:[0-9a-f]+):(\d+) /g),
    ([, processId, where, number]) => ({ processId: Number(processId), where, inode: Number(number) }),
  );
  // A process in a namespace that this one does not see is told as 0.
  const candidates = rows.filter((row) => row.inode === inode && row.processId > 0);
  const exact = candidates.find(({ where }) => where === device);
  if (exact) return exact.processId;
  const holders = new Set(candidates.map(({ processId }) => processId));
  return holders.size === 1 ? candidates[0]?.processId : undefined;
}

/** As the kernel packs it: the minor's low octet, 12 bits of the major, the rest of the minor (makedev(3)). */
function deviceText(device: number): string {
  const major = (device >>> 8) & 0xfff;
  const minor = (device & 0xff) | ((device >>> 12) & 0xfff00);
  return [major, minor].map((part) => part.toString(16).padStart(2, '0')).join(':');
}

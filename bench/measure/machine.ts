import { closeSync, fsyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { arch, availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';
import { join } from 'node:path';

import { spreadOf } from './statistics.ts';

/** Where a bench ran: figures of two machines are not to be compared. */
export interface MachineDescription {
  readonly cores: number;
  readonly processor: string;
  readonly memoryGigabytes: number;
  readonly system: string;
  readonly node: string;
  /** Of the last minute, before the bench began; a quiet machine has next to none. */
  readonly loadBefore: number;
  readonly fileSystem: string;
  /** What one small write that is synced costs where the zone lies. */
  readonly syncMilliseconds: number;
}

export async function describeMachine(directory: string): Promise<MachineDescription> {
  return {
    cores: availableParallelism(),
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGigabytes: Math.round(totalmem() / 1e9),
    system: `${type()} ${release()} ${arch()}, ${distribution()}`,
    node: process.version,
    loadBefore: loadavg()[0] ?? 0,
    fileSystem: fileSystemName((await statfs(directory)).type),
    syncMilliseconds: measureSync(directory),
  };
}

export function machineText(machine: MachineDescription): string {
  const { cores, processor, memoryGigabytes, system, node, loadBefore, fileSystem, syncMilliseconds } = machine;
  const disk =
    fileSystem === 'tmpfs'
      ? 'tmpfs, which is NO disk: set TMPDIR to a directory on one'
      : `${fileSystem}, ${syncMilliseconds.toFixed(2)} ms for a synced write`;
  return [
    `machine  ${cores} cores (${processor}), ${memoryGigabytes} GB, load ${loadBefore.toFixed(2)} before it began`,
    `system   ${system}, Node ${node}`,
    `zone on  ${disk}`,
  ].join('\n');
}

function distribution(): string {
  try {
    return /^PRETTY_NAME="?([^"\n]+)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'unknown';
  } catch {
    return 'unknown';
  }
}

/** statfs(2) has the numbers. */
const fileSystems: ReadonlyMap<number, string> = new Map([
  [0xef53, 'ext4'],
  [0x5846_5342, 'XFS'],
  [0x9123_683e, 'Btrfs'],
  [0x0102_1994, 'tmpfs'],
  [0x794c_7630, 'overlayfs'],
  [0x2fc1_2fc1, 'ZFS'],
]);

function fileSystemName(number: number): string {
  return fileSystems.get(number) ?? `file system 0x${number.toString(16)}`;
}

function measureSync(directory: string): number {
  const path = join(directory, 'sync-measurement');
  const file = openSync(path, 'w');
  try {
    const milliseconds = Array.from({ length: 50 }, () => {
      const startedAtMs = performance.now();
      writeSync(file, Buffer.alloc(200));
      fsyncSync(file);
      return performance.now() - startedAtMs;
    });
    return spreadOf(milliseconds).median;
  } finally {
    closeSync(file);
    rmSync(path);
  }
}

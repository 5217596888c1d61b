import { readdir, readFile, readlink } from 'node:fs/promises';

/** What Linux says of its sockets, in /proc/net (proc_net(5)). */
export type SocketProtocol = 'udp' | 'udp6' | 'tcp' | 'tcp6';

export interface SocketEntry {
  readonly port: number;
  readonly inode: string;
  /** For TCP; UDP has no such state. */
  readonly isListening: boolean;
}

const listenState = '0A';
/** Where there are more processes than that, the search is given up. */
const maxProcesses = 20_000;

export async function readSocketTable(protocol: SocketProtocol): Promise<readonly SocketEntry[]> {
  const text = await readFile(`/proc/net/${protocol}`, 'utf8').catch(() => '');
  return parseSocketTable(text);
}

/** The columns are sl, local_address, rem_address, st, …; the tenth is the inode. */
export function parseSocketTable(text: string): readonly SocketEntry[] {
  return text
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const columns = line.trim().split(/\s+/);
      const [, local, , state] = columns;
      const inode = columns[9];
      const portText = local?.split(':')[1];
      if (portText === undefined || inode === undefined) return [];
      return [{ port: Number.parseInt(portText, 16), inode, isListening: state === listenState }];
    });
}

/**
 * Who has a port, in words: `named (process 812)`.
 *
 * @returns undefined where it cannot be found out: on another system than Linux, or where the process is another user's
 */
export async function findPortOwner(transport: 'udp' | 'tcp', port: number): Promise<string | undefined> {
  const tables = await Promise.all([readSocketTable(transport), readSocketTable(`${transport}6`)]);
  const inodes = new Set(
    tables
      .flat()
      .filter((entry) => entry.port === port && (transport === 'udp' || entry.isListening))
      .map(({ inode }) => `socket:[${inode}]`),
  );
  if (inodes.size === 0) return undefined;
  const processes = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  for (const pid of processes.slice(0, maxProcesses)) {
    if (!(await holdsOneOf(pid, inodes))) continue;
    const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
    return `${name.trim() || 'a program'} (process ${pid})`;
  }
  return undefined;
}

async function holdsOneOf(pid: string, inodes: ReadonlySet<string>): Promise<boolean> {
  // Not ours to look into, or just gone
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
  const targets = await Promise.all(descriptors.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')));
  return targets.some((target) => inodes.has(target));
}

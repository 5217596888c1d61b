import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';

/** What Linux says of its sockets, in /proc/self/net (proc_net(5)), which is there where systemd hides all else but processes, too. */
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
  const text = await readFile(`/proc/self/net/${protocol}`, 'utf8').catch(() => '');
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
    return `${(await programOf(pid)) || 'a program'} (process ${pid})`;
  }
  return undefined;
}

const mostCharacters = 80;

/**
 * The program, and the script that it runs if it runs one: `node dyndns.js`. What else is on its command line may be secret; and
 * the name that a process gives itself, as Node's threads do, may say nothing.
 */
async function programOf(pid: string): Promise<string> {
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  const [program = '', ...args] = commandLine.split('\0');
  const script = args.find((word) => word !== '' && !word.startsWith('-'));
  const words = script?.includes('/') === true ? [program, script] : [program];
  const said = words.map((word) => basename(word).replaceAll(/[\p{C}\p{Z}]+/gu, ' ')).join(' ');
  return said.trim().slice(0, mostCharacters);
}

async function holdsOneOf(pid: string, inodes: ReadonlySet<string>): Promise<boolean> {
  // Not ours to look into, or just gone
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
  const targets = await Promise.all(descriptors.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')));
  return targets.some((target) => inodes.has(target));
}

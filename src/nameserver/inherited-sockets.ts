import { readlink } from 'node:fs/promises';

import { readSocketTable, type SocketProtocol } from './socket-table.ts';

/** A socket that systemd has opened for us (sd_listen_fds(3)). */
export interface InheritedSocket {
  readonly fd: number;
  readonly transport: 'udp' | 'tcp';
  readonly family: 4 | 6;
  readonly port: number;
}

export type InheritedSockets =
  | { readonly kind: 'sockets'; readonly sockets: readonly InheritedSocket[] }
  | { readonly kind: 'unusable'; readonly reason: string };

/** SD_LISTEN_FDS_START */
const firstFd = 3;
const maxSockets = 64;

/**
 * The sockets in `LISTEN_FDS`, none where the variables are missing or are meant for another process.
 *
 * @param pid  this process's, with which `LISTEN_PID` has to agree
 */
export async function findInheritedSockets(
  environment: Readonly<Record<string, string | undefined>>,
  pid: number,
): Promise<InheritedSockets> {
  const { LISTEN_FDS: countText, LISTEN_PID: pidText } = environment;
  if (countText === undefined || Number(pidText) !== pid) return { kind: 'sockets', sockets: [] };
  const count = Number(countText);
  if (!Number.isInteger(count) || count < 0 || count > maxSockets)
    return { kind: 'unusable', reason: `LISTEN_FDS is ${countText}, where a number from 0 to ${maxSockets} is right` };
  const sockets: InheritedSocket[] = [];
  for (let fd = firstFd; fd < firstFd + count; fd += 1) {
    const socket = await identify(fd);
    if (socket === undefined)
      return {
        kind: 'unusable',
        reason: `The socket handed over as file ${fd} is neither UDP nor a listening TCP socket of this machine; in the socket unit, ListenDatagram= and ListenStream= with Accept=no make those`,
      };
    sockets.push(socket);
  }
  return { kind: 'sockets', sockets };
}

const protocols: readonly SocketProtocol[] = ['udp', 'udp6', 'tcp', 'tcp6'];

async function identify(fd: number): Promise<InheritedSocket | undefined> {
  const link = await readlink(`/proc/self/fd/${fd}`).catch(() => '');
  const inode = /^socket:\[(\d+)\]$/.exec(link)?.[1];
  if (inode === undefined) return undefined;
  for (const protocol of protocols) {
    const found = (await readSocketTable(protocol)).find((entry) => entry.inode === inode);
    if (found === undefined) continue;
    const transport = protocol.startsWith('udp') ? 'udp' : 'tcp';
    if (transport === 'tcp' && !found.isListening) return undefined;
    return { fd, transport, family: protocol.endsWith('6') ? 6 : 4, port: found.port };
  }
  return undefined;
}

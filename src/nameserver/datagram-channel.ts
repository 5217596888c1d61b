import { createSocket, type Socket } from 'node:dgram';
import { isIP } from 'node:net';

/** Takes a datagram and where it came from. */
export type ReceiveDatagram = (wire: Uint8Array, address: string, port: number) => void;

/** Datagrams out, and what comes back. */
export interface DatagramChannel extends AsyncDisposable {
  /** Sends as best it can: what is lost is lost, here as on the way. */
  send(wire: Uint8Array, address: string, port: number): void;
}

/**
 * Sockets of our own, on ports that the system chooses, opened when they are needed: one for each address that datagrams leave from, and
 * for each family of those that leave from where the system chooses.
 *
 * @param sourceFor  the address to leave from towards that one, of its family; undefined leaves it to the system
 */
export function openDatagramChannel(
  receive: ReceiveDatagram,
  sourceFor: (target: string) => string | undefined,
): DatagramChannel {
  const sockets = new Map<string, Socket>();
  let isClosed = false;

  function socketTowards(target: string): Socket {
    const type = isIP(target) === 6 ? 'udp6' : 'udp4';
    const source = sourceFor(target);
    const key = source ?? type;
    const known = sockets.get(key);
    if (known !== undefined) return known;
    const socket = createSocket(type);
    socket.on('message', (wire, { address, port }) => receive(wire, address, port));
    // The next datagram gets a new one.
    socket.on('error', () => {
      if (sockets.get(key) !== socket) return;
      sockets.delete(key);
      socket.close();
    });
    sockets.set(key, socket);
    // What is sent until then waits.
    if (source !== undefined) socket.bind({ address: source, port: 0 });
    return socket;
  }

  return {
    send: (wire, address, port) => {
      if (isClosed) return;
      // Without a callback, what fails would be an error of the socket.
      socketTowards(address).send(wire, port, address, () => {});
    },
    [Symbol.asyncDispose]: async () => {
      isClosed = true;
      const open = [...sockets.values()];
      sockets.clear();
      await Promise.all(open.map((socket) => new Promise<void>((resolve) => void socket.close(() => resolve()))));
    },
  };
}

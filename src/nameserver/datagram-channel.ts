import { createSocket, type Socket } from 'node:dgram';
import { isIP } from 'node:net';

/** Takes a datagram and where it came from. */
export type ReceiveDatagram = (wire: Uint8Array, address: string, port: number) => void;

/** Datagrams out, and what comes back. */
export interface DatagramChannel extends AsyncDisposable {
  /** Sends as best it can: what is lost is lost, here as on the way. */
  send(wire: Uint8Array, address: string, port: number): void;
}

/** Sockets of our own, on ports that the system chooses: one for each family, opened when it is needed. */
export function openDatagramChannel(receive: ReceiveDatagram): DatagramChannel {
  const sockets = new Map<'udp4' | 'udp6', Socket>();
  let isClosed = false;

  function socketOf(type: 'udp4' | 'udp6'): Socket {
    const known = sockets.get(type);
    if (known !== undefined) return known;
    const socket = createSocket(type);
    socket.on('message', (wire, { address, port }) => receive(wire, address, port));
    // The next datagram gets a new one.
    socket.on('error', () => {
      if (sockets.get(type) !== socket) return;
      sockets.delete(type);
      socket.close();
    });
    sockets.set(type, socket);
    return socket;
  }

  return {
    send: (wire, address, port) => {
      if (isClosed) return;
      // Without a callback, what fails would be an error of the socket.
      socketOf(isIP(address) === 6 ? 'udp6' : 'udp4').send(wire, port, address, () => {});
    },
    [Symbol.asyncDispose]: async () => {
      isClosed = true;
      const open = [...sockets.values()];
      sockets.clear();
      await Promise.all(open.map((socket) => new Promise<void>((resolve) => void socket.close(() => resolve()))));
    },
  };
}

import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

import { messageSplitter } from '../support/message-splitter.ts';

/** What a middlebox makes of a message: other octets, or nothing at all. */
export type Meddling = (wire: Uint8Array) => Uint8Array | undefined;

export interface MeddlingProxy extends AsyncDisposable {
  readonly port: number;
}

/** Stands in front of a nameserver, over TCP, and hands on what the two functions make of every message. */
export async function startMeddlingProxy(
  targetPort: number,
  { request = same, response = same }: { readonly request?: Meddling; readonly response?: Meddling },
): Promise<MeddlingProxy> {
  const sockets = new Set<Socket>();
  const join = (from: Socket, to: Socket, meddle: Meddling) => {
    sockets.add(from);
    from.on(
      'data',
      messageSplitter((wire) => {
        const changed = meddle(Uint8Array.from(wire));
        if (changed) to.write(Buffer.concat([Uint8Array.of(changed.length >> 8, changed.length & 0xff), changed]));
      }),
    );
    from.on('error', () => {});
    from.on('close', () => {
      sockets.delete(from);
      to.destroy();
    });
  };
  const server = createServer((client) => {
    const target = connect(targetPort, '127.0.0.1');
    join(client, target, request);
    join(target, client, response);
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

function same(wire: Uint8Array): Uint8Array {
  return wire;
}

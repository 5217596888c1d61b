import { createSocket, type RemoteInfo, type Socket as UdpSocket } from 'node:dgram';
import { connect, createServer, type Socket } from 'node:net';

import { Opcode } from '../../src/dns/codes.ts';
import { freePort } from './free-port.ts';
import { messageSplitter } from './message-splitter.ts';

/**
 * What becomes of a message: it passes; it vanishes; its connection is reset on both sides; the client is told that
 * nothing more will come, while what it sends still passes. Over UDP, which has no connections, all but the first vanish.
 */
export type Fate = 'pass' | 'drop' | 'cut' | 'half-close';

export interface Impairment {
  readonly delayRequestsMs?: number;
  readonly delayResponsesMs?: number;
  /** Decides over every message from a client to the nameserver; given without the length prefix. */
  readonly onRequest?: (wire: Uint8Array) => Fate;
  /** Decides over every message from the nameserver to a client. */
  readonly onResponse?: (wire: Uint8Array) => Fate;
}

/** Stands in front of a nameserver, counts what goes through, and does harm when asked to. */
export interface DnsProxy extends AsyncDisposable {
  readonly address: '127.0.0.1';
  /** For UDP and TCP. */
  readonly port: number;
  /** How many messages of this opcode clients have sent. */
  count(opcode: number): number;
  /** How many UPDATE messages clients have sent. */
  readonly updates: number;
  readonly openConnections: number;
  readonly acceptedConnections: number;
  /** From now on, instead of what held before; `{}` heals. */
  impair(impairment: Impairment): void;
  /** Resets all TCP connections. */
  cutConnections(): void;
  /** Resets all connections, and refuses new ones until {@link accept}. */
  refuse(): Promise<void>;
  accept(): Promise<void>;
}

/** A bound of the sockets that wait for answers over UDP. */
const maxUdpClients = 1000;

export async function startProxy(targetPort: number): Promise<DnsProxy> {
  const port = await freePort();
  const counts = new Map<number, number>();
  const pairs = new Set<Pair>();
  let impairment: Impairment = {};
  let acceptedConnections = 0;

  const hooks: Hooks = {
    request: (wire) => {
      const opcode = ((wire[2] ?? 0) >> 3) & 0xf;
      counts.set(opcode, (counts.get(opcode) ?? 0) + 1);
      return { fate: impairment.onRequest?.(wire) ?? 'pass', delayMs: impairment.delayRequestsMs ?? 0 };
    },
    response: (wire) => ({
      fate: impairment.onResponse?.(wire) ?? 'pass',
      delayMs: impairment.delayResponsesMs ?? 0,
    }),
  };
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    acceptedConnections += 1;
    const pair = joinConnection(client, targetPort, hooks);
    pairs.add(pair);
    client.once('close', () => pairs.delete(pair));
  });
  const listen = async () => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
    await promise;
    server.off('error', reject);
  };
  const cutConnections = () => {
    for (const pair of pairs) pair.cut();
  };
  const refuse = async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    server.close(() => resolve());
    cutConnections();
    await promise;
  };
  await listen();
  const udp = await startUdpProxy(port, targetPort, hooks);
  const count = (opcode: number) => counts.get(opcode) ?? 0;
  return {
    address: '127.0.0.1',
    port,
    count,
    get updates() {
      return count(Opcode.UPDATE);
    },
    get openConnections() {
      return pairs.size;
    },
    get acceptedConnections() {
      return acceptedConnections;
    },
    impair: (next) => {
      impairment = next;
    },
    cutConnections,
    refuse,
    accept: listen,
    [Symbol.asyncDispose]: async () => {
      udp.close();
      if (server.listening) await refuse();
    },
  };
}

interface Verdict {
  readonly fate: Fate;
  readonly delayMs: number;
}

interface Hooks {
  readonly request: (wire: Uint8Array) => Verdict;
  readonly response: (wire: Uint8Array) => Verdict;
}

interface Pair {
  readonly cut: () => void;
}

function joinConnection(client: Socket, targetPort: number, hooks: Hooks): Pair {
  const upstream = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
  const cut = () => {
    client.resetAndDestroy();
    upstream.resetAndDestroy();
  };
  const carry = (from: Socket, to: Socket, judge: Hooks['request']) => {
    let lastDueMs = 0;
    const split = messageSplitter((wire) => {
      const { fate, delayMs } = judge(wire);
      lastDueMs = Math.max(lastDueMs, performance.now() + delayMs);
      const act = () => {
        if (fate === 'cut') cut();
        else if (fate === 'half-close') client.end();
        else if (fate === 'pass' && to.writable) to.write(Buffer.concat([prefix(wire.length), wire]));
      };
      if (delayMs > 0) setTimeout(act, delayMs);
      else act();
    });
    from.on('data', split);
    // After what is still delayed.
    from.once('end', () => setTimeout(() => to.end(), Math.max(0, lastDueMs - performance.now()) + 1));
    from.on('error', cut);
  };
  carry(client, upstream, hooks.request);
  carry(upstream, client, hooks.response);
  client.once('close', () => upstream.destroy());
  return { cut };
}

function prefix(length: number): Uint8Array {
  return Uint8Array.of(length >> 8, length & 0xff);
}

async function startUdpProxy(port: number, targetPort: number, hooks: Hooks): Promise<{ close: () => void }> {
  const front = createSocket('udp4');
  const backs = new Map<string, UdpSocket>();
  const later = (delayMs: number, act: () => void) => {
    if (delayMs > 0) setTimeout(act, delayMs).unref();
    else act();
  };
  const backOf = (client: RemoteInfo): UdpSocket => {
    const known = backs.get(`${client.address} ${client.port}`);
    if (known) return known;
    const back = createSocket('udp4');
    back.on('message', (wire) => {
      const { fate, delayMs } = hooks.response(wire);
      if (fate === 'pass') later(delayMs, () => sendIfOpen(front, wire, client.port));
    });
    back.on('error', () => {});
    backs.set(`${client.address} ${client.port}`, back);
    if (backs.size > maxUdpClients) {
      const [oldestClient, oldest] = [...backs][0] ?? [];
      if (oldestClient !== undefined) backs.delete(oldestClient);
      oldest?.close();
    }
    return back;
  };
  let isOpen = true;
  const sendIfOpen = (socket: UdpSocket, wire: Uint8Array, to: number) => {
    if (isOpen) socket.send(wire, to, '127.0.0.1');
  };
  front.on('message', (wire, client) => {
    const { fate, delayMs } = hooks.request(wire);
    if (fate === 'pass') later(delayMs, () => sendIfOpen(backOf(client), wire, targetPort));
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  front.once('error', reject);
  front.bind(port, '127.0.0.1', resolve);
  await promise;
  return {
    close: () => {
      isOpen = false;
      front.close();
      for (const back of backs.values()) back.close();
    },
  };
}

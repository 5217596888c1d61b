import { connect, type Socket } from 'node:net';
import process from 'node:process';

import { Type } from '../../src/dns/codes.ts';
import { framed } from '../../src/nameserver/message-frames.ts';
import { queryWire } from './ask.ts';
import type { SlowClientsTally } from './slow-clients.ts';

/**
 * Clients over TCP that cost a nameserver and want nothing of it, in a process of their own:
 * `node slow-clients-process.ts PORT ZONE COUNT ADDRESSES`. Each comes again a second after it was sent away. At SIGTERM it
 * says in JSON how often they came.
 *
 * @param ADDRESSES  how many addresses they have together, from 127.0.1.1 on; 0 for 127.0.0.1
 */
const [port = '', zone = '', count = '', addresses = ''] = process.argv.slice(2);
const query = framed(queryWire(`host-1.${zone}`, Type.A));
const transfer = framed(queryWire(zone, Type.AXFR));
const pauseMs = 1000;
const dripMs = 1000;
/** Whoever does not read does not see that it was sent away either. */
const deafForMs = 12_000;

const tally: SlowClientsTally = { came: 0, sentAway: 0, failed: 0 };

/** What a client does once it is connected. */
const behaviours: readonly ((socket: Socket) => void)[] = [
  // Says nothing.
  (socket) => socket.resume(),
  // Half a length.
  (socket) => socket.resume().write(query.subarray(0, 1)),
  // Half a message.
  (socket) => socket.resume().write(query.subarray(0, query.length >> 1)),
  (socket) => {
    socket.resume();
    let at = 0;
    const drip = setInterval(() => {
      socket.write(query.subarray(at, at + 1));
      at = Math.min(at + 1, query.length - 2);
    }, dripMs);
    socket.once('close', () => clearInterval(drip));
  },
  // Wants the zone, and does not read it.
  (socket) => {
    socket.pause().write(transfer);
    setTimeout(() => socket.destroy(), deafForMs);
  },
];

function come(index: number): void {
  const address = addresses === '0' ? '127.0.0.1' : `127.0.1.${1 + (index % Number(addresses))}`;
  const socket = connect({ host: '127.0.0.1', port: Number(port), localAddress: address });
  socket.once('connect', () => {
    tally.came += 1;
    behaviours[index % behaviours.length]!(socket);
  });
  socket.once('error', () => (tally.failed += 1));
  socket.once('close', () => {
    tally.sentAway += 1;
    setTimeout(() => come(index), pauseMs);
  });
}

// Over a second, lest they wait in the kernel's line for nothing but each other.
for (let index = 0; index < Number(count); index += 1) setTimeout(() => come(index), (index * 1000) / Number(count));
process.once('SIGTERM', () => {
  process.stdout.write(`${JSON.stringify(tally)}\n`, () => process.exit(0));
});

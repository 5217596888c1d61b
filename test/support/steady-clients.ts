import { createSocket } from 'node:dgram';
import { setTimeout as sleep } from 'node:timers/promises';

import { Class, Rcode, Type } from '../../src/dns/codes.ts';
import { encodeMessage, makeQuery } from '../../src/dns/message.ts';
import { Name } from '../../src/dns/name.ts';
import { queryWire } from './ask.ts';
import type { EmbeddedService } from './embedded-service.ts';
import { parseRecordLines } from './record-lines.ts';
import { TcpClient } from './tcp-client.ts';

/** How one client asks, and how often. */
export interface SteadyClient {
  readonly title: string;
  readonly everyMs: number;
  /** Asks once. @returns whether there was an answer; a client asks again where there was none */
  readonly ask: (signal: AbortSignal) => Promise<boolean>;
}

/** What a client got to see. */
export interface SteadyResult {
  readonly title: string;
  /** Milliseconds until the answer, trials without success included. */
  readonly answeredMs: readonly number[];
  /** How often it had to ask again. */
  readonly repeated: number;
  /** How often there was no answer in ten seconds. */
  readonly unanswered: number;
}

const patienceMs = 10_000;
const pauseMs = 20;

/** Lets all of them ask at their pace, whether answers come or not, and waits for the last answer. */
export function askSteadily(clients: readonly SteadyClient[], seconds: number): Promise<readonly SteadyResult[]> {
  return Promise.all(clients.map((client) => askAtPace(client, seconds * 1000)));
}

async function askAtPace({ title, everyMs, ask }: SteadyClient, durationMs: number): Promise<SteadyResult> {
  const answeredMs: number[] = [];
  let repeated = 0;
  let unanswered = 0;
  const askOnce = async () => {
    const beginMs = performance.now();
    const signal = AbortSignal.timeout(patienceMs);
    for (; !signal.aborted; repeated += 1) {
      if (await ask(signal)) return void answeredMs.push(performance.now() - beginMs);
      await sleep(pauseMs);
    }
    unanswered += 1;
  };
  const underWay: Promise<void>[] = [];
  for (const beginMs = performance.now(); performance.now() - beginMs < durationMs; await sleep(everyMs))
    underWay.push(askOnce());
  await Promise.all(underWay);
  return { title, answeredMs, repeated, unanswered };
}

/** Those who use a nameserver as it is meant: by UDP, by TCP, and secondaries that ask whether there is something new. */
export async function steadyClients(embedded: EmbeddedService): Promise<readonly SteadyClient[]> {
  const { dnsPort: port, zone } = embedded;
  const ixfr = upToDate(zone, await embedded.serial());
  const query = () => queryWire(`host-${Math.trunc(Math.random() * 1000)}.${zone}`, Type.A);
  return [
    { title: 'UDP', everyMs: 10, ask: (signal) => askOverUdp(port, query(), signal) },
    { title: 'TCP, a connection each', everyMs: 20, ask: (signal) => askOverTcp(port, query(), signal) },
    { title: 'IXFR', everyMs: 100, ask: (signal) => askOverTcp(port, ixfr, signal) },
  ];
}

/** An IXFR query of a secondary that has all there is (RFC 1995 §3). */
function upToDate(zone: string, serial: number): Uint8Array {
  const [soa] = parseRecordLines([`${zone}. SOA ${serial}`]);
  const query = makeQuery({ id: 1, name: Name.parse(zone), type: Type.IXFR });
  return encodeMessage({ ...query, authorities: [{ ...soa!, class: Class.IN, ttl: 0 }] });
}

async function askOverUdp(port: number, wire: Uint8Array, signal: AbortSignal): Promise<boolean> {
  const socket = createSocket({ type: 'udp4', signal });
  const { promise, resolve } = Promise.withResolvers<boolean>();
  socket.once('message', () => resolve(true));
  socket.once('close', () => resolve(false));
  socket.once('error', () => resolve(false));
  socket.connect(port, '127.0.0.1', () => socket.send(wire));
  const isAnswered = await promise;
  if (!signal.aborted) socket.close();
  return isAnswered;
}

async function askOverTcp(port: number, wire: Uint8Array, signal: AbortSignal): Promise<boolean> {
  let client: TcpClient;
  try {
    client = await TcpClient.open(port);
  } catch {
    // It was not let in.
    return false;
  }
  const giveUp = () => client.socket.destroy();
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    client.send(wire);
    const answer = await client.receive();
    // An answer that refuses is none.
    return answer?.rcode === Rcode.NOERROR;
  } catch {
    return false;
  } finally {
    signal.removeEventListener('abort', giveUp);
    await client[Symbol.asyncDispose]();
  }
}

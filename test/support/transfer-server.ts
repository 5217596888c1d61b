import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

import { Rcode, Type } from '../../src/dns/codes.ts';
import { type Edns, findEdns } from '../../src/dns/edns.ts';
import { encodeMessage, type Message, type ResourceRecord } from '../../src/dns/message.ts';
import { MessageStream } from '../../src/dns/message-stream.ts';
import type { Name } from '../../src/dns/name.ts';
import { signError, signResponse, type TsigKey, verifyRequest } from '../../src/dns/tsig.ts';
import { AddressList } from '../../src/nameserver/address-list.ts';
import { OutgoingTransfers, type TransferQuery } from '../../src/nameserver/outgoing-transfers.ts';
import type { ServedZone, ServedZones } from '../../src/nameserver/served-zones.ts';
import { sendTransfer } from '../../src/nameserver/transfer-sending.ts';
import { isTransferQuery } from '../../src/nameserver/transfer-question.ts';
import type { Zone } from '../../src/zone/zone.ts';
import { nameOfKey } from '../../src/zone/name-key.ts';
import { packRecord, recordSetOf, unpackRecords, withRecordSet } from '../../src/zone/packed-records.ts';
import { addRecord } from '../../src/zone/record-set-change.ts';
import { soaOf, withSerial } from '../../src/zone/soa.ts';
import type { ZoneChange } from '../../src/zone/difference.ts';
import { Draft } from '../../src/zone/draft.ts';
import { perform } from './zone-fixture.ts';

/** A zone in memory that tells of its changes. */
export interface MemoryZone extends ServedZone {
  /** Carries out an UPDATE at once. @returns the rcode */
  perform(message: Message): number;
  /** Puts records into the zone by no UPDATE, so that nobody asks whether they may be there. */
  force(records: readonly ResourceRecord[]): void;
}

export function serveInMemory(zone: Zone, key: TsigKey): MemoryZone {
  const listeners = new Set<() => void>();
  return {
    origin: zone.origin,
    zone,
    update: () => Promise.reject(new Error('Updates come by perform')),
    mayTransfer: (other) => other === key,
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    perform: (message) => {
      const { serial } = zone;
      const rcode = perform(zone, message);
      if (zone.serial !== serial) for (const listener of listeners) listener();
      return rcode;
    },
    force: (records) => {
      zone.apply(additionTo(zone, records));
      for (const listener of listeners) listener();
    },
  };
}

function additionTo(zone: Zone, records: readonly ResourceRecord[]): ZoneChange {
  const draft = new Draft(zone);
  for (const { name, type, ttl: ttlSeconds, rdata } of records) {
    const before = draft.records(name.key);
    const set = addRecord(recordSetOf(before, type), packRecord({ type, ttlSeconds, rdata }));
    draft.set(name.key, withRecordSet(before, type, set));
  }
  const apex = draft.records(zone.origin.key);
  draft.set(zone.origin.key, withRecordSet(apex, Type.SOA, withSerial(soaOf(apex), zone.serial + 1)));
  return draft.change();
}

/** @param key  the one key that there is */
export function servedZones(zones: readonly ServedZone[], key: TsigKey): ServedZones {
  return {
    get: (origin) => zones.find((each) => each.origin.key === origin),
    find: (name) => zones.find((each) => nameOfKey(name).isAtOrBelow(each.origin)),
    findKey: (name: Name) => (name.equals(key.name) ? key : undefined),
    [Symbol.iterator]: () => zones[Symbol.iterator](),
  };
}

export interface TransferServer extends AsyncDisposable {
  readonly port: number;
  readonly transfers: OutgoingTransfers;
  /** How many AXFR and IXFR queries have come over TCP. */
  readonly counts: { readonly AXFR: number; readonly IXFR: number };
}

const edns: Edns = { udpPayloadSize: 1232, version: 0, dnssecOk: false, extendedRcode: 0, options: [] };
const idleTimeoutMs = 10_000;
const unixSeconds = () => Math.floor(Date.now() / 1000);

/** What secondaries need of a primary, on 127.0.0.1 over UDP and TCP: the SOA record, and transfers. */
export async function startTransferServer(
  zones: ServedZones,
  networks: readonly string[] = [],
  port = 0,
): Promise<TransferServer> {
  const allowed = new AddressList(networks);
  const transfers = new OutgoingTransfers(zones, { mayTransferTo: (_, address) => allowed.has(address), unixSeconds });
  const counts = { AXFR: 0, IXFR: 0 };
  const sockets = new Set<Socket>();
  const tcp = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    const stream = new MessageStream();
    socket.on('data', (chunk) => {
      const framing = stream.push(chunk);
      if (framing.kind === 'broken') socket.destroy();
      else for (const wire of framing.messages) void answerOverTcp(socket, wire);
    });
  });

  async function answerOverTcp(socket: Socket, wire: Uint8Array): Promise<void> {
    const query = readQuery(zones, wire, socket.remoteAddress ?? '');
    if (query instanceof Uint8Array) return void (await sendTransfer(socket, once(query), idleTimeoutMs));
    const isTransfer = isTransferQuery(query.message);
    if (isTransfer) counts[query.message.questions.some(({ type }) => type === Type.AXFR) ? 'AXFR' : 'IXFR'] += 1;
    const messages = isTransfer ? transfers.answer(query) : once(answerOther(zones, query));
    if ((await sendTransfer(socket, messages, idleTimeoutMs)) !== 'sent') socket.destroy();
  }

  const udp = createSocket('udp4');
  udp.on('message', (wire, { address, port: clientPort }) => {
    const query = readQuery(zones, wire, address);
    if (query instanceof Uint8Array) return udp.send(query, clientPort, address);
    const isTransfer = isTransferQuery(query.message);
    udp.send(isTransfer ? transfers.answerOverUdp(query) : answerOther(zones, query), clientPort, address);
  });
  const bound = await listen(tcp, udp, port);
  return {
    port: bound,
    transfers,
    counts,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      udp.close();
      const { promise, resolve } = Promise.withResolvers<void>();
      tcp.close(() => resolve());
      await promise;
    },
  };
}

async function listen(tcp: Server, udp: UdpSocket, port: number): Promise<number> {
  const listening = Promise.withResolvers<void>();
  tcp.once('error', listening.reject);
  tcp.listen(port, '127.0.0.1', listening.resolve);
  await listening.promise;
  const bound = (tcp.address() as AddressInfo).port;
  const isBound = Promise.withResolvers<void>();
  udp.once('error', isBound.reject);
  udp.bind(bound, '127.0.0.1', isBound.resolve);
  await isBound.promise;
  return bound;
}

/** A query that may be answered, or the answer that says why not. */
function readQuery(zones: ServedZones, wire: Uint8Array, clientAddress: string): TransferQuery | Uint8Array {
  const verdict = verifyRequest(wire, (name) => zones.findKey(name), unixSeconds());
  switch (verdict.kind) {
    case 'malformed':
      throw new Error(`A secondary sends what is no message: ${verdict.reason}`);
    case 'rejected':
      return signError(encodeMessage(response(verdict.message, verdict.rcode)), verdict, unixSeconds());
    case 'unsigned':
    case 'verified': {
      const { message } = verdict;
      const signedBy = verdict.kind === 'verified' ? { key: verdict.key, mac: verdict.mac } : undefined;
      return { message, signedBy, edns: findEdns(message) === undefined ? undefined : edns, clientAddress };
    }
  }
}

function answerOther(zones: ServedZones, { message, signedBy }: TransferQuery): Uint8Array {
  const [question] = message.questions;
  const zone = question?.type === Type.SOA ? zones.get(question.name.key) : undefined;
  const answer = encodeMessage(zone === undefined ? response(message, Rcode.REFUSED) : soaAnswer(message, zone));
  return signedBy === undefined ? answer : signResponse(answer, signedBy.key, signedBy.mac, unixSeconds()).wire;
}

function soaAnswer(message: Message, { origin, zone }: ServedZone): Message {
  const answers = unpackRecords(zone.soa).map(({ type, ttlSeconds, rdata }) => ({
    name: origin,
    type,
    class: 1,
    ttl: ttlSeconds,
    rdata,
  }));
  return { ...response(message, Rcode.NOERROR), aa: true, answers };
}

function response(query: Message, rcode: number): Message {
  return { ...query, qr: true, rcode, answers: [], authorities: [], additionals: [] };
}

async function* once(message: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield message;
}

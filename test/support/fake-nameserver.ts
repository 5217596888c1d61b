import { createServer, type AddressInfo, type Socket } from 'node:net';

import { Class, Opcode, Rcode, Type } from '../../src/dns/codes.ts';
import { decodeMessage, encodeMessage, type Message, type ResourceRecord } from '../../src/dns/message.ts';
import type { Name } from '../../src/dns/name.ts';
import { signError, signResponse, type TsigKey, verifyRequest } from '../../src/dns/tsig.ts';
import { parseUpdate, type Prerequisite, type UpdateOperation } from '../../src/dns/update.ts';
import { sameRdatas } from '../../src/updates/record-set.ts';

/** A request that the fake has understood, and the honest answer that it would send. */
export interface Exchange {
  readonly request: Message;
  readonly isUpdate: boolean;
  /** How many requests came before this one, updates and queries counted apart. */
  readonly ordinal: number;
  /** The honest answer as a message, and as signed octets. */
  readonly answer: Message;
  /** The honest answer as it would be by now. */
  readonly answerNow: () => Message;
  readonly sign: (message: Message) => Uint8Array;
  readonly send: (wire: Uint8Array) => void;
  readonly sendRaw: (octets: Uint8Array) => void;
  readonly socket: Socket;
  /** Carries out the update; the honest behaviour does so before it answers. */
  readonly apply: () => void;
}

/** What the fake does with a request; without one it is honest. */
export type Behaviour = (exchange: Exchange) => void;

export interface FakeNameserver extends AsyncDisposable {
  readonly port: number;
  readonly updates: readonly Message[];
  readonly queries: readonly Message[];
  /** Owner and type → texts, as the fake's zone holds them. */
  records(name: Name, type: number): readonly ResourceRecord[];
  /** Replaces the A records of a name, as somebody else's update would. */
  put(name: Name, ipv4: string): void;
  behave(behaviour: Behaviour): void;
  /** Drops all connections, and takes no new ones until {@link listen}. */
  stop(): Promise<void>;
  listen(): Promise<void>;
}

/** The honest way: apply, then answer. */
export const honest: Behaviour = ({ apply, answer, sign, send }) => {
  apply();
  send(sign(answer));
};

/**
 * A nameserver of one zone on a real socket, in memory, that tells the truth until it is told to lie.
 *
 * It is here for what no real nameserver does on demand: wrong IDs, broken signatures, silence at the worst moment. That
 * our client gets on with real ones is for the tests with real ones to show.
 */
export async function startFakeNameserver(zone: Name, key: TsigKey): Promise<FakeNameserver> {
  const zoneRecords = new Map<string, ResourceRecord[]>();
  const updates: Message[] = [];
  const queries: Message[] = [];
  const sockets = new Set<Socket>();
  let behaviour: Behaviour = honest;
  let serial = 1;
  let port = 0;

  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    let pending: Uint8Array = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      pending = Buffer.concat([pending, chunk]);
      while (pending.length >= 2) {
        const length = ((pending[0] ?? 0) << 8) | (pending[1] ?? 0);
        if (pending.length < length + 2) return;
        const wire = pending.subarray(2, length + 2);
        pending = pending.subarray(length + 2);
        received(socket, Uint8Array.from(wire));
      }
    });
  });

  function received(socket: Socket, wire: Uint8Array): void {
    const nowSeconds = Math.floor(Date.now() / 1000);
    const send = (octets: Uint8Array) => {
      socket.write(Buffer.concat([Uint8Array.of(octets.length >> 8, octets.length & 0xff), octets]));
    };
    const verdict = verifyRequest(wire, (name) => (name.equals(key.name) ? key : undefined), nowSeconds);
    if (verdict.kind === 'rejected')
      return send(signError(encodeMessage(response(verdict.message, verdict.rcode)), verdict, nowSeconds));
    if (verdict.kind !== 'verified') return send(encodeMessage(response(decodeMessage(wire), Rcode.REFUSED)));
    const request = verdict.message;
    const isUpdate = request.opcode === Opcode.UPDATE;
    const answerNow = () => (isUpdate ? response(request, prerequisiteRcode(request)) : lookUp(request));
    const log = isUpdate ? updates : queries;
    log.push(request);
    behaviour({
      request,
      isUpdate,
      ordinal: log.length - 1,
      answer: answerNow(),
      answerNow,
      sign: (message) => signResponse(encodeMessage(message), key, verdict.mac, nowSeconds).wire,
      send,
      sendRaw: (octets) => void socket.write(octets),
      socket,
      apply: () => {
        if (isUpdate && prerequisiteRcode(request) === Rcode.NOERROR) apply(request);
      },
    });
  }

  function lookUp(request: Message): Message {
    const [question] = request.questions;
    if (!question?.name.isAtOrBelow(zone)) return response(request, Rcode.REFUSED);
    if (question.type === Type.SOA && question.name.equals(zone))
      return { ...response(request, Rcode.NOERROR), aa: true, answers: [soaRecord(zone, serial)] };
    const atName = zoneRecords.get(question.name.key) ?? [];
    const answers = atName.filter(({ type }) => type === question.type || type === Type.CNAME);
    return { ...response(request, atName.length > 0 ? Rcode.NOERROR : Rcode.NXDOMAIN), aa: true, answers };
  }

  /** RFC 2136 §3.2, as far as our client goes: the rcode of the first prerequisite that does not hold. */
  function prerequisiteRcode(request: Message): number {
    const parsed = parseUpdate(request);
    if (parsed.kind === 'rejected') return parsed.rcode;
    for (const prerequisite of parsed.update.prerequisites) {
      const rcode = checkPrerequisite(zoneRecords, prerequisite);
      if (rcode !== Rcode.NOERROR) return rcode;
    }
    return Rcode.NOERROR;
  }

  function apply(request: Message): void {
    const parsed = parseUpdate(request);
    if (parsed.kind !== 'update' || parsed.update.operations.length === 0) return;
    for (const operation of parsed.update.operations) applyOperation(zoneRecords, operation);
    serial += 1;
  }

  const listen = async () => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
    await promise;
    port = (server.address() as AddressInfo).port;
  };
  const stop = async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    server.close(() => resolve());
    // Not reset: a process in which an ended socket is reset never comes to its end on Node 24.
    for (const socket of sockets) socket.destroy();
    await promise;
  };
  await listen();
  return {
    get port() {
      return port;
    },
    updates,
    queries,
    records: (name, type) => (zoneRecords.get(name.key) ?? []).filter((record) => record.type === type),
    put: (name, ipv4) => {
      const address = Uint8Array.from(ipv4.split('.').map(Number));
      zoneRecords.set(name.key, [{ name, type: Type.A, class: Class.IN, ttl: 60, rdata: { kind: 'A', address } }]);
      serial += 1;
    },
    behave: (next) => {
      behaviour = next;
    },
    stop,
    listen,
    [Symbol.asyncDispose]: stop,
  };
}

function response(request: Message, rcode: number): Message {
  return { ...request, qr: true, rcode, answers: [], authorities: [], additionals: [] };
}

function soaRecord(zone: Name, serial: number): ResourceRecord {
  const times = { refresh: 3600, retry: 600, expire: 86400, minimum: 60 };
  const rdata = { kind: 'SOA', mname: zone, rname: zone, serial, ...times } as const;
  return { name: zone, type: Type.SOA, class: Class.IN, ttl: 60, rdata };
}

function checkPrerequisite(records: Map<string, ResourceRecord[]>, prerequisite: Prerequisite): number {
  const held = records.get(prerequisite.name.key) ?? [];
  const ofType = 'type' in prerequisite ? held.filter(({ type }) => type === prerequisite.type) : [];
  switch (prerequisite.kind) {
    case 'name-in-use':
      return held.length > 0 ? Rcode.NOERROR : Rcode.NXDOMAIN;
    case 'name-not-in-use':
      return held.length > 0 ? Rcode.YXDOMAIN : Rcode.NOERROR;
    case 'rrset-exists':
      return ofType.length > 0 ? Rcode.NOERROR : Rcode.NXRRSET;
    case 'rrset-absent':
      return ofType.length > 0 ? Rcode.YXRRSET : Rcode.NOERROR;
    case 'rrset-exists-exactly': {
      const rdatas = ofType.map(({ rdata }) => rdata);
      return sameRdatas(rdatas, prerequisite.rdatas) ? Rcode.NOERROR : Rcode.NXRRSET;
    }
  }
}

function applyOperation(records: Map<string, ResourceRecord[]>, operation: UpdateOperation): void {
  const { name } = operation;
  const held = records.get(name.key) ?? [];
  switch (operation.kind) {
    case 'add':
      records.set(name.key, [
        ...held,
        { name, type: operation.type, class: 1, ttl: operation.ttl, rdata: operation.rdata },
      ]);
      return;
    case 'delete-rrset':
      records.set(
        name.key,
        held.filter(({ type }) => type !== operation.type),
      );
      return;
    case 'delete-name':
    case 'delete-record':
      records.delete(name.key);
  }
}

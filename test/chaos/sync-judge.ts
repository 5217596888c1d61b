import { MessageFrames } from '../../src/nameserver/message-frames.ts';
import type { TracedCall } from './call-trace.ts';

/** How changes are told apart in all that is written and sent: an address that no other change has. */
export interface Marks {
  /** The numbers of the marks in these octets, as RDATA of AAAA or as text. */
  readonly find: (octets: Buffer) => readonly number[];
}

export interface JudgedTrace {
  /** Whatever left the process before what it tells of was synced. */
  readonly complaints: readonly string[];
  /** The changes that the trace shows as acknowledged: by HTTP, by UPDATE over UDP and over TCP. */
  readonly acknowledged: Readonly<Record<'http' | 'udp' | 'tcp', ReadonlySet<number>>>;
  /** Answers to questions and messages of transfers that told of a change. */
  readonly served: number;
  readonly transactions: number;
}

export interface JudgedPlace {
  readonly httpPort: number;
  readonly dnsPort: number;
}

/** What a transaction has put into the write-ahead log, from its first frame to its commit mark. */
interface LoggedTransaction {
  readonly marks: ReadonlySet<number>;
  /** The line in which the last of its writes ended. */
  readonly writtenAt: number;
  /** The line in which the first sync ended that began after that; Infinity for none. */
  readonly syncedAt: number;
}

const frameHeaderOctets = 24;
const commitSizeOffset = 4;
const updateAnswer = 0xa8;
const noError = 0;
const headerOctets = 12;

/**
 * Judges by a trace whether nothing of a change leaves the process before it is on stable storage (RFC 2136 §3.5).
 *
 * For each mark it finds the first transaction in the log that holds it, and the first sync of the log that began when that had been
 * written whole. Whatever is sent with the mark in it, and the answer to the UPDATE whose ID is the mark's number, has to begin after
 * that sync has ended. Lines of a trace tell of nothing more than they can: see {@link TracedCall}.
 */
export function judgeTrace(calls: readonly TracedCall[], marks: Marks, place: JudgedPlace): JudgedTrace {
  const transactions = findTransactions(calls, marks);
  const syncedAt = new Map<number, number>();
  for (const transaction of transactions)
    for (const mark of transaction.marks) if (!syncedAt.has(mark)) syncedAt.set(mark, transaction.syncedAt);
  const complaints: string[] = [];
  const acknowledged = { http: new Set<number>(), udp: new Set<number>(), tcp: new Set<number>() };
  let served = 0;
  const expectSynced = (mark: number, what: string, call: TracedCall) => {
    const synced = syncedAt.get(mark) ?? Infinity;
    if (call.beginsAt > synced) return;
    const when = synced === Infinity ? 'was never synced' : `was synced in line ${synced + 1}`;
    complaints.push(`line ${call.beginsAt + 1}: ${what} tells of change ${mark}, which ${when}`);
  };
  for (const call of calls) {
    const door = doorOf(call, place);
    if (door === undefined) continue;
    const told = new Set(marks.find(call.octets));
    for (const mark of told) expectSynced(mark, `what is sent by ${door}`, call);
    if (door === 'http') for (const mark of told) acknowledged.http.add(mark);
    else if (told.size > 0) served += 1;
    if (door === 'http') continue;
    for (const id of updatesAcknowledged(call.octets, door)) {
      acknowledged[door].add(id);
      expectSynced(id, `the answer to an UPDATE over ${door}`, call);
    }
  }
  return { complaints, acknowledged, served, transactions: transactions.length };
}

function findTransactions(calls: readonly TracedCall[], marks: Marks): readonly LoggedTransaction[] {
  const log = calls.filter(({ target }) => target.endsWith('-wal'));
  const syncs = log.filter(({ call, hasSucceeded }) => call !== 'pwrite64' && hasSucceeded);
  const transactions: LoggedTransaction[] = [];
  let found = new Set<number>();
  let isLastFrame = false;
  for (const { call, octets, endsAt } of log) {
    if (call !== 'pwrite64') continue;
    if (octets.length === frameHeaderOctets) {
      // The size of the database after the commit, in pages; 0 in all frames but a transaction's last.
      isLastFrame = octets.readUInt32BE(commitSizeOffset) !== 0;
      continue;
    }
    for (const mark of marks.find(octets)) found.add(mark);
    if (!isLastFrame) continue;
    isLastFrame = false;
    const sync = syncs.find(({ beginsAt }) => beginsAt > endsAt);
    transactions.push({ marks: found, writtenAt: endsAt, syncedAt: sync?.endsAt ?? Infinity });
    found = new Set();
  }
  return transactions;
}

function doorOf({ target }: TracedCall, { httpPort, dnsPort }: JudgedPlace): 'http' | 'udp' | 'tcp' | undefined {
  if (target.startsWith(`TCP:[127.0.0.1:${httpPort}->`)) return 'http';
  if (target.startsWith(`TCP:[127.0.0.1:${dnsPort}->`)) return 'tcp';
  return target.startsWith(`UDP:[127.0.0.1:${dnsPort}`) ? 'udp' : undefined;
}

/** The IDs of answers of success to UPDATEs. */
function updatesAcknowledged(octets: Buffer, door: 'udp' | 'tcp'): readonly number[] {
  return messagesOf(octets, door)
    .filter((message) => message.length >= headerOctets && (message[2]! & 0xf8) === updateAnswer)
    .filter((message) => (message[3]! & 0xf) === noError)
    .map((message) => (message[0]! << 8) | message[1]!);
}

function messagesOf(octets: Buffer, door: 'udp' | 'tcp'): readonly Uint8Array[] {
  if (door === 'udp') return [octets];
  const frames = new MessageFrames();
  frames.push(octets);
  const messages: Uint8Array[] = [];
  for (let message = frames.next(); message !== undefined; message = frames.next()) messages.push(message);
  return messages;
}

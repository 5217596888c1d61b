import { randomInt } from 'node:crypto';
import { connect } from 'node:net';

import type { ResourceRecord } from '../dns/message.ts';
import { frames, MessageStream } from '../dns/message-stream.ts';
import type { Name } from '../dns/name.ts';
import type { TsigKey } from '../dns/tsig.ts';
import { type ReceptionFault, ZoneReception } from './zone-reception.ts';

/** Where a zone is to be had. */
export interface ZoneSource {
  readonly zone: Name;
  readonly address: string;
  readonly port: number;
  readonly key: TsigKey | undefined;
}

export interface ReceptionLimits {
  readonly maxRecords: number;
  /** How long nothing at all may come, the connection included. */
  readonly idleTimeoutMs: number;
  /** How long all of it may take. */
  readonly deadlineMs: number;
}

/** Ten million records take some gigabytes of memory; who has more moves a file. */
export const defaultReceptionLimits: ReceptionLimits = {
  maxRecords: 10_000_000,
  idleTimeoutMs: 30_000,
  deadlineMs: 60 * 60_000,
};

/** `complete` and `failed` come last. Until `complete`, the records are no zone, and are to be thrown away. */
export type ReceptionEvent =
  | { readonly kind: 'records'; readonly records: readonly ResourceRecord[] }
  | { readonly kind: 'complete'; readonly recordCount: number }
  | { readonly kind: 'failed'; readonly fault: ReceptionFault };

/**
 * Fetches a whole zone from a running nameserver by AXFR over TCP (RFC 5936), as one client of many that it may have.
 *
 * The connection is read as fast as the records are taken; it is closed when there are no more, or nobody wants more.
 */
export async function* receiveZone(
  source: ZoneSource,
  unixSeconds: () => number,
  limits: ReceptionLimits = defaultReceptionLimits,
): AsyncGenerator<ReceptionEvent, void, undefined> {
  const { zone, key, address, port } = source;
  const reception = new ZoneReception(zone, key, randomInt(0x10000), unixSeconds(), limits.maxRecords);
  const stream = new MessageStream();
  const socket = connect({ host: address, port, signal: AbortSignal.timeout(limits.deadlineMs) });
  socket.setTimeout(limits.idleTimeoutMs, () => socket.destroy(new SilenceError()));
  try {
    socket.write(frames([reception.query]));
    for await (const chunk of socket) {
      const framing = stream.push(chunk as Uint8Array);
      if (framing.kind === 'broken') {
        yield { kind: 'failed', fault: { code: 'malformed', reason: 'What the server sends is not DNS over TCP' } };
        return;
      }
      for (const wire of framing.messages) {
        const step = reception.take(wire, unixSeconds());
        if (step.kind === 'failed') {
          yield step;
          return;
        }
        if (step.records.length > 0) yield { kind: 'records', records: step.records };
        if (step.isComplete) {
          yield { kind: 'complete', recordCount: reception.recordCount };
          return;
        }
      }
    }
    const closed = { code: 'closed', reason: 'The server has closed the connection before the end' } as const;
    yield { kind: 'failed', fault: reception.interrupted(closed) };
  } catch (error) {
    yield { kind: 'failed', fault: reception.interrupted(connectionFault(error, source)) };
  } finally {
    socket.destroy();
  }
}

/** Nothing has come for too long. */
class SilenceError extends Error {
  override readonly name = 'SilenceError';
}

function connectionFault(error: unknown, { address, port }: ZoneSource): ReceptionFault {
  if (!(error instanceof Error)) throw error;
  if (error instanceof SilenceError || error.name === 'TimeoutError' || error.name === 'AbortError')
    return { code: 'timed-out', reason: 'The server does not send the zone in time' };
  const system = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  if (system === undefined || !/^E[A-Z]+$/.test(system)) throw error;
  if (system === 'ECONNRESET' || system === 'EPIPE')
    return { code: 'closed', reason: 'The server has broken the connection off' };
  return { code: 'unreachable', reason: `Port ${port} of ${address} cannot be reached (${system})` };
}

import { Rcode, rcodeName, tsigErrorName, Type } from '../dns/codes.ts';
import { DnsDecodeError } from '../dns/errors.ts';
import { decodeMessage, encodeMessage, makeQuery, type Message, type ResourceRecord } from '../dns/message.ts';
import type { Name } from '../dns/name.ts';
import { signRequest, type TsigKey } from '../dns/tsig.ts';
import { ResponseStreamVerifier } from '../dns/tsig-stream.ts';
import { AxfrAssembly } from './axfr-assembly.ts';

/** Why a zone did not come, or not to its end. */
export interface ReceptionFault {
  readonly code:
    | 'unreachable' // no connection
    | 'timed-out' // nothing has come for too long, or all of it takes too long
    | 'closed' // the connection ended before the transfer
    | 'refused' // the server says no, by its rcode
    | 'signature' // the server did not accept ours, or its own is missing or wrong
    | 'malformed' // what came is no transfer of this zone
    | 'too-large'; // it is longer than allowed
  /** In words, for people. */
  readonly reason: string;
  /** With `refused`. */
  readonly rcode?: number;
}

/** What came of the octets of one more message. */
export type ReceptionStep =
  | { readonly kind: 'records'; readonly records: readonly ResourceRecord[]; readonly isComplete: boolean }
  | { readonly kind: 'failed'; readonly fault: ReceptionFault };

/**
 * One AXFR as its client sees it, without the network: the query to send, and what comes of each message.
 *
 * With a key, no record is handed on before a signature covers it (RFC 8945 §5.3.1).
 */
export class ZoneReception {
  /** To be sent, without a length in front. */
  readonly query: Uint8Array;
  readonly #assembly: AxfrAssembly;
  readonly #verifier: ResponseStreamVerifier | undefined;

  /** @param id  nobody should be able to guess it */
  constructor(zone: Name, key: TsigKey | undefined, id: number, nowSeconds: number, maxRecords: number) {
    const query = encodeMessage(makeQuery({ id, name: zone, type: Type.AXFR }));
    this.#assembly = new AxfrAssembly(zone, id, maxRecords);
    if (key === undefined) this.query = query;
    else {
      const signed = signRequest(query, key, nowSeconds);
      this.query = signed.wire;
      this.#verifier = new ResponseStreamVerifier(key, signed.mac);
    }
  }

  get recordCount(): number {
    return this.#assembly.recordCount;
  }

  /** @param wire  one message, without the length in front */
  take(wire: Uint8Array, nowSeconds: number): ReceptionStep {
    const verified = this.#verifier === undefined ? decoded(wire) : this.#verify(this.#verifier, wire, nowSeconds);
    if (verified.kind === 'failed') return verified;
    const records: ResourceRecord[] = [];
    let isComplete = false;
    for (const message of verified.messages) {
      const step = this.#assembly.take(message);
      if (step.kind !== 'records') {
        const { kind: code, reason } = step;
        return failed(step.kind === 'refused' ? { code, reason, rcode: step.rcode } : { code, reason });
      }
      records.push(...step.records);
      ({ isComplete } = step);
    }
    return { kind: 'records', records, isComplete };
  }

  /** What to say when the connection has ended, or gone silent, before the transfer was complete. */
  interrupted(fault: ReceptionFault): ReceptionFault {
    const isUnsigned = this.recordCount > 0 && (this.#verifier?.isPending ?? false);
    return isUnsigned ? { code: 'signature', reason: 'The last message of the transfer is unsigned' } : fault;
  }

  #verify(verifier: ResponseStreamVerifier, wire: Uint8Array, nowSeconds: number): Verified {
    const verdict = verifier.take(wire, nowSeconds);
    switch (verdict.kind) {
      case 'verified':
        return verdict;
      case 'pending':
        return { kind: 'verified', messages: [] };
      case 'peer-error':
        return failed({ code: 'signature', reason: `The server answers ${tsigErrorName(verdict.error)}` });
      case 'unsigned': {
        const { rcode } = verdict.message;
        const said = rcode === Rcode.NOERROR ? '' : `, and says ${rcodeName(rcode)}`;
        return failed({ code: 'signature', reason: `${verdict.reason}${said}` });
      }
      case 'forged':
        return failed({ code: 'signature', reason: verdict.reason });
      case 'malformed':
        return failed({ code: 'malformed', reason: verdict.reason });
    }
  }
}

type Verified =
  | { readonly kind: 'verified'; readonly messages: readonly Message[] }
  | Extract<ReceptionStep, { kind: 'failed' }>;

function decoded(wire: Uint8Array): Verified {
  try {
    return { kind: 'verified', messages: [decodeMessage(wire)] };
  } catch (error) {
    if (error instanceof DnsDecodeError) return failed({ code: 'malformed', reason: error.message });
    throw error;
  }
}

function failed(fault: ReceptionFault): Extract<ReceptionStep, { kind: 'failed' }> {
  return { kind: 'failed', fault };
}

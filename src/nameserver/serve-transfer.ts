import type { AnswerForm } from './answer-form.ts';
import type { TransferType } from './respond.ts';
import type { ServedZone } from './served-zones.ts';

/** An AXFR or IXFR that came over TCP, for a zone that is ours, with a right signature or none. */
export interface TransferRequest {
  readonly type: TransferType;
  readonly zone: ServedZone;
  /** The request as a message, and who has signed it. */
  readonly form: AnswerForm;
  /** As Node writes it. */
  readonly clientAddress: string;
}

/** Where the messages of a transfer go. */
export interface TransferChannel {
  /**
   * Sends one message, with TCP's length prefix put before it; the octets must not be written to afterwards.
   *
   * @returns when there is room for the next; false when the connection is gone and nobody will read it
   */
  send(message: Uint8Array): Promise<boolean>;
  /** Breaks the connection off, so that nobody takes what was sent for the whole (RFC 5936 §2.2). */
  breakOff(): void;
  /** Aborted when the connection is gone or the nameserver ends. */
  readonly signal: AbortSignal;
}

/**
 * Answers a transfer, whether by the zone, by the rcode of a refusal, or by the SOA record alone. Who may have it, it decides
 * itself, and it signs what it sends. When it returns or throws, the transfer is over.
 */
export type ServeTransfer = (request: TransferRequest, channel: TransferChannel) => Promise<void>;

import { Rcode } from '../dns/codes.ts';
import type { Edns } from '../dns/edns.ts';
import type { Message } from '../dns/message.ts';
import type { RequestMac, TsigKey } from '../dns/tsig.ts';
import { ResponseStreamSigner } from '../dns/tsig-stream.ts';
import { PacedTurns } from './paced-turns.ts';
import type { ServedZone, ServedZones } from './served-zones.ts';
import { areShortChanges, changesSince, isShortZone, type TransferContent, wholeZone } from './transfer-content.ts';
import { errorMessage, singleMessage, transferMessages } from './transfer-messages.ts';
import { defaultTransferLimits, type TransferLimits, TransferPlaces } from './transfer-places.ts';
import { readTransferQuestion, type TransferQuestion } from './transfer-question.ts';

/** An AXFR or IXFR query, decoded, its TSIG verified. */
export interface TransferQuery {
  readonly message: Message;
  /** Who has signed it; undefined where nobody has. */
  readonly signedBy: { readonly key: TsigKey; readonly mac: RequestMac } | undefined;
  /** What our OPT record is to say; undefined where the query has none. */
  readonly edns: Edns | undefined;
  /** The address that it came from. */
  readonly clientAddress: string;
}

export interface TransferSettings {
  /** Whether this address may transfer the zone without a key, or whatever the key. */
  readonly mayTransferTo: (zone: ServedZone, address: string) => boolean;
  readonly unixSeconds: () => number;
  readonly limits?: TransferLimits;
}

/** Whether a query gets what it asks for. */
type Admission =
  | {
      readonly kind: 'admitted';
      readonly served: ServedZone;
      readonly question: Exclude<TransferQuestion, { kind: 'malformed' }>;
    }
  | { readonly kind: 'refused'; readonly rcode: number };

/**
 * Zone transfers out: AXFR (RFC 5936) and IXFR (RFC 1995).
 *
 * NOTAUTH where the zone is not ours (RFC 5936 §2.2.1), REFUSED where neither the key nor the address may have it.
 */
export class OutgoingTransfers {
  readonly #zones: ServedZones;
  readonly #settings: TransferSettings;
  readonly #places: TransferPlaces;
  readonly #turns = new PacedTurns();

  constructor(zones: ServedZones, settings: TransferSettings) {
    this.#zones = zones;
    this.#settings = settings;
    this.#places = new TransferPlaces(settings.limits ?? defaultTransferLimits);
  }

  /** How many are under way. */
  get underWay(): number {
    return this.#places.taken;
  }

  /** Whether others wait for one of those under way to end. */
  get areWaitedFor(): boolean {
    return this.#places.areWanted;
  }

  /**
   * The answer to a query that came over TCP, in messages that are encoded and, if the query was, signed.
   *
   * A message is made when it is asked for, so that nothing waits in memory while the client is slow, and one of all transfers
   * at a time, some two milliseconds, with turns of the event loop between, so that others do not wait for transfers. What
   * one message holds, as most differences are, waits for no place. Whoever stops asking has to call `return`, as `for await`
   * does: until then the version of the zone is kept.
   *
   * @param signal  aborted when the client is gone, lest it stand in line
   */
  async *answer(query: TransferQuery, signal?: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
    const head = { query: query.message, edns: query.edns };
    const sign = this.#signer(query);
    const admission = this.#admit(query);
    if (admission.kind === 'refused') {
      yield sign(errorMessage(head, admission.rcode));
      return;
    }
    const single = mayBeShort(admission) ? singleMessage(head, contentFor(admission)) : undefined;
    if (single !== undefined) {
      yield sign(single);
      return;
    }
    using place = await this.#places.take(query.clientAddress, signal);
    if (place === undefined) {
      yield sign(errorMessage(head, Rcode.REFUSED));
      return;
    }
    // While the network takes all at once, nothing else would come to its turn before some megabytes have been made.
    await this.#turns.take();
    for (const message of transferMessages(head, contentFor(admission))) {
      yield sign(message);
      await this.#turns.take();
    }
  }

  #admit({ message, signedBy, clientAddress }: TransferQuery): Admission {
    const question = readTransferQuestion(message);
    if (question.kind === 'malformed') return { kind: 'refused', rcode: question.rcode };
    const served = this.#zones.get(question.zone.key);
    if (served === undefined) return { kind: 'refused', rcode: Rcode.NOTAUTH };
    const isPermitted =
      (signedBy !== undefined && served.mayTransfer(signedBy.key)) ||
      this.#settings.mayTransferTo(served, clientAddress);
    return isPermitted ? { kind: 'admitted', served, question } : { kind: 'refused', rcode: Rcode.REFUSED };
  }

  #signer({ signedBy }: TransferQuery): (message: Uint8Array) => Uint8Array {
    if (signedBy === undefined) return (message) => message;
    const signer = new ResponseStreamSigner(signedBy.key, signedBy.mac);
    return (message) => signer.sign(message, this.#settings.unixSeconds());
  }
}

function contentFor({ served, question }: Extract<Admission, { kind: 'admitted' }>): TransferContent {
  return question.kind === 'whole' ? wholeZone(served.zone) : changesSince(served.zone, question.serial);
}

function mayBeShort({ served, question }: Extract<Admission, { kind: 'admitted' }>): boolean {
  return question.kind === 'whole' ? isShortZone(served.zone) : areShortChanges(served.zone, question.serial);
}

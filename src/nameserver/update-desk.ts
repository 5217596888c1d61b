import { Rcode } from '../dns/codes.ts';
import { splitTsig } from '../dns/tsig-record.ts';
import { parseUpdate, zoneSectionFault } from '../dns/update.ts';
import { type AnswerForm, headerAnswer, renderAnswer, type Signer } from './answer-form.ts';
import { type AnswerContent, bareContent } from './answer-query.ts';
import { type RememberedUpdate, ReplayMemory, type RequestIdentity } from './replay-memory.ts';
import type { ReceivedUpdate } from './respond.ts';
import type { ServedZone, ServedZones, UpdateSubmission } from './served-zones.ts';

type Submission = Omit<UpdateSubmission, 'remember'>;

/** What became of an UPDATE, for the log. */
export interface UpdateReport {
  readonly zone: string | undefined;
  readonly keyName: string | undefined;
  readonly rcode: number;
  readonly reason: string | undefined;
}

export interface UpdateDeskOptions {
  readonly zones: ServedZones;
  readonly unixSeconds: () => number;
  readonly maxUnderWay: number;
  readonly maxRemembered: number;
  readonly remembered: Iterable<RememberedUpdate>;
  readonly report: (report: UpdateReport) => void;
  /** Told of a request that our own code has failed on. */
  readonly mistaken: (request: Uint8Array, mistake: unknown) => void;
}

/**
 * Takes UPDATEs, whichever way they came, and answers each when it is done.
 *
 * The order is the zone section (FORMERR), is the zone ours (NOTAUTH, RFC 2136 §3.1.2), may the requester, which is for a request
 * without a signature no (REFUSED), the form of all the rest (FORMERR, NOTZONE), and then whatever the zone finds.
 *
 * Deliberately differs: RFC 2136 §3.3 has the requester's rights after the prerequisites. Here nothing that a stranger sends is
 * looked into, so that nobody has us work for him.
 */
export class UpdateDesk {
  readonly #options: UpdateDeskOptions;
  readonly #replays: ReplayMemory;
  #underWay = 0;

  constructor(options: UpdateDeskOptions) {
    this.#options = options;
    this.#replays = new ReplayMemory(options.maxRemembered, options.remembered);
  }

  /**
   * @param wire  the request as received; kept until it is answered
   * @returns the answer, signed where the request is; it never rejects, and throws only by a mistake of ours
   */
  receive({ form, source, transport }: ReceivedUpdate, wire: Uint8Array): Uint8Array | Promise<Uint8Array> {
    const fault = zoneSectionFault(form.request);
    if (fault !== undefined) return this.#refuse(form, fault.rcode, fault.reason);
    const zone = this.#options.zones.get(form.request.questions[0]!.name.key);
    if (zone === undefined) return this.#refuse(form, Rcode.NOTAUTH, 'The zone is not ours');
    const { signer } = form;
    if (signer === undefined) return this.#refuse(form, Rcode.REFUSED, 'The request is not signed');
    if (!zone.mayUpdate(signer.key))
      return this.#refuse(form, Rcode.REFUSED, `The key ${signer.key.name.toString()} is not for updates of this zone`);
    if (transport === 'udp' && zone.needsTrueSource(signer.key)) return this.#askForTcp(form, signer);
    const parsed = parseUpdate(form.request);
    if (parsed.kind === 'rejected') return this.#refuse(form, parsed.rcode, parsed.reason);
    return this.#receiveSigned(form, signer, zone, { update: parsed.update, key: signer.key, source }, wire);
  }

  #receiveSigned(
    form: AnswerForm,
    signer: Signer,
    zone: ServedZone,
    submission: Submission,
    wire: Uint8Array,
  ): Uint8Array | Promise<Uint8Array> {
    const identity = identityOf(wire, signer);
    const recollection = this.#replays.recall(identity, this.#options.unixSeconds());
    switch (recollection.kind) {
      case 'known':
        return this.#repeat(form, recollection.answer);
      case 'forgotten':
        return this.#refuse(form, Rcode.SERVFAIL, 'It was signed so long ago that nobody knows whether it is a replay');
      case 'new':
        break;
    }
    if (this.#underWay >= this.#options.maxUnderWay)
      return this.#refuse(form, Rcode.SERVFAIL, `${this.#underWay} updates are under way, and that is the most`);
    const done = this.#carryOut(form, signer, zone, submission, identity);
    const answer = done.catch((mistake: unknown) => this.#afterMistake(form, wire, identity, mistake));
    this.#replays.remember(
      identity,
      answer.then(({ octets, isDone }) => (isDone ? octets : undefined)),
    );
    return answer.then(({ octets }) => octets);
  }

  async #carryOut(
    form: AnswerForm,
    { mac }: Signer,
    zone: ServedZone,
    submission: Submission,
    identity: RequestIdentity,
  ): Promise<{ readonly octets: Uint8Array; readonly isDone: boolean }> {
    const answer = (rcode: number) => renderAnswer(form, bareContent(rcode), this.#options.unixSeconds());
    const remember = { mac, timeSignedSeconds: identity.timeSigned, answer };
    this.#underWay += 1;
    let verdict;
    try {
      verdict = await zone.update({ ...submission, remember });
    } finally {
      this.#underWay -= 1;
    }
    const octets = answer(verdict.rcode);
    // RFC 2136 §3.4.2.1: after SERVFAIL nothing has been done, so the same request may come again.
    const isDone = verdict.rcode !== Rcode.SERVFAIL;
    if (isDone) this.#replays.remember(identity, octets);
    else this.#replays.forget(identity);
    this.#report(form, verdict.rcode, verdict.reason);
    return { octets, isDone };
  }

  /** Nobody knows how far it came; a repetition is sorted out by what the store remembers. */
  #afterMistake(
    form: AnswerForm,
    wire: Uint8Array,
    identity: RequestIdentity,
    mistake: unknown,
  ): { readonly octets: Uint8Array; readonly isDone: false } {
    this.#options.mistaken(wire, mistake);
    this.#replays.forget(identity);
    return { octets: this.#failure(form, wire), isDone: false };
  }

  /** SERVFAIL, signed unless it is the writing or the signing that fails. */
  #failure(form: AnswerForm, wire: Uint8Array): Uint8Array {
    try {
      return renderAnswer(form, bareContent(Rcode.SERVFAIL), this.#options.unixSeconds());
    } catch {
      return headerAnswer(wire, Rcode.SERVFAIL);
    }
  }

  /** The very octets that were answered before; while they are being made, they are waited for. */
  async #repeat(form: AnswerForm, remembered: Uint8Array | Promise<Uint8Array | undefined>): Promise<Uint8Array> {
    return (await remembered) ?? this.#refuse(form, Rcode.SERVFAIL, 'The request that this one repeats has failed');
  }

  /**
   * TC, so that a client comes again over TCP, where nobody can write somebody else's address (RFC 2136 §2.1); REFUSED, so that one which
   * does not know TC does not take it for done.
   */
  #askForTcp(form: AnswerForm, { key }: Signer): Uint8Array {
    const reason = `The key ${key.name.toString()} is good from some networks alone, and over UDP any source can be forged; it counts over TCP`;
    return this.#answer(form, { ...bareContent(Rcode.REFUSED), isTruncated: true }, reason);
  }

  #refuse(form: AnswerForm, rcode: number, reason: string): Uint8Array {
    return this.#answer(form, bareContent(rcode), reason);
  }

  #answer(form: AnswerForm, content: AnswerContent, reason: string): Uint8Array {
    this.#report(form, content.rcode, reason);
    return renderAnswer(form, content, this.#options.unixSeconds());
  }

  #report({ request, signer }: AnswerForm, rcode: number, reason: string | undefined): void {
    const zone = request.questions[0]?.name.toString();
    this.#options.report({ zone, keyName: signer?.key.name.toString(), rcode, reason });
  }
}

/** The Time Signed is in the TSIG record, which is no longer part of the message. */
function identityOf(wire: Uint8Array, { key, mac }: Signer): RequestIdentity {
  const split = splitTsig(wire);
  if (split.kind !== 'signed') throw new Error('A request whose signature was verified has none');
  return { keyName: key.name.toLowerCase().wire, mac, timeSigned: split.tsig.timeSignedSeconds };
}

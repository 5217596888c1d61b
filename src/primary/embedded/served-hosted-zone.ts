import { Rcode } from '../../dns/codes.ts';
import type { Name } from '../../dns/name.ts';
import { defaultFudgeSeconds, type TsigKey } from '../../dns/tsig.ts';
import type { ServedZone, UpdateSubmission, UpdateVerdict } from '../../nameserver/served-zones.ts';
import { explainStoreFault } from '../../store/store-fault.ts';
import type { RememberedRequest } from '../../store/zone-store.ts';
import type { Clock } from '../../updates/clock.ts';
import { evaluateUpdate } from '../../zone/evaluate.ts';
import type { Address } from '../../updates/address.ts';
import { administrator, type Asker } from '../../updates/asker.ts';
import { publicOnly } from '../../updates/public-addresses.ts';
import type { Zone } from '../../zone/zone.ts';
import type { HostedZone } from './hosted-zone.ts';
import type { KeyHolders } from './key-holders.ts';
import type { Evaluated, EvaluationContext, WriteFailure } from './submission.ts';
import { historyOfUpdate } from './update-history.ts';
import { reasonAgainstAddress, reasonAgainstAsker } from './update-permission.ts';

/** Who may do what with a zone by DNS. */
export interface ZoneAccess {
  /** The administrator's: for UPDATE and transfers. Without one, nobody updates by DNS. */
  readonly key: TsigKey | undefined;
  readonly transferKeys: readonly TsigKey[];
  /** Whether names may point only to addresses that everybody can reach, whoever asks. */
  readonly publicAddressesOnly: boolean;
}

interface JudgedUpdate extends UpdateVerdict {
  readonly isChanged: boolean;
}

/** A hosted zone as the nameserver sees it. */
export class ServedHostedZone implements ServedZone {
  readonly #hosted: HostedZone;
  readonly #clock: Clock;
  readonly #holders: KeyHolders;
  #access: ZoneAccess = { key: undefined, transferKeys: [], publicAddressesOnly: false };

  /** @param holders  who may change some of the names, each with a key of its own */
  constructor(hosted: HostedZone, clock: Clock, holders: KeyHolders) {
    this.#hosted = hosted;
    this.#clock = clock;
    this.#holders = holders;
  }

  /** Until then, nobody may do anything. */
  grant(access: ZoneAccess): void {
    this.#access = access;
  }

  get origin(): Name {
    return this.#hosted.origin;
  }

  get zone(): Zone {
    return this.#hosted.zone;
  }

  /**
   * NOERROR when it has been carried out, or nothing was to do; REFUSED without a key that may do all of it, and for what is static;
   * SERVFAIL when it could not be stored, or nobody knows whether it was; else what RFC 2136 §3 says of it.
   */
  async update(submission: UpdateSubmission): Promise<UpdateVerdict> {
    const { key } = submission;
    const asker = key && this.#asker(key, submission.source);
    if (!key || !asker) {
      const who = key ? `The key ${key.name.toString()}` : 'An unsigned request';
      return { rcode: Rcode.REFUSED, reason: `${who} may not update the zone ${this.origin.toString()}` };
    }
    const { operations } = submission.update;
    const against = this.#holders.reasonAgainst(asker, operations);
    const { isChanged, ...verdict } =
      against === undefined
        ? await this.#submit(submission, key, asker)
        : { rcode: Rcode.REFUSED, reason: against, isChanged: false };
    if (verdict.rcode === Rcode.NOERROR) this.#holders.used(asker, operations, isChanged);
    else if (against === undefined) this.#holders.refused(asker, operations);
    return verdict;
  }

  mayUpdate(key: TsigKey): boolean {
    if (this.#isAdministrators(key)) return true;
    const held = this.#holders.find(key.name);
    return held !== undefined && isSameKey(held, key);
  }

  needsTrueSource(key: TsigKey): boolean {
    return !this.#isAdministrators(key) && this.#holders.needsTrueSource(key);
  }

  mayTransfer(key: TsigKey): boolean {
    const { key: own, transferKeys } = this.#access;
    const isConfigured = [...(own ? [own] : []), ...transferKeys].some((known) => isSameKey(known, key));
    return isConfigured || this.#holders.mayTransfer(key, this.origin);
  }

  onChange(listener: () => void): () => void {
    return this.#hosted.onChange(listener);
  }

  async #submit(submission: UpdateSubmission, key: TsigKey, asker: Asker): Promise<JudgedUpdate> {
    const settled = await this.#hosted.submit<JudgedUpdate>({
      evaluate: (context) => this.#evaluate(submission, key, asker, context),
      deadlineMs: this.#clock.monotonicMs() + this.#hosted.limits.updateTimeoutMs,
    });
    return settled.kind === 'failed' ? { ...failureVerdict(settled.failure), isChanged: false } : settled.verdict;
  }

  #isAdministrators(key: TsigKey): boolean {
    return this.#access.key !== undefined && isSameKey(key, this.#access.key);
  }

  #asker(key: TsigKey, source: Address): Asker | undefined {
    if (!this.#isAdministrators(key)) return this.#holders.asker(key, source);
    return administrator({ kind: 'key', name: key.name.toString() }, source);
  }

  #evaluate(
    submission: UpdateSubmission,
    key: TsigKey,
    asker: Asker,
    { view, ownership, servedSerial }: EvaluationContext,
  ): Evaluated<JudgedUpdate> {
    let against: string | undefined;
    const evaluation = evaluateUpdate(view, submission.update, {
      limits: this.#hosted.limits.zone,
      permits: (operation) => {
        against =
          reasonAgainstAsker(operation, view, asker) ??
          (this.#access.publicAddressesOnly ? reasonAgainstAddress(operation, publicOnly) : undefined) ??
          ownership.reasonAgainst(operation, view);
        return against === undefined;
      },
      servedSerial,
    });
    if (evaluation.kind === 'rejected') {
      const { rcode, reason } = evaluation;
      return { verdict: { rcode, reason: against === undefined ? reason : `${reason}: ${against}`, isChanged: false } };
    }
    // Also where nothing has changed: done again when the zone has gone on, the same request would turn it back.
    const remember = this.#remembered(submission, key);
    const draft = evaluation.kind === 'changed' ? evaluation.draft : undefined;
    const history = draft && historyOfUpdate(view, draft, asker, this.#clock.unixSeconds() * 1000);
    return {
      verdict: { rcode: Rcode.NOERROR, reason: undefined, isChanged: draft !== undefined },
      draft,
      remember,
      history,
    };
  }

  #remembered({ remember }: UpdateSubmission, key: TsigKey): RememberedRequest | undefined {
    if (!remember) return undefined;
    const { mac, timeSignedSeconds } = remember;
    const latestSeconds = Math.max(this.#clock.unixSeconds(), timeSignedSeconds);
    return {
      keyName: key.name.toLowerCase().wire,
      mac,
      timeSigned: timeSignedSeconds,
      expiresAtSeconds: latestSeconds + 2 * defaultFudgeSeconds,
      answer: remember.answer(Rcode.NOERROR),
    };
  }
}

/** A key is its name, algorithm and secret; a new secret under an old name is another key. */
function isSameKey(a: TsigKey, b: TsigKey): boolean {
  return a.name.equals(b.name) && a.algorithm === b.algorithm && Buffer.compare(a.secret, b.secret) === 0;
}

function failureVerdict(failure: WriteFailure): UpdateVerdict {
  return {
    rcode: failure.kind === 'refused' && failure.refusal.code === 'replayed' ? Rcode.REFUSED : Rcode.SERVFAIL,
    reason: failureText(failure),
  };
}

function failureText(failure: WriteFailure): string {
  switch (failure.kind) {
    case 'late':
      return 'Its turn did not come in time';
    case 'busy':
      return 'Too many updates are waiting';
    case 'closed':
      return 'The zone is being closed';
    case 'refused':
      return `The store refuses it: ${failure.refusal.code}`;
    case 'not-stored':
      return explainStoreFault(failure.fault).cause;
    case 'unconfirmed':
      return failure.fault
        ? `It is not known whether it was stored. ${explainStoreFault(failure.fault).cause}`
        : 'It is not known whether it was stored: that took too long';
  }
}

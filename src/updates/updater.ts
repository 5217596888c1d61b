import { Type } from '../dns/codes.ts';
import { addressJudge } from './address-judge.ts';
import type { Asker } from './asker.ts';
import type { Clock } from './clock.ts';
import {
  type DerivedRequest,
  expand,
  type Expansion,
  permissionFault,
  requestFault,
  type SkippedName,
} from './expansion.ts';
import type { Fault } from './fault.ts';
import type { HistoryEntry } from './history-entry.ts';
import type { Hostname } from './hostname.ts';
import {
  changedEntries,
  failedEntry,
  notedEntry,
  skippedEntry,
  turnedAwayEntry,
  type UpdateCircumstances,
} from './history-of-update.ts';
import { type HostBook, noHosts } from './host.ts';
import { isChanged, type NameOutcome } from './outcome.ts';
import { type PlanRules, planUpdate, recordSetsOf, type TtlPolicy, type UpdatePlan } from './plan.ts';
import type {
  BesideOutcomes,
  CurrentRecords,
  DerivedOutcome,
  HistoryWriter,
  QuarrelWatch,
  Throttle,
  TransactionResult,
  UpdateObserver,
} from './ports.ts';
import { RepeatedFailures } from './repeated-failures.ts';
import { type NameRequest, typesToSet, type UpdateRequest } from './request.ts';
import { Spending } from './spending.ts';
import type { ManagedZone, ZoneDirectory } from './zone-directory.ts';

export interface UpdaterOptions {
  readonly zones: ZoneDirectory;
  readonly ttl: TtlPolicy;
  readonly clock: Clock;
  readonly observer: UpdateObserver;
  /** How long one request may take, all told. */
  readonly timeoutMs: number;
  readonly hosts?: HostBook;
  readonly throttle?: Throttle;
  readonly history?: HistoryWriter;
  readonly quarrels?: QuarrelWatch;
}

/** What became of a request. */
export interface UpdateResult extends BesideOutcomes {
  /** One for each name of the request, in its order. */
  readonly outcomes: readonly NameOutcome[];
}

/** What one zone has to do for a request. */
interface Share {
  readonly names: Map<string, NameRequest>;
  readonly derived: Map<string, DerivedRequest>;
}

/**
 * The one path from a request to a change: find each name's zone, ask whether the asker may, find what else the change leads to, let the
 * zone's primary read, plan and apply, and tell whoever observes.
 */
export class Updater {
  readonly #options: UpdaterOptions;
  readonly #hosts: HostBook;
  readonly #failures = new RepeatedFailures();
  /** Whoever is left alone does not succeed by what others do: these are told once an hour and no more. */
  readonly #skips = new RepeatedFailures();

  constructor(options: UpdaterOptions) {
    this.#options = options;
    this.#hosts = options.hosts ?? noHosts;
  }

  /** The bounds to which TTLs are clamped. */
  get ttl(): TtlPolicy {
    return this.#options.ttl;
  }

  get zones(): ZoneDirectory {
    return this.#options.zones;
  }

  /** As {@link carryOut}, for those who need to know no more. */
  async update(request: UpdateRequest): Promise<readonly NameOutcome[]> {
    return (await this.carryOut(request)).outcomes;
  }

  /**
   * Carries out one request.
   *
   * The names of one zone change together or not at all, those that follow among them; a name in none of the zones, or that cannot be changed,
   * gets its own word while the others proceed. Where a name is repeated, its last wish counts.
   */
  async carryOut(request: UpdateRequest): Promise<UpdateResult> {
    const failed = new Map<string, NameOutcome>();
    const skipped: SkippedName[] = [];
    const shares = new Map<ManagedZone, Share>();
    const asked = new Map(request.names.map((each) => [each.hostname.key, each]));
    const keys = new Set(asked.keys());
    for (const name of asked.values()) {
      const expansion = this.#expansion(name, request.asker, keys);
      if ('code' in expansion) {
        failed.set(name.hostname.key, failure(name, expansion));
        continue;
      }
      skipped.push(...expansion.skipped);
      this.#shareOf(shares, expansion.request)?.names.set(name.hostname.key, expansion.request);
      for (const derived of expansion.derived) {
        const { hostname } = derived.request;
        const share = this.#shareOf(shares, derived.request);
        if (share) share.derived.set(hostname.key, derived);
        else skipped.push({ reason: derived.reason, hostname, why: 'its zone is none of those in the configuration' });
      }
    }
    const settled = await Promise.all([...shares].map(([zone, share]) => this.#updateZone(zone, share, request)));
    const settledByKey = new Map(settled.flat().map((each) => [each.outcome.hostname.key, each]));
    const outcomes = request.names.flatMap(
      ({ hostname: { key } }) => failed.get(key) ?? settledByKey.get(key)?.outcome ?? [],
    );
    const derived = settled.flat().flatMap(({ reason, outcome }) => (reason ? [{ reason, outcome }] : []));
    const idle = derived.flatMap((each) => idleFollower(each) ?? []);
    const result = { outcomes, derived, skipped: [...skipped, ...idle], notes: [] };
    if (!request.isDryRun) return this.#tell(request, result);
    for (const name of asked.values())
      if (!failed.has(name.hostname.key) && typesToSet(name).length > 0)
        this.#hosts.admissionEnded(name.hostname, request.asker);
    return result;
  }

  /**
   * Remembers that a request came to nothing before it was an update, since nobody could have made one of it. Of names whose addresses the
   * asker may not change, nothing is remembered: nobody writes into the history of others.
   *
   * @param why  a sentence, or several
   */
  turnedAway(hostnames: readonly Hostname[], why: string, by: Pick<UpdateRequest, 'dialect' | 'asker'>): void {
    const { history, zones, clock } = this.#options;
    if (!history) return;
    const circumstances = { ...by, atMs: clock.unixSeconds() * 1000 };
    // A name that is repeated is told of once, as a repeated failure is.
    const news = hostnames
      .filter((hostname) => zones.find(hostname) && maySetAddress(by.asker, hostname))
      .map((hostname) => turnedAwayEntry(hostname, why, circumstances))
      .filter((entry) => !this.#failures.isRepeated(entry));
    if (news.length > 0) history.append(news);
  }

  /** A fault where the name is not to be asked about at all. */
  #expansion(name: NameRequest, asker: Asker, asked: ReadonlySet<string>): Expansion | Fault {
    const zone = this.#options.zones.find(name.hostname);
    if (!zone) return { code: 'unknown-zone', name: name.hostname.toString() };
    const fault = requestFault(name, asker, this.#hosts, zone.addressPermission);
    return fault ?? expand(name, { asker, hosts: this.#hosts, asked });
  }

  /** Undefined where the name is in no zone. */
  #shareOf(shares: Map<ManagedZone, Share>, { hostname }: NameRequest): Share | undefined {
    const zone = this.#options.zones.find(hostname);
    if (!zone) return undefined;
    const share = shares.get(zone) ?? { names: new Map(), derived: new Map() };
    shares.set(zone, share);
    return share;
  }

  async #updateZone(
    { primary, addressPermission }: ManagedZone,
    { names, derived }: Share,
    request: UpdateRequest,
  ): Promise<readonly { readonly reason?: DerivedOutcome['reason']; readonly outcome: NameOutcome }[]> {
    const { clock, timeoutMs, history, throttle } = this.#options;
    const byReason = [...derived.values()];
    const all = [...names.values(), ...byReason.map((each) => each.request)];
    const circumstances = { ...request, atMs: clock.unixSeconds() * 1000 };
    const reads = recordSetsOf(all);
    const rules: PlanRules = {
      ttl: this.#options.ttl,
      judge: addressJudge(request.asker, addressPermission),
      refusal: (name) => permissionFault(name, request.asker),
    };
    // A new prefix of a name that nothing follows is nobody's business.
    if (reads.length === 0) return all.map(({ hostname }) => ({ outcome: { kind: 'done', hostname, records: [] } }));
    const spending = new Spending(throttle, request.asker);
    const result = await spend(spending, () =>
      primary.transact({
        reads,
        plan: (current) => this.#plan(all, current, rules, { request, spending }),
        ...(history && primary.keepsHistory
          ? { history: ({ outcomes }: UpdatePlan) => changedEntries(outcomes, circumstances) }
          : {}),
        deadlineMs: clock.monotonicMs() + timeoutMs,
      }),
    );
    const outcomes = result.kind === 'done' ? result.plan.outcomes : all.map((name) => failure(name, result.fault));
    if (result.kind === 'done' && !primary.keepsHistory && !request.isDryRun)
      history?.append(changedEntries(outcomes, circumstances));
    const reasons = new Map(byReason.map(({ reason, request: { hostname } }) => [hostname.key, reason]));
    return outcomes.map((outcome) => {
      const reason = reasons.get(outcome.hostname.key);
      return reason ? { reason, outcome } : { outcome };
    });
  }

  /** What would be changed is not, where it is only to be told, or comes too soon. */
  #plan(
    names: readonly NameRequest[],
    current: CurrentRecords,
    rules: PlanRules,
    { request: { isDryRun, names: asked }, spending }: { readonly request: UpdateRequest; readonly spending: Spending },
  ): UpdatePlan {
    const overtaken = names.find(({ condition }) => condition?.(current) === false);
    if (overtaken) {
      spending.take(0);
      const fault = { code: 'version-mismatch', name: overtaken.hostname.toString() } as const;
      return { changes: [], outcomes: names.map((name) => failure(name, fault)) };
    }
    const plan = planUpdate(names, current, rules);
    if (isDryRun || spending.isOver) return { changes: [], outcomes: plan.outcomes };
    const askedKeys = new Set(asked.map(({ hostname }) => hostname.key));
    const retryAfterSeconds = spending.take(cost(plan, askedKeys));
    if (retryAfterSeconds === 0) return plan;
    const due = new Set(plan.changes.map(({ name }) => name.key));
    // Whoever is told that nothing has changed does not ask again, so what is due for a derived name is due for those who ask.
    if (due.difference(askedKeys).size > 0) for (const key of askedKeys) due.add(key);
    const outcomes = plan.outcomes.map((outcome): NameOutcome => {
      const { kind, hostname } = outcome;
      if (kind === 'failed' || !due.has(hostname.key)) return outcome;
      return { kind: 'failed', hostname, fault: { code: 'throttled', name: hostname.toString(), retryAfterSeconds } };
    });
    return { changes: [], outcomes };
  }

  #tell(request: UpdateRequest, result: UpdateResult): UpdateResult {
    const { clock, observer } = this.#options;
    const circumstances = { ...request, atMs: clock.unixSeconds() * 1000 };
    const all = [...result.outcomes, ...result.derived.map(({ outcome }) => outcome)];
    const notes = all.some(isChanged) ? this.#quarrels(all, circumstances) : [];
    this.#remember(all, { ...result, notes }, circumstances);
    const told = { ...result, notes };
    observer.settled(request, result.outcomes, told);
    return told;
  }

  /** What is not committed with a change. */
  #remember(all: readonly NameOutcome[], { skipped, notes }: BesideOutcomes, circumstances: UpdateCircumstances): void {
    const { history } = this.#options;
    if (!history) return;
    const failed: HistoryEntry[] = [];
    const left = new Set(skipped.map(({ hostname }) => hostname.key));
    for (const outcome of all) {
      if (left.has(outcome.hostname.key)) continue;
      if (outcome.kind === 'done') this.#failures.forget(outcome.hostname.key);
      else failed.push(...[failedEntry(outcome.hostname, outcome.fault, circumstances) ?? []].flat());
    }
    const news = failed.filter((entry) => !this.#failures.isRepeated(entry));
    const passedOver = skipped.map((name) => skippedEntry(name, circumstances));
    news.push(...passedOver.filter((entry) => !this.#skips.isRepeated(entry)));
    news.push(...notes.map(({ hostname, text }) => notedEntry(hostname, text, circumstances)));
    if (news.length > 0) history.append(news);
  }

  #quarrels(all: readonly NameOutcome[], { asker, atMs }: UpdateCircumstances): BesideOutcomes['notes'] {
    const { quarrels } = this.#options;
    if (!quarrels) return [];
    return all.flatMap((outcome) => {
      if (outcome.kind === 'failed') return [];
      const { hostname } = outcome;
      const records = outcome.records.filter(({ type }) => type === Type.A || type === Type.AAAA);
      if (!records.some(({ changed }) => changed)) return [];
      const value = records.flatMap(({ after }) => after).join(',');
      const quarrel = quarrels.observe({ name: hostname.key, value, source: asker.source?.text, atMs });
      if (!quarrel) return [];
      const [one, other] = quarrel.values.map((text) => text || 'no address');
      const text = `Two machines fight over the name ${hostname.toString()}: it goes back and forth between ${one} and ${other}, by requests from ${quarrel.sources.join(' and ')}.`;
      return [{ hostname, text }];
    });
  }
}

/** All that follows is one change of what it follows: however large a home is, it moves when its router does. */
function cost({ changes }: UpdatePlan, askedKeys: ReadonlySet<string>): number {
  const own = changes.filter(({ name }) => askedKeys.has(name.key)).length;
  return changes.length > own ? own + 1 : own;
}

/** What was planned is spent when it is made, and not where it fails, in whatever way. */
async function spend<Plan>(
  spending: Spending,
  transact: () => Promise<TransactionResult<Plan>>,
): Promise<TransactionResult<Plan>> {
  let areMade = false;
  try {
    const result = await transact();
    areMade = result.kind === 'done';
    return result;
  } finally {
    spending.end(areMade);
  }
}

/** A follower that has neither an interface ID nor an address from which it could be told has stayed without one. */
function idleFollower({ reason, outcome }: DerivedOutcome): SkippedName | undefined {
  if (reason !== 'follower' || outcome.kind === 'failed') return undefined;
  const hasAddress = outcome.records.some(({ type, after }) => type === Type.AAAA && after.length > 0);
  if (hasAddress) return undefined;
  const why = 'it has neither an interface ID nor an AAAA record from which its own bits could be told';
  return { reason, hostname: outcome.hostname, why };
}

function maySetAddress(asker: Asker, hostname: Hostname): boolean {
  return [Type.A, Type.AAAA].some((type) => asker.permission(hostname, type, 'set').kind === 'granted');
}

function failure({ hostname }: NameRequest, fault: Fault): NameOutcome {
  return { kind: 'failed', hostname, fault };
}

import type { Asker } from './asker.ts';
import type { Clock } from './clock.ts';
import type { Fault } from './fault.ts';
import type { NameOutcome } from './outcome.ts';
import { planUpdate, recordSetsOf, type TtlPolicy } from './plan.ts';
import type { UpdateObserver } from './ports.ts';
import { actionOf, type NameRequest, type UpdateRequest } from './request.ts';
import type { ManagedZone, ZoneDirectory } from './zone-directory.ts';

export interface UpdaterOptions {
  readonly zones: ZoneDirectory;
  readonly ttl: TtlPolicy;
  readonly clock: Clock;
  readonly observer: UpdateObserver;
  /** How long one request may take, all told. */
  readonly timeoutMs: number;
}

/**
 * The one path from a request to a change: find each name's zone, let the zone's primary read, plan and apply, and tell
 * whoever observes.
 */
export class Updater {
  readonly #options: UpdaterOptions;

  constructor(options: UpdaterOptions) {
    this.#options = options;
  }

  /** The bounds to which TTLs are clamped. */
  get ttl(): TtlPolicy {
    return this.#options.ttl;
  }

  get zones(): ZoneDirectory {
    return this.#options.zones;
  }

  /**
   * Carries out one request.
   *
   * The names of one zone change together or not at all; a name in none of the zones, or that cannot be changed, gets
   * its own word while the others proceed. Where a name is repeated, its last wish counts.
   *
   * @returns one outcome for each name of the request, in its order
   */
  async update(request: UpdateRequest): Promise<readonly NameOutcome[]> {
    const [only] = request.names;
    const zoneOfOnly = request.names.length === 1 && only && this.#options.zones.find(only.hostname);
    // By far the most requests are so, and need not be taken apart and put together again.
    const outcomes = await (zoneOfOnly
      ? this.#updateZone(zoneOfOnly, request, request.names)
      : this.#updateZones(request));
    this.#options.observer.settled(request, outcomes);
    return outcomes;
  }

  async #updateZones(request: UpdateRequest): Promise<readonly NameOutcome[]> {
    const outcomes = new Map<string, NameOutcome>();
    const shares = new Map<ManagedZone, Map<string, NameRequest>>();
    for (const name of request.names) {
      const zone = this.#options.zones.find(name.hostname);
      if (!zone) {
        outcomes.set(name.hostname.key, failed(name, { code: 'unknown-zone', name: name.hostname.toString() }));
        continue;
      }
      const share = shares.get(zone) ?? new Map<string, NameRequest>();
      shares.set(zone, share.set(name.hostname.key, name));
    }
    const settled = await Promise.all(
      [...shares].map(([zone, share]) => this.#updateZone(zone, request, [...share.values()])),
    );
    for (const outcome of settled.flat()) outcomes.set(outcome.hostname.key, outcome);
    return request.names.flatMap(({ hostname }) => outcomes.get(hostname.key) ?? []);
  }

  async #updateZone(
    zone: ManagedZone,
    { asker }: UpdateRequest,
    asked: readonly NameRequest[],
  ): Promise<readonly NameOutcome[]> {
    const { clock, timeoutMs, ttl } = this.#options;
    const refused = asked.flatMap((name) => refusal(name, asker) ?? []);
    const names = refused.length === 0 ? asked : asked.filter((name) => !refusal(name, asker));
    if (names.length === 0) return refused;
    const result = await zone.primary.transact({
      reads: recordSetsOf(names),
      plan: (current) => planUpdate(names, current, ttl),
      deadlineMs: clock.monotonicMs() + timeoutMs,
    });
    switch (result.kind) {
      case 'done':
        return [...result.plan.outcomes, ...refused];
      case 'failed':
        return [...names.map((name) => failed(name, result.fault)), ...refused];
    }
  }
}

/** What the asker may not do with a name; undefined when it may do all that it asks for. */
function refusal(name: NameRequest, asker: Asker): NameOutcome | undefined {
  for (const intent of name.intents) {
    const permission = asker.permission(name.hostname, intent.type, actionOf(intent));
    if (permission.kind === 'refused')
      return failed(name, { code: 'not-permitted', name: name.hostname.toString(), reason: permission.reason });
  }
  return undefined;
}

function failed({ hostname }: NameRequest, fault: Fault): NameOutcome {
  return { kind: 'failed', hostname, fault };
}

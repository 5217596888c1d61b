import { dropOldest } from '../updates/drop-oldest.ts';

/** One change of a name, as far as quarrels are seen in it. */
export interface ObservedChange {
  readonly name: string;
  /** The addresses as one text. */
  readonly value: string;
  readonly source: string | undefined;
  /** Unix time in milliseconds. */
  readonly atMs: number;
}

/** Two machines that each set a name to their own address, again and again. */
export interface Flapping {
  readonly sinceMs: number;
  readonly values: readonly [string, string];
  readonly sources: readonly string[];
}

/** A B A B A: nobody moves to and fro so often. */
const turns = 5;
const windowMs = 3_600_000;
const mostNames = 20_000;

interface Recent {
  readonly changes: ObservedChange[];
  /** When the last turn of a quarrel that was told has been. */
  toldAtMs: number | undefined;
}

/** Watches names for two machines that fight over one: the same two values in turns, from two places, within an hour. */
export class FlappingWatch {
  readonly #recent = new Map<string, Recent>();

  /** Names that are watched. */
  get size(): number {
    return this.#recent.size;
  }

  /** @returns what is to be told, once for each quarrel; undefined otherwise */
  observe(change: ObservedChange): Flapping | undefined {
    const recent = this.#recent.get(change.name) ?? { changes: [], toldAtMs: undefined };
    this.#recent.delete(change.name);
    this.#recent.set(change.name, recent);
    dropOldest(this.#recent, mostNames);
    recent.changes.push(change);
    if (recent.changes.length > turns) recent.changes.shift();
    const quarrel = quarrelOf(recent.changes, change.atMs);
    if (!quarrel) return undefined;
    const isTold = recent.toldAtMs !== undefined && change.atMs - recent.toldAtMs < windowMs;
    recent.toldAtMs = change.atMs;
    return isTold ? undefined : quarrel;
  }

  /** Whether a quarrel over the name has been told and is not over yet. */
  isFlapping(name: string, nowMs: number): boolean {
    const toldAtMs = this.#recent.get(name)?.toldAtMs;
    return toldAtMs !== undefined && nowMs - toldAtMs < windowMs;
  }
}

function quarrelOf(changes: readonly ObservedChange[], nowMs: number): Flapping | undefined {
  const [first, second] = changes;
  if (changes.length < turns || !first || !second || nowMs - first.atMs > windowMs) return undefined;
  const alternates = changes.every(({ value }, index) => value === (index % 2 === 0 ? first : second).value);
  if (!alternates || first.value === second.value) return undefined;
  const ofFirst = sourcesOf(changes, first.value);
  const ofSecond = sourcesOf(changes, second.value);
  // One machine that changes its mind is no quarrel, wherever it is connected.
  if (ofFirst.isDisjointFrom(ofSecond))
    return { sinceMs: first.atMs, values: [first.value, second.value], sources: [...ofFirst, ...ofSecond] };
  return undefined;
}

function sourcesOf(changes: readonly ObservedChange[], wanted: string): Set<string> {
  return new Set(changes.filter(({ value }) => value === wanted).map(({ source }) => source ?? 'an unknown place'));
}

import type { Name } from '../dns/name.ts';
import type { Host } from '../updates/host.ts';
import type { HostFilter, HostPage } from './administration.ts';
import { compareNames, indexOf } from './name-order.ts';

/** The hosts in memory, found by whatever they are asked for by. */
export class KnownHosts {
  readonly #byName = new Map<string, Host>();
  /** By their names. */
  #sorted: Host[] = [];
  readonly #byFirstLabel = new Index();
  readonly #byFollowed = new Index();
  readonly #madeBy = new Map<string, number>();

  get size(): number {
    return this.#byName.size;
  }

  get all(): Iterable<Host> {
    return this.#byName.values();
  }

  find(name: Name): Host | undefined {
    return this.#byName.get(name.key);
  }

  /** @param key  as {@link Name.key} */
  has(key: string): boolean {
    return this.#byName.has(key);
  }

  /** How many hosts a token has made that are still there. */
  countMadeBy(token: string): number {
    return this.#madeBy.get(token) ?? 0;
  }

  /** Many at once, into an empty book. */
  load(hosts: readonly Host[]): void {
    for (const host of hosts) this.#enter(host);
    this.#sorted = [...this.#byName.values()].sort((a, b) => compareNames(a.name, b.name));
  }

  put(host: Host): void {
    const known = this.#byName.get(host.name.key);
    if (known) this.#leave(known);
    this.#enter(host);
    const at = indexOf(this.#sorted, host.name);
    this.#sorted.splice(at, known ? 1 : 0, host);
  }

  remove(host: Host): void {
    const known = this.#byName.get(host.name.key);
    if (!known) return;
    this.#leave(known);
    this.#sorted.splice(indexOf(this.#sorted, host.name), 1);
  }

  /** Level by level; a host that is reached by two ways counts where it is nearer. */
  followersOf(name: Name): readonly Host[] {
    const direct = this.#byFollowed.get(name.key);
    if (direct.length === 0) return direct;
    const found = new Map<string, Host>();
    for (let level: readonly Host[] = direct; level.length > 0;) {
      const added: Host[] = [];
      for (const host of level)
        // The name itself never follows itself: a cycle is refused when it is made, and one that was written by hand ends here.
        if (!found.has(host.name.key) && host.name.key !== name.key) {
          found.set(host.name.key, host);
          added.push(host);
        }
      level = added.flatMap((host) => this.#byFollowed.get(host.name.key));
    }
    return [...found.values()];
  }

  directFollowersOf(name: Name): readonly Host[] {
    return this.#byFollowed.get(name.key);
  }

  withFirstLabel(label: string): readonly Host[] {
    return this.#byFirstLabel.get(label);
  }

  page({ text, isVisible, after, atMost }: HostFilter): HostPage {
    const part = text?.toLowerCase();
    const hosts: Host[] = [];
    let index = after ? indexOf(this.#sorted, after) : 0;
    if (after && this.#sorted[index]?.name.key === after.key) index += 1;
    for (; index < this.#sorted.length; index += 1) {
      const host = this.#sorted[index]!;
      if (part !== undefined && !host.name.toString().includes(part)) continue;
      if (isVisible?.(host) === false) continue;
      if (hosts.length === atMost) return { hosts, hasMore: true };
      hosts.push(host);
    }
    return { hosts, hasMore: false };
  }

  #enter(host: Host): void {
    this.#byName.set(host.name.key, host);
    this.#byFirstLabel.add(firstLabel(host.name), host);
    if (host.follows) this.#byFollowed.add(host.follows.key, host);
    if (host.madeBy !== undefined) this.#madeBy.set(host.madeBy, this.countMadeBy(host.madeBy) + 1);
  }

  #leave(host: Host): void {
    this.#byName.delete(host.name.key);
    this.#byFirstLabel.remove(firstLabel(host.name), host);
    if (host.follows) this.#byFollowed.remove(host.follows.key, host);
    if (host.madeBy === undefined) return;
    const left = this.countMadeBy(host.madeBy) - 1;
    if (left === 0) this.#madeBy.delete(host.madeBy);
    else this.#madeBy.set(host.madeBy, left);
  }
}

/** Hosts by a word that most of them have for themselves: such a one takes no list. */
class Index {
  readonly #hosts = new Map<string, Host | Set<Host>>();

  get(word: string): readonly Host[] {
    const known = this.#hosts.get(word);
    if (!known) return [];
    return known instanceof Set ? [...known] : [known];
  }

  add(word: string, host: Host): void {
    const known = this.#hosts.get(word);
    if (!known) this.#hosts.set(word, host);
    else if (known instanceof Set) known.add(host);
    else this.#hosts.set(word, new Set([known, host]));
  }

  remove(word: string, host: Host): void {
    const known = this.#hosts.get(word);
    if (known === host) this.#hosts.delete(word);
    else if (known instanceof Set && known.delete(host) && known.size === 0) this.#hosts.delete(word);
  }
}

function firstLabel({ key }: Name): string {
  return key.slice(1, 1 + key.charCodeAt(0));
}

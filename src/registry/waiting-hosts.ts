import type { Host } from '../updates/host.ts';
import type { KnownHosts } from './known-hosts.ts';
import { writeHost } from './host-document.ts';
import type { Piece } from './late-writer.ts';
import type { Turns } from './turns.ts';

export interface WaitingHostsOptions {
  readonly hosts: KnownHosts;
  /** By name; taken while a host is written. */
  readonly turns: Turns;
  readonly atMost: number;
  readonly documentsPerWrite: number;
}

/** Hosts that updates have made or changed, and that the database does not have yet. */
export class WaitingHosts {
  readonly #options: WaitingHostsOptions;
  readonly #waiting = new Map<string, Host>();

  constructor(options: WaitingHostsOptions) {
    this.#options = options;
  }

  get hasRoom(): boolean {
    return this.#waiting.size < this.#options.atMost;
  }

  /** It is known at once, and written later. */
  put(host: Host): void {
    this.#options.hosts.put(host);
    this.#waiting.set(host.name.key, host);
  }

  /** Whoever has its turn has written it, or removed it. */
  settled({ name }: Pick<Host, 'name'>): void {
    this.#waiting.delete(name.key);
  }

  /** The next piece, for a `LateWriter`: those whose turn is nobody's, for whoever changes a host writes all of it. */
  next(): Piece | undefined {
    const { turns, documentsPerWrite } = this.#options;
    const hosts: Host[] = [];
    for (const host of this.#waiting.values()) {
      if (hosts.length === documentsPerWrite) break;
      if (!turns.isTaken(host.name.key)) hosts.push(host);
    }
    if (hosts.length === 0) return undefined;
    const { promise, resolve } = Promise.withResolvers<void>();
    void turns.takeAll(
      hosts.map(({ name }) => name.key),
      () => promise,
    );
    return {
      changes: {
        documents: hosts.map((host) => ({ kind: 'host', key: host.name.wire, body: writeHost(host) })),
        history: [],
      },
      written: () => {
        // One that has changed again meanwhile waits on.
        for (const host of hosts) if (this.#waiting.get(host.name.key) === host) this.#waiting.delete(host.name.key);
        resolve();
      },
      kept: resolve,
    };
  }
}

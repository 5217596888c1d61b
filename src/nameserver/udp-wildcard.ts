import type { networkInterfaces } from 'node:os';

import type { RequestDesk } from './request-desk.ts';
import { ownAddresses } from './own-addresses.ts';
import { UdpListener, type UdpOptions } from './udp-listener.ts';

export interface UdpWildcardOptions extends UdpOptions {
  /** So often it is looked which addresses the machine has. */
  readonly addressesEveryMs: number;
  /** Of more addresses, the first ones are listened at. */
  readonly maxAddresses: number;
  /** The addresses of the machine, by interface; throws where the operating system does not tell them. */
  readonly interfaces: typeof networkInterfaces;
  /** Told once of an address at which nothing can be received, until it can, and once when the addresses cannot be had. */
  readonly complain: (complaint: string) => void;
}

/** The address is on an interface and cannot be had yet: it is being looked whether another machine has it (RFC 4862 §5.4). */
const notYet = 'EADDRNOTAVAIL';

/**
 * Listens for UDP at all addresses of one family that the machine has, by a socket for each: an answer has to come from the
 * address that was asked (RFC 2181 §4.1), and Node cannot tell which one that was at a wildcard address.
 *
 * Addresses come and go, and the sockets with them.
 */
export class UdpWildcard implements AsyncDisposable {
  readonly #family: 4 | 6;
  readonly #desk: RequestDesk;
  readonly #options: UdpWildcardOptions;
  readonly #listeners = new Map<string, UdpListener>();
  /** What has been told, by address. */
  readonly #complaints = new Map<string, string>();
  #isLost = false;
  #port: number;
  #timer: NodeJS.Timeout | undefined;
  #work: Promise<void> = Promise.resolve();
  #isEnding = false;

  private constructor(family: 4 | 6, port: number, desk: RequestDesk, options: UdpWildcardOptions) {
    this.#family = family;
    this.#port = port;
    this.#desk = desk;
    this.#options = options;
  }

  /**
   * @param port  0 is one that is free at the first address
   * @throws what Node does when the port is taken at an address that is there now, or the addresses cannot be had
   */
  static async open(family: 4 | 6, port: number, desk: RequestDesk, options: UdpWildcardOptions): Promise<UdpWildcard> {
    const wildcard = new UdpWildcard(family, port, desk, options);
    try {
      await wildcard.#follow((_address, error) => {
        throw error;
      });
    } catch (error) {
      await wildcard[Symbol.asyncDispose]();
      throw error;
    }
    wildcard.#timer = setInterval(() => wildcard.#followOn(), options.addressesEveryMs);
    wildcard.#timer.unref();
    return wildcard;
  }

  get port(): number {
    return this.#port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isEnding = true;
    clearInterval(this.#timer);
    await this.#work;
    const listeners = [...this.#listeners.values()];
    this.#listeners.clear();
    await Promise.all(listeners.map((listener) => listener[Symbol.asyncDispose]()));
  }

  #followOn(): void {
    this.#work = this.#work.then(async () => {
      try {
        await this.#follow((address, error) => this.#complain(address, error));
        this.#isLost = false;
      } catch (error) {
        if (!this.#isLost)
          this.#options.complain(
            `the addresses of this machine cannot be followed, and UDP is received where it was: ${wordsOf(error)}`,
          );
        this.#isLost = true;
      }
    });
  }

  /** Opens what is missing, and closes what is not there any more. */
  async #follow(onFailure: (address: string, error: unknown) => void): Promise<void> {
    if (this.#isEnding) return;
    const all = ownAddresses(this.#options.interfaces(), this.#family);
    const addresses = new Set([...all].slice(0, this.#options.maxAddresses));
    for (const address of all.difference(addresses))
      this.#complain(address, `there are more than the ${this.#options.maxAddresses} addresses that are listened at`);
    for (const [address, listener] of this.#listeners) {
      if (addresses.has(address)) continue;
      this.#listeners.delete(address);
      await listener[Symbol.asyncDispose]();
    }
    for (const address of addresses) if (!this.#listeners.has(address)) await this.#listenAt(address, onFailure);
    for (const address of this.#complaints.keys()) if (!all.has(address)) this.#complaints.delete(address);
  }

  async #listenAt(address: string, onFailure: (address: string, error: unknown) => void): Promise<void> {
    try {
      const place = { kind: 'address', address, port: this.#port } as const;
      const listener = await UdpListener.open(place, this.#desk, this.#options);
      this.#listeners.set(address, listener);
      this.#port = listener.port;
      this.#complaints.delete(address);
    } catch (error) {
      const isToCome = error instanceof Error && 'code' in error && error.code === notYet;
      if (!isToCome) onFailure(address, error);
    }
  }

  #complain(address: string, error: unknown): void {
    const reason = wordsOf(error);
    if (this.#complaints.get(address) === reason) return;
    this.#complaints.set(address, reason);
    this.#options.complain(`nothing is received over UDP at ${address}, port ${this.#port}: ${reason}`);
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** How many names change, and how many others keep what they have. */
export const nameCount = 10_000;

/**
 * `n0.bench.example` … change all the time. Every program has names of its own, as nobody shares a name in life: each would
 * else find at its turn that somebody has changed all of them.
 */
export const changingLabels = { service: 'n', loneService: 'nl', dnsperf: 'nd', bareClient: 'nb' } as const;
export type ChangingLabel = (typeof changingLabels)[keyof typeof changingLabels];

/** What all of them begin with, and no other name. */
export const changingPrefix = 'n';
/** `still0.bench.example` … have what the zone file says, from the first to the last. */
export const stillLabel = 'still';

/** 10.0.0.0/8 is free for private use (RFC 1918 §3), and has so many addresses. */
const mostNumbers = 2 ** 24;

/** The address with this number. */
export function numberedAddress(number: number): string {
  return `10.${number >> 16}.${(number >> 8) & 0xff}.${number & 0xff}`;
}

/** The number of an address that {@link numberedAddress} has made; NaN for any other. */
export function addressNumber(address: string): number {
  const [first, high = 0, middle = 0, low = 0] = address.split('.').map(Number);
  return first === 10 ? (high << 16) | (middle << 8) | low : Number.NaN;
}

/** Gives every update of a run an address that none before it had, so that each of them really changes something. */
export class FreshNumbers {
  #next = 0;

  get next(): number {
    return this.#next;
  }

  /** Those from {@link next} on were used. */
  used(count: number): void {
    this.#next += count;
    if (this.#next > mostNumbers) throw new Error(`the run is too long: it needs more than ${mostNumbers} addresses`);
  }
}

/** The records of the zone at the start. seed-requests.lua knows the addresses of the names that stand still. */
export function initialRecords(): readonly string[] {
  return Array.from({ length: nameCount }, (_, index) => [
    ...Object.values(changingLabels).map((label) => `${label}${index} IN A 192.0.2.1`),
    `${stillLabel}${index} IN A 198.51.100.${(index % 254) + 1}`,
  ]).flat();
}

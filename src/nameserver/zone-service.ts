import { randomBytes, randomInt } from 'node:crypto';

import type { Clock } from '../updates/clock.ts';
import { AddressList } from './address-list.ts';
import { openDatagramChannel } from './datagram-channel.ts';
import type { InheritedSocket } from './inherited-sockets.ts';
import { type ListenAddress, openNameserver } from './nameserver.ts';
import type { MistakeReport } from './mistakes.ts';
import { Notifier, type Secondary } from './notifier.ts';
import { notifySource } from './notify-source.ts';
import { OutgoingTransfers } from './outgoing-transfers.ts';
import type { RememberedUpdate } from './replay-memory.ts';
import { defaultResponseRateLimits } from './response-rate-limiter.ts';
import type { ServedZones } from './served-zones.ts';
import type { ServeTransfer } from './serve-transfer.ts';
import { sendWithPatience } from './transfer-patience.ts';
import type { UpdateReport } from './update-desk.ts';

/** What may change while it serves. */
export interface ZoneServiceSettings {
  /** Who may transfer every zone without a key: addresses and networks. */
  readonly transferNetworks: readonly string[];
  /** Who is told of changes. */
  readonly secondaries: readonly Secondary[];
  /** Answers of one kind to one network over UDP; 0 for no limit. */
  readonly rateLimitPerSecond: number;
}

export interface ZoneServiceOptions {
  readonly zones: ServedZones;
  readonly clock: Clock;
  /** UDP and TCP at each. */
  readonly listen: readonly ListenAddress[];
  readonly inherited?: readonly InheritedSocket[];
  readonly settings: ZoneServiceSettings;
  /** What the store remembers of signed UPDATEs. */
  readonly remembered: Iterable<RememberedUpdate>;
  readonly reportUpdate: (report: UpdateReport) => void;
  readonly reportMistake: (report: MistakeReport) => void;
  /** Told in words of a secondary that does not follow, and of an address that cannot be listened at. */
  readonly complain: (complaint: string) => void;
}

export type OpenedZoneService =
  | { readonly kind: 'open'; readonly service: ZoneService }
  | { readonly kind: 'failed'; readonly reason: string };

/** Zones that are served whole: questions, updates, transfers, and NOTIFY to those who follow. */
export interface ZoneService extends AsyncDisposable {
  readonly addresses: readonly ListenAddress[];
  /** How many requests our own code has failed on, since the start. */
  readonly mistakes: number;
  /** Takes other settings at once, and looks anew which zones there are. @returns when the old ones are at rest */
  reload(settings: ZoneServiceSettings): Promise<void>;
}

/** Serves the zones at all of the addresses, or at none. */
export async function serveZones(options: ZoneServiceOptions): Promise<OpenedZoneService> {
  const { zones, clock, listen, inherited, remembered, reportUpdate, reportMistake, complain } = options;
  const following = new Following(options);
  const opened = await openNameserver({
    zones,
    clock,
    listen,
    ...(inherited ? { inherited } : {}),
    cookies: { current: randomBytes(16) },
    rateLimits: { ...defaultResponseRateLimits, perSecond: options.settings.rateLimitPerSecond },
    serveTransfer: following.serveTransfer,
    remembered,
    reportUpdate,
    reportMistake,
    complain,
  });
  if (opened.kind === 'failed') return { kind: 'failed', reason: opened.reason };
  following.begin();
  const { nameserver } = opened;
  const service: ZoneService = {
    addresses: nameserver.addresses,
    get mistakes() {
      return nameserver.mistakes;
    },
    reload: async (settings) => {
      nameserver.limitAnswers(settings.rateLimitPerSecond);
      await following.reload(settings);
    },
    [Symbol.asyncDispose]: async () => {
      await nameserver[Symbol.asyncDispose]();
      await following[Symbol.asyncDispose]();
    },
  };
  return { kind: 'open', service };
}

/** What secondaries need: transfers, and word of changes. */
class Following implements AsyncDisposable {
  readonly serveTransfer: ServeTransfer;
  readonly #options: ZoneServiceOptions;
  #settings: ZoneServiceSettings;
  #networks: AddressList;
  #notifier: Notifier | undefined;

  constructor(options: ZoneServiceOptions) {
    const { zones, clock, settings } = options;
    this.#options = options;
    this.#settings = settings;
    this.#networks = new AddressList(settings.transferNetworks);
    const transfers = new OutgoingTransfers(zones, {
      mayTransferTo: (_zone, address) => this.#networks.has(address),
      unixSeconds: () => clock.unixSeconds(),
    });
    this.serveTransfer = async ({ form, clientAddress }, channel) => {
      const { request: message, signer: signedBy, edns } = form;
      for await (const octets of transfers.answer({ message, signedBy, edns, clientAddress }, channel.signal))
        if (!(await sendWithPatience(channel, octets, () => transfers.areWaitedFor))) return;
    };
  }

  begin(): void {
    const { zones, clock, listen, complain } = this.#options;
    const { secondaries } = this.#settings;
    if (secondaries.length === 0) return;
    this.#notifier = new Notifier(zones, {
      secondariesOf: () => secondaries,
      openChannel: (receive) => openDatagramChannel(receive, (target) => notifySource(target, listen)),
      randomId: () => randomInt(0x10000),
      unixSeconds: () => clock.unixSeconds(),
      monotonicMs: () => clock.monotonicMs(),
      complain: ({ zone, secondary, reason }) =>
        complain(`${zone.origin.toString()} ${secondary.address}, port ${secondary.port}: ${reason}`),
    });
  }

  async reload(settings: ZoneServiceSettings): Promise<void> {
    const before = this.#notifier;
    this.#settings = settings;
    this.#networks = new AddressList(settings.transferNetworks);
    this.#notifier = undefined;
    // The new one tells everybody at its beginning, so nothing is missed between the two.
    this.begin();
    await before?.[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const notifier = this.#notifier;
    this.#notifier = undefined;
    await notifier?.[Symbol.asyncDispose]();
  }
}

import { isIP } from 'node:net';

import { Rcode, rcodeName } from '../dns/codes.ts';
import type { TsigKey } from '../dns/tsig.ts';
import type { DatagramChannel, ReceiveDatagram } from './datagram-channel.ts';
import { encodeNotify, matchNotifyAnswer, type SentNotify } from './notify-message.ts';
import { defaultNotifyPolicy, type NotifyPolicy, NotifySchedule } from './notify-schedule.ts';
import type { ServedZone } from './served-zones.ts';

/** Who is told of changes. */
export interface Secondary {
  readonly address: string;
  readonly port: number;
  readonly key: TsigKey | undefined;
}

/** What the operator may want to know. */
export interface NotifyComplaint {
  readonly zone: ServedZone;
  readonly secondary: Secondary;
  /** In words, for people. */
  readonly reason: string;
}

export interface NotifierSettings {
  readonly secondariesOf: (zone: ServedZone) => readonly Secondary[];
  readonly openChannel: (receive: ReceiveDatagram) => DatagramChannel;
  /** 16 bits that nobody can guess. */
  readonly randomId: () => number;
  readonly unixSeconds: () => number;
  readonly monotonicMs: () => number;
  /** Called once for each thing that goes wrong with a secondary, until another one does or it goes right. */
  readonly complain: (complaint: NotifyComplaint) => void;
  readonly policy?: NotifyPolicy;
}

/** BIND's startup-notify-rate: so many secondaries a second are told that we have started. */
const startsPerSecond = 20;

/**
 * Tells secondaries of changes (RFC 1996), over UDP: at once after a change, then again until each has answered, as
 * {@link NotifySchedule} has it. Once at the start too, for the secondaries may have missed what came last before the end.
 */
export class Notifier implements AsyncDisposable {
  readonly #channel: DatagramChannel;
  readonly #targets: readonly NotifyTarget[];
  readonly #byZone: readonly (() => void)[];

  constructor(zones: Iterable<ServedZone>, settings: NotifierSettings) {
    this.#channel = settings.openChannel((wire, address, port) => this.#receive(wire, address, port));
    const targets: NotifyTarget[] = [];
    this.#byZone = [...zones].map((zone) => {
      const own = settings.secondariesOf(zone).map((each) => new NotifyTarget(zone, each, this.#channel, settings));
      for (const target of own) target.changed((targets.push(target) - 1) * (1000 / startsPerSecond));
      return zone.onChange(() => {
        for (const target of own) target.changed();
      });
    });
    this.#targets = targets;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const stopListening of this.#byZone) stopListening();
    for (const target of this.#targets) target.stop();
    await this.#channel[Symbol.asyncDispose]();
  }

  #receive(wire: Uint8Array, address: string, port: number): void {
    const source = canonicalAddress(address);
    for (const target of this.#targets) if (target.receive(wire, source, port)) return;
  }
}

/** So many NOTIFYs may still be answered; an answer to an older one comes too late to matter. */
const maxOutstanding = 8;

/** One secondary of one zone. */
class NotifyTarget {
  readonly #zone: ServedZone;
  readonly #secondary: Secondary;
  readonly #address: string;
  readonly #channel: DatagramChannel;
  readonly #settings: NotifierSettings;
  readonly #schedule: NotifySchedule;
  /** Latest last. */
  #outstanding: (SentNotify & { readonly serial: number })[] = [];
  #timer: NodeJS.Timeout | undefined;
  #complaint: string | undefined;
  #isStopped = false;

  constructor(zone: ServedZone, secondary: Secondary, channel: DatagramChannel, settings: NotifierSettings) {
    this.#zone = zone;
    this.#secondary = secondary;
    this.#address = canonicalAddress(secondary.address);
    this.#channel = channel;
    this.#settings = settings;
    this.#schedule = new NotifySchedule(settings.policy ?? defaultNotifyPolicy);
  }

  changed(delayMs = 0): void {
    this.#schedule.changed();
    this.#wait(delayMs);
  }

  /** @param address  canonical; @returns whether it was for this one */
  receive(wire: Uint8Array, address: string, port: number): boolean {
    if (port !== this.#secondary.port || address !== this.#address) return false;
    for (const sent of this.#outstanding) {
      const answer = matchNotifyAnswer(wire, sent, this.#settings.unixSeconds());
      if (answer.kind === 'other') continue;
      if (answer.kind === 'rejected') this.#complain(answer.reason);
      else this.#answered(sent.serial, answer.rcode);
      return true;
    }
    return false;
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #answered(serial: number, rcode: number): void {
    const isLatest = serial === this.#zone.zone.serial;
    this.#schedule.answered(isLatest);
    if (isLatest) this.#outstanding = [];
    this.#complain(rcode === Rcode.NOERROR ? undefined : `it answers ${rcodeName(rcode)}`);
    this.#wait();
  }

  #wait(delayMs = 0): void {
    clearTimeout(this.#timer);
    const { dueMs } = this.#schedule;
    if (dueMs === undefined || this.#isStopped) return;
    const waitMs = Math.max(delayMs, dueMs - this.#settings.monotonicMs());
    if (waitMs <= 0) this.#send();
    else this.#timer = setTimeout(() => this.#send(), Math.ceil(waitMs));
  }

  #send(): void {
    const { zone, origin } = this.#zone;
    const { key, address, port } = this.#secondary;
    const request = { id: this.#settings.randomId(), zone: origin, soa: zone.soa, key };
    const { wire, sent } = encodeNotify(request, this.#settings.unixSeconds());
    this.#outstanding = [...this.#outstanding, { ...sent, serial: zone.serial }].slice(-maxOutstanding);
    this.#schedule.sent(this.#settings.monotonicMs());
    this.#channel.send(wire, address, port);
    this.#wait();
  }

  #complain(reason: string | undefined): void {
    if (reason === this.#complaint) return;
    this.#complaint = reason;
    if (reason !== undefined) this.#settings.complain({ zone: this.#zone, secondary: this.#secondary, reason });
  }
}

/** An IPv6 address has several texts, and one that is canonical (RFC 5952); an interface stays with it. */
function canonicalAddress(address: string): string {
  if (isIP(address) !== 6) return address;
  const [plain = '', ...scope] = address.split('%');
  return [new URL(`http://[${plain}]/`).hostname.slice(1, -1), ...scope].join('%');
}

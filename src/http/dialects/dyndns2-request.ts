import { Type } from '../../dns/codes.ts';
import { toAsciiName } from '../../idn/ascii-name.ts';
import { type Address, judgeAddress, parseAddress } from '../../updates/address.ts';
import { type Hostname, parseHostname } from '../../updates/hostname.ts';
import { parsePrefix, type Prefix } from '../../updates/prefix.ts';
import type { RecordIntent } from '../../updates/request.ts';
import type { ClientAddress } from '../client-address.ts';
import { firstOf } from '../lenient-arguments.ts';

/** What the arguments of dyndns2 say, under whatever of their many names. */
export type Values = ReadonlyMap<string, string>;

export const secretNames = ['password', 'pass', 'pwd', 'token', 'key', 'secret'] as const;
export const userNames = ['username', 'user', 'login'] as const;

const hostNames = ['hostname', 'host', 'host_id', 'domain', 'domains', 'fqdn', 'h', 'id'];
const firstFamilyNames = ['myip', 'ip', 'myipv4', 'ipv4', 'ip4', 'ipaddr', 'a', 'ip_1', 'ip_2', 'address'];
const secondFamilyNames = ['myipv6', 'ipv6', 'ip6', 'ip6addr', 'aaaa'];
const prefixNames = ['ip6lanprefix', 'ipv6prefix'];

/** A request that names more is refused as a whole. */
export const mostHosts = 20;

/** The hosts as they were written; empty where none was. */
export function readHosts(values: Values): readonly string[] {
  const listed = firstOf(values, hostNames);
  if (listed !== undefined) return split(listed);
  const [zone, record] = [values.get('zone_name'), values.get('record_name')];
  if (zone === undefined || record === undefined) return [];
  const [zoneName, recordName] = [withoutTrailingDot(zone), withoutTrailingDot(record)];
  const isFull = `.${recordName}`.toLowerCase().endsWith(`.${zoneName.toLowerCase()}`);
  return [isFull ? recordName : `${recordName}.${zoneName}`];
}

/** Undefined for what is no host name. */
export function hostOf(written: string): Hostname | undefined {
  const ascii = toAsciiName(written);
  if (ascii.kind === 'invalid') return undefined;
  const parsed = parseHostname(ascii.text);
  // One label alone is somebody's short name, and of a top-level domain nobody has hosts.
  return parsed.kind === 'hostname' && parsed.hostname.labelCount > 1 ? parsed.hostname : undefined;
}

/** What a family of addresses shall become; `keep`: it is not touched, and nothing else stands for it. */
export type FamilyWish =
  | { readonly kind: 'set'; readonly address: Address }
  | { readonly kind: 'remove' }
  | { readonly kind: 'keep' };

/** What one host's addresses shall become; a family that is absent is not touched. */
export interface AddressWish {
  readonly ipv4?: FamilyWish;
  readonly ipv6?: FamilyWish;
  readonly prefix?: Prefix;
  readonly warning?: string;
}

/** `reason` is a sentence without a full stop, for the log. */
export type AddressesRead =
  | { readonly kind: 'read'; readonly wish: AddressWish }
  | { readonly kind: 'unusable'; readonly reason: string };

/**
 * What the arguments say of addresses: those that are given, each in its family whatever the argument is called; none given, the client's own.
 *
 * @param host  arguments such as `myipv4:host` are for it alone; undefined where there are none such
 */
export function readWish(values: Values, host: Hostname | undefined, findClient: () => ClientAddress): AddressesRead {
  const reader = new WishReader(findClient);
  for (const name of firstFamilyNames) reader.read(values.get(name), 'ipv4');
  for (const name of secondFamilyNames) reader.read(values.get(name), 'ipv6');
  for (const name of prefixNames) reader.readPrefix(values.get(name));
  for (const [name, value] of host ? values : []) {
    const [, family, written = ''] = /^myip(v4|v6):(.+)$/.exec(name) ?? [];
    if (family !== undefined && hostOf(written)?.key === host?.key)
      reader.override(value, `ip${family as 'v4' | 'v6'}`);
  }
  return reader.result();
}

/** Whether the addresses are to go, whatever else is said. */
export function isOffline(values: Values): boolean {
  return values.get('offline')?.toLowerCase() === 'yes';
}

/** What is to be done to the records of a host; a family that is not named is not touched. */
export function intentsOf({ ipv4, ipv6 }: AddressWish): readonly RecordIntent[] {
  return [...intentOf(Type.A, ipv4), ...intentOf(Type.AAAA, ipv6)];
}

function intentOf(type: number, wish: FamilyWish | undefined): readonly RecordIntent[] {
  switch (wish?.kind) {
    case undefined:
    case 'keep':
      return [];
    case 'remove':
      return [{ kind: 'remove', type }];
    case 'set': {
      const kind = type === Type.A ? 'A' : 'AAAA';
      return [{ kind: 'replace', type, rdatas: [{ kind, address: wish.address.octets }] }];
    }
  }
}

type Family = 'ipv4' | 'ipv6';

class WishReader {
  readonly #findClient: () => ClientAddress;
  #wishes: { ipv4?: FamilyWish; ipv6?: FamilyWish } = {};
  #prefix: Prefix | undefined;
  #warning: string | undefined;
  #fault: string | undefined;

  constructor(findClient: () => ClientAddress) {
    this.#findClient = findClient;
  }

  /** @param family  what words such as `no` are about; an address says itself what it is */
  read(value: string | undefined, family: Family): void {
    for (const piece of value === undefined ? [] : split(value)) {
      switch (piece.toLowerCase()) {
        case 'preserve':
          this.#wish(family, { kind: 'keep' });
          break;
        case 'no':
        case '-':
          this.#wish(family, { kind: 'remove' });
          break;
        case 'auto':
          this.#readClient();
          break;
        default:
          if (piece.includes('/')) this.readPrefix(piece);
          else this.#readAddress(piece);
      }
    }
  }

  readPrefix(value: string | undefined): void {
    for (const piece of value === undefined ? [] : split(value)) {
      const verdict = parsePrefix(piece);
      if (verdict.kind === 'invalid') this.#fault ??= `the prefix is not right: ${verdict.reason}`;
      else if (verdict.kind === 'address') this.#take(verdict.address, 'explicit');
      else if (this.#prefix && this.#prefix.text !== verdict.prefix.text) this.#fault ??= 'two prefixes are given';
      else this.#prefix = verdict.prefix;
    }
  }

  /** For one host alone, in the place of what is said for all. */
  override(value: string | undefined, family: Family): void {
    if (value === undefined) return;
    delete this.#wishes[family];
    this.read(value, family);
  }

  result(): AddressesRead {
    const isSilent = !this.#prefix && !this.#wishes.ipv4 && !this.#wishes.ipv6;
    if (isSilent && this.#fault === undefined) this.#readClient();
    if (this.#fault !== undefined) return { kind: 'unusable', reason: this.#fault };
    const wish = {
      ...this.#wishes,
      ...(this.#prefix ? { prefix: this.#prefix } : {}),
      ...(this.#warning === undefined ? {} : { warning: this.#warning }),
    };
    return { kind: 'read', wish };
  }

  #readAddress(text: string): void {
    const address = parseAddress(text);
    if (address) this.#take(address, 'explicit');
    else this.#fault ??= 'the address is no IP address';
  }

  #readClient(): void {
    const client = this.#findClient();
    if (client.kind === 'known') this.#take(client.address, 'connection', client.isTrustedProxy);
    else this.#fault ??= `the client's own address cannot be determined: ${client.reason}`;
  }

  #take(address: Address, origin: 'explicit' | 'connection', isTrustedProxy = false): void {
    const verdict = judgeAddress(address, origin, isTrustedProxy);
    if (verdict.kind === 'refused') this.#fault ??= `the address ${address.text} cannot be used: ${verdict.reason}`;
    else this.#warning ??= verdict.warning;
    this.#wish(address.family === 4 ? 'ipv4' : 'ipv6', { kind: 'set', address });
  }

  #wish(family: Family, wish: FamilyWish): void {
    const before = this.#wishes[family];
    if (before && wishText(before) !== wishText(wish))
      this.#fault ??= `two different things are asked for of ${family === 'ipv4' ? 'IPv4' : 'IPv6'}`;
    this.#wishes[family] ??= wish;
  }
}

function wishText(wish: FamilyWish): string {
  return wish.kind === 'set' ? wish.address.text : wish.kind;
}

function split(list: string): string[] {
  return list
    .split(/[, ]+/)
    .map((piece) => piece.trim())
    .filter((piece) => piece !== '');
}

function withoutTrailingDot(text: string): string {
  return text.endsWith('.') ? text.slice(0, -1) : text;
}

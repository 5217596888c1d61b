import { toAsciiName } from '../../idn/ascii-name.ts';
import type { Name } from '../../dns/name.ts';
import { type Address, judgeAddress, parseAddress } from '../../updates/address.ts';
import { type Hostname, parseHostname } from '../../updates/hostname.ts';
import type { ClientAddress } from '../client-address.ts';
import { printable } from '../printable.ts';
import { addressError, nameError, parameterError, type Refusal } from '../refusal.ts';
import { hostnameRefusal, noZoneText } from './seed-words.ts';

/** What the arguments say, or why they say nothing that can be done. */
export type Read<T> =
  | { readonly kind: 'read'; readonly value: T }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** The arguments by name; an empty one counts as absent. */
export type ArgumentValues = Pick<ReadonlyMap<string, string>, 'get'>;

/** The zones that there are, by the names in them. */
export interface KnownZones {
  find(name: Name): object | undefined;
}

/** The name that a request is about; it lies in one of the zones. */
export function readName(values: ArgumentValues, zones: KnownZones): Read<Hostname> {
  const fqdn = values.get('fqdn');
  const zoneName = values.get('zone_name');
  const recordName = values.get('record_name');
  if (fqdn !== undefined && zoneName !== undefined && recordName !== undefined)
    return refused(nameError('Specify "fqdn" or "zone_name" and "record_name".'));
  if (fqdn !== undefined) return inZone(parseName(fqdn), zones);
  if (zoneName === undefined || recordName === undefined) return refused(nameError('Value "fqdn" is required.'));
  return inZone(joinName(zoneName, recordName, zones), zones);
}

/** The record name may be the full name already. */
function joinName(zoneName: string, recordName: string, zones: KnownZones): Read<Hostname> {
  const zone = parseName(zoneName);
  if (zone.kind === 'refused') return zone;
  const zoneText = zone.value.toString();
  if (!zones.find(zone.value)) return refused(nameError(`Unknown zone "${zoneText.slice(0, -1)}".`, 404));
  const full = parseName(recordName);
  if (full.kind === 'read' && full.value.isAtOrBelow(zone.value)) return full;
  return parseName(`${withoutTrailingDot(recordName)}.${zoneText}`);
}

function parseName(text: string): Read<Hostname> {
  const ascii = toAsciiName(text);
  if (ascii.kind === 'invalid')
    return refused(
      nameError(
        `The label '${printable(ascii.label)}' of the DNS name '${printable(withoutTrailingDot(text))}' is invalid: ${printable(ascii.reason)}.`,
      ),
    );
  const parsed = parseHostname(ascii.text);
  return parsed.kind === 'hostname' ? read(parsed.hostname) : refused(hostnameRefusal(parsed.fault));
}

function inZone(name: Read<Hostname>, zones: KnownZones): Read<Hostname> {
  if (name.kind === 'refused' || zones.find(name.value)) return name;
  return refused(nameError(noZoneText(name.value.toString()), 404));
}

function withoutTrailingDot(text: string): string {
  return text.endsWith('.') ? text.slice(0, -1) : text;
}

export interface AddressPair {
  readonly ipv4: Address | undefined;
  readonly ipv6: Address | undefined;
  readonly warnings: readonly string[];
}

/** In the order in which the original looked at them, which decides whose mistake is named first. */
const addressArguments = [
  { name: 'ipv4', family: 4 },
  { name: 'ipv6', family: 6 },
  { name: 'ip_1', family: undefined },
  { name: 'ip_2', family: undefined },
] as const;

/**
 * The addresses that a name shall have: those that are given, at most one of each version; none given, the client's own.
 */
export function readAddresses(values: ArgumentValues, findClient: () => ClientAddress): Read<AddressPair> {
  let ipv4: Address | undefined;
  let ipv6: Address | undefined;
  for (const { name, family } of addressArguments) {
    const text = values.get(name);
    if (text === undefined) continue;
    const address = parseAddress(text);
    if (!address) return refused(addressError(`Invalid IP address '${printable(text)}'.`));
    if (family !== undefined && address.family !== family)
      return refused(addressError(`IP version "${family}" does not match.`));
    const other = address.family === 4 ? ipv4 : ipv6;
    if (other)
      return refused(
        addressError(`The attribute "ipv${address.family}" is already set and has the value "${other.text}".`),
      );
    const verdict = judgeAddress(address, 'explicit');
    if (verdict.kind === 'refused')
      return refused(addressError(`The IP address '${address.text}' cannot be used: ${verdict.reason}.`));
    if (address.family === 4) ipv4 = address;
    else ipv6 = address;
  }
  return ipv4 || ipv6 ? read({ ipv4, ipv6, warnings: [] }) : readClientAddress(findClient());
}

function readClientAddress(client: ClientAddress): Read<AddressPair> {
  if (client.kind === 'unknown')
    return refused(addressError(`The client's own address cannot be determined: ${client.reason}.`));
  const { address, isTrustedProxy } = client;
  const verdict = judgeAddress(address, 'connection', isTrustedProxy);
  if (verdict.kind === 'refused')
    return refused(addressError(`The client's own address '${address.text}' cannot be used: ${verdict.reason}.`));
  return read({
    ipv4: address.family === 4 ? address : undefined,
    ipv6: address.family === 6 ? address : undefined,
    warnings: verdict.warning === undefined ? [] : [verdict.warning],
  });
}

/** Seconds in decimal; what the configuration allows is decided where the plan is made. */
export function readTtl(values: ArgumentValues): Read<number | undefined> {
  const text = values.get('ttl');
  if (text === undefined) return read(undefined);
  if (/^-\d+$/.test(text))
    return refused(parameterError('greater_than_equal: Input should be greater than or equal to 0 (ttl).'));
  if (!/^\d+$/.test(text))
    return refused(
      parameterError('int_parsing: Input should be a valid integer, unable to parse string as an integer (ttl).'),
    );
  return read(Math.min(Number(text), mostTtlSeconds));
}

/** RFC 2181 §8: a TTL has 31 bits. */
const mostTtlSeconds = 2 ** 31 - 1;

function read<T>(value: T): Read<T> {
  return { kind: 'read', value };
}

function refused(refusal: Refusal): { kind: 'refused'; refusal: Refusal } {
  return { kind: 'refused', refusal };
}

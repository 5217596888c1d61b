import {
  type AddressPair,
  type KnownZones,
  type Read,
  readAddresses,
  readName,
  readTtl,
} from '../http/dialects/seed-request.ts';
import { updateAnswer } from '../http/dialects/seed-words.ts';
import { addressError } from '../http/refusal.ts';
import { exactAddresses, type NameRequest } from '../updates/request.ts';
import { change } from './change.ts';
import type { CliContext, Command, Invocation } from './command.ts';
import { ExitCode } from './exit-code.ts';
import { ownPublicAddresses } from './own-addresses.ts';

export const updateCommand: Command = {
  name: 'update',
  summary: 'give a name these addresses',
  operands: 'FQDN [IP…]',
  minOperands: 1,
  maxOperands: 3,
  description: `Sets the A and AAAA records of a name to exactly these addresses, at most one IPv4 and one IPv6 address: a record of
the other kind goes. Without an address, the public addresses of this machine are used, if there is exactly one of a
kind. One line a record type says what was done.`,
  options: {
    ttl: { value: 'SECONDS', text: 'the time to live of the records (default: as it is, else ttl.default)' },
    json: { text: 'tell the outcome as JSON' },
  },
  examples: [
    { line: 'dyndns update home.dyndns.example.com 203.0.113.7', text: 'IPv4 only' },
    { line: 'dyndns update home.dyndns.example.com 203.0.113.7 2001:db8::7', text: 'both' },
    { line: 'dyndns update home.dyndns.example.com', text: "this machine's own public addresses" },
    { line: "dyndns update '*.home.dyndns.example.com' 203.0.113.7 --ttl 60", text: 'a wildcard, for a minute' },
  ],
  exitCodes: [ExitCode.failed, ExitCode.unreachable, ExitCode.unconfirmed],
  run: async (invocation, context) =>
    await change({ read: (zones) => readUpdate(invocation, context, zones), word: updateAnswer }, invocation, context),
};

function readUpdate(invocation: Invocation, context: CliContext, zones: KnownZones): Read<NameRequest> {
  const [fqdn, ip1, ip2] = invocation.operands;
  const values = { fqdn, ip_1: ip1, ip_2: ip2, ttl: invocation.values['ttl'] };
  const lookup = {
    get: (name: string): string | undefined => (name in values ? values[name as keyof typeof values] : undefined),
  };
  const ttl = readTtl(lookup);
  if (ttl.kind === 'refused') return ttl;
  const name = readName(lookup, zones);
  if (name.kind === 'refused') return name;
  const addresses = ip1 === undefined ? readOwnAddresses(context) : readAddresses(lookup, () => noClient);
  if (addresses.kind === 'refused') return addresses;
  const request = { hostname: name.value, intents: exactAddresses(addresses.value.ipv4, addresses.value.ipv6) };
  return { kind: 'read', value: ttl.value === undefined ? request : { ...request, ttlSeconds: ttl.value } };
}

/** An empty operand counts as absent, and then there is no connection whose address could be taken. */
const noClient = { kind: 'unknown', reason: 'no address was given' } as const;

function readOwnAddresses(context: CliContext): Read<AddressPair> {
  const own = ownPublicAddresses(context.networkInterfaces());
  if (own.kind === 'unclear')
    return { kind: 'refused', refusal: addressError(`No address was given, and ${own.reason}.`) };
  return { kind: 'read', value: { ipv4: own.ipv4, ipv6: own.ipv6, warnings: [] } };
}

import { isIP } from 'node:net';
import { parseAddress } from '../updates/address.ts';
import type { ListenAddress, NameserverConfig } from './config.ts';
import type { Field } from './fields.ts';
import { parseListenAddress } from './network-address.ts';
import { quoted } from './quoted.ts';
import { domainName, listenAddress, network, oneOrMore, parsedText, wholeNumber } from './schema.ts';

/** A name, and its addresses behind it: `ns1.example.com 192.0.2.53 2001:db8::53`. */
const nameserver = parsedText<NameserverConfig>((written) => {
  const [first = '', ...rest] = written.trim().split(/\s+/);
  const name = domainName.safeParse(first);
  if (!name.success) return { kind: 'wrong', what: name.error.issues[0]?.message ?? 'begins with no domain name' };
  const addresses = rest.map(parseAddress);
  const wrong = rest.find((_, index) => addresses[index] === undefined);
  if (wrong !== undefined) return { kind: 'wrong', what: `has ${quoted(wrong)} where an address belongs` };
  return { kind: 'value', value: { name: name.data, addresses: addresses.flatMap((address) => address ?? []) } };
});

const usualPort = 53;

/** An address, at the usual port where it names none. */
const peerAddress = parsedText<ListenAddress>((written) => {
  const address = isIP(written) === 0 ? parseListenAddress(written) : { host: written, port: usualPort };
  return address && address.port > 0
    ? { kind: 'value', value: address }
    : { kind: 'wrong', what: `is ${quoted(written)}, which is no address` };
});

export const dnsFields = {
  listen: {
    schema: oneOrMore(listenAddress, 1, 64),
    expected: 'it takes an address with a port such as 127.0.0.1:5300 or [::1]:5300, or a list of them',
  } satisfies Field<ListenAddress[]>,
  ns: {
    schema: oneOrMore(nameserver, 1, 13),
    expected:
      'it takes the name of a nameserver, with its addresses where it is in a zone of yours: ns1.example.com 192.0.2.53',
  } satisfies Field<NameserverConfig[]>,
  transfer_networks: {
    schema: oneOrMore(network, 0, 1024),
    expected: 'it takes addresses and networks such as 192.0.2.54 or 10.0.0.0/8, or a list of them',
  } satisfies Field<string[]>,
  notify: {
    schema: oneOrMore(peerAddress, 0, 64),
    expected: 'it takes addresses such as 192.0.2.54 or 192.0.2.54:5353, or a list of them',
  } satisfies Field<ListenAddress[]>,
  rate_limit: {
    schema: wholeNumber(0, 1_000_000),
    expected: 'it takes answers a second, a whole number from 1 to 1000000, or 0 for no limit',
  } satisfies Field<number>,
  resolver: {
    schema: oneOrMore(peerAddress, 0, 3),
    expected: 'it takes addresses of resolvers such as 192.0.2.54 or 192.0.2.54:5353, or a list of at most three',
  } satisfies Field<ListenAddress[]>,
} as const;

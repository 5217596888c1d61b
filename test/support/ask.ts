import { Class } from '../../src/dns/codes.ts';
import { type Edns, toOpt } from '../../src/dns/edns.ts';
import { encodeMessage, makeQuery, type Message } from '../../src/dns/message.ts';
import { Name } from '../../src/dns/name.ts';
import { makeAddressOctets, readAddress } from '../../src/nameserver/client-address.ts';
import type { RequestFacts } from '../../src/nameserver/respond.ts';

/** When all that is asked here is asked. */
export const nowSeconds = 1_700_000_000;

export const plainEdns: Edns = { udpPayloadSize: 1232, version: 0, dnssecOk: false, extendedRcode: 0, options: [] };

export function requestFacts(transport: 'udp' | 'tcp' = 'udp', address = '192.0.2.77'): RequestFacts {
  const client = makeAddressOctets();
  readAddress(address, client);
  return { transport, client, nowSeconds };
}

export function queryMessage(name: string, type: number, edns?: Partial<Edns>): Message {
  const query = makeQuery({ id: 4711, name: Name.parse(name), type });
  return edns === undefined ? query : { ...query, additionals: [toOpt({ ...plainEdns, ...edns })] };
}

export function queryWire(name: string, type: number, edns?: Partial<Edns>): Uint8Array {
  return encodeMessage(queryMessage(name, type, edns));
}

/** A question by itself, of any class. */
export function question(name: string, type: number, dnsClass: number = Class.IN) {
  return { name: Name.parse(name), type, class: dnsClass };
}

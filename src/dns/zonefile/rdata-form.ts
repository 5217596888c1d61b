import { Type } from '../codes.ts';
import type { Rdata } from '../rdata.ts';
import { decodeIpv4, decodeIpv6 } from './address-text.ts';
import { maxTimeSeconds } from './duration.ts';
import type { EntryFields } from './entry-fields.ts';
import { ZonefileSyntaxError } from './mistake.ts';

/** How the RDATA of a type is written. */
export interface RdataForm {
  /** The fields, as a message shows them to whoever has written something else. */
  readonly example: string;
  /** @throws ZonefileSyntaxError, and DnsEncodeError `too-long` */
  readonly read: (fields: EntryFields) => Rdata;
}

const u8 = 0xff;
const u16 = 0xffff;
const u32 = 0xffff_ffff;
/** What RDLENGTH can say (RFC 1035 §3.2.1). */
const maxRdataOctets = 0xffff;

/** The types that have a shape in rdata.ts. */
export const shapedForms: ReadonlyMap<number, RdataForm> = new Map<number, RdataForm>([
  [Type.A, { example: '192.0.2.1', read: readIpv4 }],
  [Type.AAAA, { example: '2001:db8::1', read: readIpv6 }],
  [Type.CNAME, targetForm('CNAME')],
  [Type.NS, targetForm('NS')],
  [Type.PTR, targetForm('PTR')],
  [Type.TXT, { example: '"a text" "and one more"', read: readTxt }],
  [Type.MX, { example: '10 mail.example.com.', read: readMx }],
  [Type.SOA, { example: 'ns1.example.com. hostmaster.example.com. 1 3600 600 1209600 60', read: readSoa }],
  [Type.SRV, { example: '0 5 5060 server.example.com.', read: readSrv }],
  [Type.CAA, { example: '0 issue "ca.example.net"', read: readCaa }],
]);

function readIpv4(fields: EntryFields): Rdata {
  const remedy = 'Write four numbers from 0 to 255, such as 192.0.2.1; an IPv6 address belongs into an AAAA record';
  return { kind: 'A', address: fields.decoded('an IPv4 address', decodeIpv4, remedy) };
}

function readIpv6(fields: EntryFields): Rdata {
  const remedy = 'Write it such as 2001:db8::1; an IPv4 address belongs into an A record';
  return { kind: 'AAAA', address: fields.decoded('an IPv6 address', decodeIpv6, remedy) };
}

function targetForm(kind: 'CNAME' | 'NS' | 'PTR'): RdataForm {
  return { example: 'host.example.com.', read: (fields) => ({ kind, target: fields.domainName('the target') }) };
}

function readTxt(fields: EntryFields): Rdata {
  const strings: Uint8Array[] = [];
  let octets = 0;
  do {
    const { offset } = fields;
    const string = fields.characterString('the text');
    octets += 1 + string.length;
    if (octets > maxRdataOctets) {
      throw new ZonefileSyntaxError(offset, 'The strings up to here take more than 65,535 octets', 'Leave some out');
    }
    strings.push(string);
  } while (fields.remaining > 0);
  return { kind: 'TXT', strings };
}

function readMx(fields: EntryFields): Rdata {
  const preference = fields.number('the preference', u16);
  return { kind: 'MX', preference, exchange: fields.domainName('the exchange') };
}

function readSoa(fields: EntryFields): Rdata {
  return {
    kind: 'SOA',
    mname: fields.domainName('the name of the primary'),
    rname: fields.domainName('the mailbox of whoever is responsible'),
    serial: fields.number('the serial', u32),
    refresh: fields.duration('the refresh time', maxTimeSeconds),
    retry: fields.duration('the retry time', maxTimeSeconds),
    expire: fields.duration('the expire time', maxTimeSeconds),
    minimum: fields.duration('the minimum TTL', maxTimeSeconds),
  };
}

function readSrv(fields: EntryFields): Rdata {
  const priority = fields.number('the priority', u16);
  const weight = fields.number('the weight', u16);
  const port = fields.number('the port', u16);
  const target = fields.domainName('the target');
  return { kind: 'SRV', priority, weight, port, target };
}

function readCaa(fields: EntryFields): Rdata {
  const flags = fields.number('the flags', u8);
  const { offset } = fields;
  const tag = fields.word('the tag');
  // RFC 8659 §4.1: ASCII letters and digits
  if (!/^[A-Za-z0-9]{1,255}$/.test(tag)) {
    throw new ZonefileSyntaxError(
      offset,
      'The tag is not 1 to 255 ASCII letters and digits',
      'Write issue, issuewild or iodef',
    );
  }
  return { kind: 'CAA', flags, tag, value: fields.text('the value', maxRdataOctets - 2 - tag.length) };
}

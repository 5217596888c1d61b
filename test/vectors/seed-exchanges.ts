import type { Fault } from '../../src/updates/fault.ts';

/** The secret that the requests bring. */
export const seedSecret = '12345678';

/** One request in the dialect of the seed, and what it gets, to the byte. */
export interface Exchange {
  readonly name: string;
  /** What stands in the zone before: `test.dyndns1.dev` → addresses. */
  readonly before?: Readonly<Record<string, readonly string[]>>;
  readonly fault?: Fault;
  readonly method?: string;
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly status: number;
  readonly text: string;
  /** What stands there afterwards, at all names of `before` and these. */
  readonly after?: Readonly<Record<string, readonly string[]>>;
}

const at = (rest: string): string => `/update-by-path/${seedSecret}/${rest}`;
const query = (rest: string): string => `/update-by-query?secret=${seedSecret}&${rest}`;
const remove = (name: string): string => `/delete-by-path/${seedSecret}/${name}`;
const test1 = 'test.dyndns1.dev';
const nameserver = '127.0.0.1';

/** What is done, or needs no doing. */
export const updates: readonly Exchange[] = [
  {
    name: 'an address is replaced',
    before: { [test1]: ['1.2.3.4'] },
    target: at(`${test1}/1.2.3.5`),
    status: 200,
    text: 'UPDATED: test.dyndns1.dev. A 1.2.3.4 -> 1.2.3.5\nUNCHANGED: test.dyndns1.dev. AAAA None\n',
    after: { [test1]: ['1.2.3.5'] },
  },
  {
    name: 'an address is new',
    target: at(`${test1}/1.2.3.5`),
    status: 200,
    text: 'UPDATED: test.dyndns1.dev. A None -> 1.2.3.5\nUNCHANGED: test.dyndns1.dev. AAAA None\n',
    after: { [test1]: ['1.2.3.5'] },
  },
  {
    name: 'an empty segment before an address is absent',
    target: at(`${test1}//1.2.3.5`),
    status: 200,
    text: 'UPDATED: test.dyndns1.dev. A None -> 1.2.3.5\nUNCHANGED: test.dyndns1.dev. AAAA None\n',
    after: { [test1]: ['1.2.3.5'] },
  },
  {
    name: 'a family that is not given goes',
    before: { [test1]: ['1.2.3.5', '1::2'] },
    target: at(`${test1}/1.2.3.5`),
    status: 200,
    text: 'UNCHANGED: test.dyndns1.dev. A 1.2.3.5\nUPDATED: test.dyndns1.dev. AAAA 1::2 -> None\n',
    after: { [test1]: ['1.2.3.5'] },
  },
  {
    name: 'and the other way round',
    before: { [test1]: ['1.2.3.5', '1::2'] },
    target: at(`${test1}/1::3`),
    status: 200,
    text: 'UPDATED: test.dyndns1.dev. A 1.2.3.5 -> None\nUPDATED: test.dyndns1.dev. AAAA 1::2 -> 1::3\n',
    after: { [test1]: ['1::3'] },
  },
  {
    name: 'both addresses, IPv6 first: A is reported first all the same',
    target: at(`${test1}/1::3/1.2.3.5`),
    status: 200,
    text: 'UPDATED: test.dyndns1.dev. A None -> 1.2.3.5\nUPDATED: test.dyndns1.dev. AAAA None -> 1::3\n',
    after: { [test1]: ['1.2.3.5', '1::3'] },
  },
  {
    name: 'nothing changes',
    before: { [test1]: ['1.2.3.5', '1::3'] },
    target: at(`${test1}/1.2.3.5/1::3`),
    status: 200,
    text: 'UNCHANGED: test.dyndns1.dev. A 1.2.3.5\nUNCHANGED: test.dyndns1.dev. AAAA 1::3\n',
    after: { [test1]: ['1.2.3.5', '1::3'] },
  },
  {
    name: 'several old addresses are named in numeric order',
    before: { [test1]: ['1.2.3.20', '1.2.3.3', '1.2.3.100'] },
    target: at(`${test1}/1.2.3.4`),
    status: 200,
    text: 'UPDATED: test.dyndns1.dev. A 1.2.3.3,1.2.3.20,1.2.3.100 -> 1.2.3.4\nUNCHANGED: test.dyndns1.dev. AAAA None\n',
    after: { [test1]: ['1.2.3.4'] },
  },
  {
    name: 'an IPv6 address is written as RFC 5952 has it',
    target: at(`${test1}/2001:0DB8:0:0:0:0:0:1`),
    status: 200,
    text: 'UNCHANGED: test.dyndns1.dev. A None\nUPDATED: test.dyndns1.dev. AAAA None -> 2001:db8::1\n',
    after: { [test1]: ['2001:db8::1'] },
  },
  {
    name: 'a mapped address is unwrapped',
    target: at(`${test1}/::ffff:1.2.3.4`),
    status: 200,
    text: 'UPDATED: test.dyndns1.dev. A None -> 1.2.3.4\nUNCHANGED: test.dyndns1.dev. AAAA None\n',
    after: { [test1]: ['1.2.3.4'] },
  },
  {
    name: 'a private address that is given is taken',
    target: at(`${test1}/192.168.1.2`),
    status: 200,
    text: 'UPDATED: test.dyndns1.dev. A None -> 192.168.1.2\nUNCHANGED: test.dyndns1.dev. AAAA None\n',
  },
  {
    name: 'case and trailing dot of the name do not matter',
    target: at('TEST.DynDNS1.Dev./1.2.3.4'),
    status: 200,
    text: 'UPDATED: test.dyndns1.dev. A None -> 1.2.3.4\nUNCHANGED: test.dyndns1.dev. AAAA None\n',
    after: { [test1]: ['1.2.3.4'] },
  },
  {
    name: 'a wildcard',
    target: at('*.home.dyndns1.dev/1.2.3.4'),
    status: 200,
    text: 'UPDATED: *.home.dyndns1.dev. A None -> 1.2.3.4\nUNCHANGED: *.home.dyndns1.dev. AAAA None\n',
    after: { '*.home.dyndns1.dev': ['1.2.3.4'] },
  },
  {
    name: 'an underscore',
    target: at('_a._tcp.dyndns1.dev/1.2.3.4'),
    status: 200,
    text: 'UPDATED: _a._tcp.dyndns1.dev. A None -> 1.2.3.4\nUNCHANGED: _a._tcp.dyndns1.dev. AAAA None\n',
  },
  {
    name: 'the apex',
    target: at('dyndns1.dev/1.2.3.4'),
    status: 200,
    text: 'UPDATED: dyndns1.dev. A None -> 1.2.3.4\nUNCHANGED: dyndns1.dev. AAAA None\n',
  },
  {
    name: 'an internationalised name',
    target: at('b%C3%BCcher.dyndns1.dev/1.2.3.4'),
    status: 200,
    text: 'UPDATED: xn--bcher-kva.dyndns1.dev. A None -> 1.2.3.4\nUNCHANGED: xn--bcher-kva.dyndns1.dev. AAAA None\n',
  },
  {
    name: 'the inner of two nested zones',
    target: at('www.sub.example.com/1.2.3.4'),
    status: 200,
    text: 'UPDATED: www.sub.example.com. A None -> 1.2.3.4\nUNCHANGED: www.sub.example.com. AAAA None\n',
    after: { 'www.sub.example.com': ['1.2.3.4'] },
  },
  {
    name: 'a name of 253 characters, every one percent-encoded',
    target: at(`${encodeAll(`${'a'.repeat(62)}.`.repeat(3) + `${'b'.repeat(52)}.dyndns1.dev`)}/1.2.3.4`),
    status: 200,
    text: longNameText(`${`${'a'.repeat(62)}.`.repeat(3)}${'b'.repeat(52)}.dyndns1.dev.`),
  },
  {
    name: 'an empty last segment counts as absent',
    target: at(`${test1}/1.2.3.4/`),
    status: 200,
    text: 'UPDATED: test.dyndns1.dev. A None -> 1.2.3.4\nUNCHANGED: test.dyndns1.dev. AAAA None\n',
  },
  {
    name: 'by query: fqdn',
    target: query(`fqdn=${test1}&ip_1=1.2.3.4&ip_2=1::2`),
    status: 200,
    text: 'UPDATED: test.dyndns1.dev. A None -> 1.2.3.4\nUPDATED: test.dyndns1.dev. AAAA None -> 1::2\n',
  },
  {
    name: 'by query: ipv4 and ipv6, some of it empty',
    target: query(`fqdn=${test1}&ipv4=1.2.3.4&ipv6=1::2&ip_1=&ip_2=&ttl=&zone_name=&record_name=`),
    status: 200,
    text: 'UPDATED: test.dyndns1.dev. A None -> 1.2.3.4\nUPDATED: test.dyndns1.dev. AAAA None -> 1::2\n',
  },
  {
    name: 'by query: ip_1 beside ipv6',
    target: query(`fqdn=${test1}&ipv6=1::2&ip_1=1.2.3.4`),
    status: 200,
    text: 'UPDATED: test.dyndns1.dev. A None -> 1.2.3.4\nUPDATED: test.dyndns1.dev. AAAA None -> 1::2\n',
  },
  {
    name: 'by query: zone and record name',
    target: query('zone_name=dyndns1.dev.&record_name=test.&ip_1=1.2.3.4'),
    status: 200,
    text: 'UPDATED: test.dyndns1.dev. A None -> 1.2.3.4\nUNCHANGED: test.dyndns1.dev. AAAA None\n',
  },
  {
    name: 'by query: the record name is the full name',
    target: query('zone_name=dyndns1.dev&record_name=test.dyndns1.dev&ip_1=1.2.3.4'),
    status: 200,
    text: 'UPDATED: test.dyndns1.dev. A None -> 1.2.3.4\nUNCHANGED: test.dyndns1.dev. AAAA None\n',
  },
  {
    name: 'by query: the joined name belongs to the inner zone',
    target: query('zone_name=example.com&record_name=www.sub&ip_1=1.2.3.4'),
    status: 200,
    text: 'UPDATED: www.sub.example.com. A None -> 1.2.3.4\nUNCHANGED: www.sub.example.com. AAAA None\n',
    after: { 'www.sub.example.com': ['1.2.3.4'] },
  },
  {
    name: 'by query: a numeric record name and an internationalised one',
    target: query('zone_name=dyndns1.dev&record_name=1.b%C3%BCcher&ip_1=1.2.3.4'),
    status: 200,
    text: 'UPDATED: 1.xn--bcher-kva.dyndns1.dev. A None -> 1.2.3.4\nUNCHANGED: 1.xn--bcher-kva.dyndns1.dev. AAAA None\n',
  },
  {
    name: 'by query: with the name, half of the other way to say it is not needed',
    target: query(`fqdn=${test1}&zone_name=dyndns1.dev&ip_1=1.2.3.4`),
    status: 200,
    text: 'UPDATED: test.dyndns1.dev. A None -> 1.2.3.4\nUNCHANGED: test.dyndns1.dev. AAAA None\n',
  },
  {
    name: 'by form',
    method: 'POST',
    target: '/update-by-query',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: `secret=${seedSecret}&fqdn=${test1}&ip_1=1.2.3.4&ip_2=1%3A%3A2`,
    status: 200,
    text: 'UPDATED: test.dyndns1.dev. A None -> 1.2.3.4\nUPDATED: test.dyndns1.dev. AAAA None -> 1::2\n',
  },
  {
    name: 'by form and query',
    method: 'POST',
    target: `/update-by-query?fqdn=${test1}&ip_1=1.2.3.4`,
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' },
    body: `secret=${seedSecret}`,
    status: 200,
    text: 'UPDATED: test.dyndns1.dev. A None -> 1.2.3.4\nUNCHANGED: test.dyndns1.dev. AAAA None\n',
  },
  {
    name: 'by POST without a body',
    method: 'POST',
    target: at(`${test1}/1.2.3.4`),
    status: 200,
    text: 'UPDATED: test.dyndns1.dev. A None -> 1.2.3.4\nUNCHANGED: test.dyndns1.dev. AAAA None\n',
  },
  {
    name: 'by path, the secret as bearer',
    target: `/update-by-path/-/${test1}/1.2.3.4`,
    headers: { authorization: `Bearer ${seedSecret}` },
    status: 200,
    text: 'UPDATED: test.dyndns1.dev. A None -> 1.2.3.4\nUNCHANGED: test.dyndns1.dev. AAAA None\n',
  },
  {
    name: 'by query, the secret as bearer',
    target: `/update-by-query?fqdn=${test1}&ip_1=1.2.3.4`,
    headers: { authorization: `bearer  ${seedSecret}` },
    status: 200,
    text: 'UPDATED: test.dyndns1.dev. A None -> 1.2.3.4\nUNCHANGED: test.dyndns1.dev. AAAA None\n',
  },
  {
    name: 'the secret twice, but the same',
    target: at(`${test1}/1.2.3.4`),
    headers: { authorization: `Bearer ${seedSecret}` },
    status: 200,
    text: 'UPDATED: test.dyndns1.dev. A None -> 1.2.3.4\nUNCHANGED: test.dyndns1.dev. AAAA None\n',
  },
  {
    name: 'another scheme of Authorization is not ours',
    target: at(`${test1}/1.2.3.4`),
    headers: { authorization: 'Basic dXNlcjpwYXNzd29yZA==' },
    status: 200,
    text: 'UPDATED: test.dyndns1.dev. A None -> 1.2.3.4\nUNCHANGED: test.dyndns1.dev. AAAA None\n',
  },
  {
    name: 'the percent-encoded secret is decoded once',
    target: `/update-by-path/${encodeAll(seedSecret)}/${test1}/1.2.3.4`,
    status: 200,
    text: 'UPDATED: test.dyndns1.dev. A None -> 1.2.3.4\nUNCHANGED: test.dyndns1.dev. AAAA None\n',
  },
  {
    name: 'the addresses are deleted',
    before: { [test1]: ['1.2.3.4', '1::2'] },
    target: remove(test1),
    status: 200,
    text: "UPDATED: The A and AAAA records of the domain name 'test.dyndns1.dev.' were deleted.\n",
    after: { [test1]: [] },
  },
  {
    name: 'one address is deleted, by POST',
    before: { [test1]: ['1::2'] },
    method: 'POST',
    target: remove('TEST.dyndns1.dev.'),
    status: 200,
    text: "UPDATED: The A and AAAA records of the domain name 'test.dyndns1.dev.' were deleted.\n",
    after: { [test1]: [] },
  },
  {
    name: 'there is nothing to delete',
    target: remove('x.dyndns1.dev'),
    status: 200,
    text: "UNCHANGED: The deletion of the domain name 'x.dyndns1.dev.' was not executed because there were no A or AAAA records.\n",
  },
  { name: 'the first page', target: '/', status: 200, text: 'dyndns v0.1.0\n' },
];

const kept = { before: { [test1]: ['1.2.3.4'] }, after: { [test1]: ['1.2.3.4'] }, target: at(`${test1}/1.2.3.5`) };
/** What the nameserver prevents; the zone stays as it was. */
export const faults: readonly Exchange[] = [
  {
    ...kept,
    name: 'an unknown key',
    fault: { code: 'unknown-key', nameserver, zone: 'dyndns1.dev.', key: 'dyndns1.dev.' },
    status: 502,
    text: 'DNS_SERVER_ERROR: The peer "127.0.0.1" didn\'t know the tsig key we used for the zone "dyndns1.dev.".\n',
  },
  {
    ...kept,
    name: 'silence',
    fault: { code: 'timeout', nameserver },
    status: 504,
    text: 'DNS_SERVER_ERROR: The DNS operation to the nameserver "127.0.0.1" timed out.\n',
  },
  {
    ...kept,
    name: 'an outcome that is not known, after silence',
    fault: { code: 'unconfirmed', nameserver, name: 'test.dyndns1.dev.', cause: { code: 'timeout', nameserver } },
    status: 504,
    text: "DNS_SERVER_ERROR: The update of 'test.dyndns1.dev.' could not be confirmed.\n",
  },
  {
    ...kept,
    name: 'an outcome that is not known, after a lost connection',
    fault: { code: 'unconfirmed', nameserver, name: 'test.dyndns1.dev.', cause: { code: 'disconnected', nameserver } },
    status: 503,
    text: "DNS_SERVER_ERROR: The update of 'test.dyndns1.dev.' could not be confirmed.\n",
  },
  {
    ...kept,
    name: 'nothing listens',
    fault: { code: 'unreachable', nameserver, reason: 'connect ECONNREFUSED 127.0.0.1:53' },
    status: 503,
    text: 'DNS_SERVER_ERROR: The nameserver 127.0.0.1 could not be reached: connect ECONNREFUSED 127.0.0.1:53.\n',
  },
  {
    ...kept,
    name: 'a refusal when deleting',
    target: remove(test1),
    fault: { code: 'disconnected', nameserver },
    status: 503,
    text: 'DNS_SERVER_ERROR: The nameserver 127.0.0.1 closed the connection before it answered.\n',
  },
  {
    ...kept,
    name: 'an alias in the way',
    fault: { code: 'alias', name: 'test.dyndns1.dev.', target: 'x.example.' },
    status: 502,
    text: 'DNS_SERVER_ERROR: The name test.dyndns1.dev. is an alias for x.example., and an alias can have no addresses of its own.\n',
  },
];

function encodeAll(text: string): string {
  return Array.from(text, (character) => `%${character.charCodeAt(0).toString(16)}`).join('');
}

function longNameText(name: string): string {
  return `UPDATED: ${name} A None -> 1.2.3.4\nUNCHANGED: ${name} AAAA None\n`;
}

import {
  badAddress,
  get,
  type HostileRequest,
  type HostileSurroundings,
  wrongPath,
  type Row,
  rows,
  named,
  told,
} from './hostile-request.ts';

export function addressRequests({ secret, zone }: HostileSurroundings): HostileRequest[] {
  const at = (encoded: string): string => get(`/update-by-path/${secret}/www.${zone}/${encoded}`);
  const query = (rest: string): string => get(`/update-by-query?secret=${secret}&fqdn=www.${zone}&${rest}`);
  const invalid = (text: string, encoded = encodeURIComponent(text)): Row => [
    `the address ${JSON.stringify(text)}`,
    at(encoded),
    400,
    badAddress(text),
  ];
  const refused = (text: string, scope: string, canonical = text): Row => [
    `the ${scope} address ${text}`,
    at(encodeURIComponent(text)),
    400,
    `IP_ADDRESS_ERROR: The IP address '${canonical}' cannot be used: it is ${/^[aeiou]/.test(scope) ? 'an' : 'a'} ${scope} address, which no other machine can reach.`,
  ];
  const taken = (version: 4 | 6, value: string): string =>
    `IP_ADDRESS_ERROR: The attribute "ipv${version}" is already set and has the value "${value}".`;
  return rows([
    ...[
      '1.2.3',
      '1.2.3.4.5',
      '1.2.3.',
      '.1.2.3',
      '1..2.3',
      '256.1.1.1',
      '1.2.3.999',
      '01.2.3.4',
      '1.2.3.04',
      '0x1.2.3.4',
    ].map((text) => invalid(text)),
    ...[
      '1',
      '16909060',
      '0x01020304',
      '1.2.3.4/32',
      '1.2.3.4:80',
      '1.2.3.-4',
      '+1.2.3.4',
      ' 1.2.3.4',
      '1.2.3.4 ',
      '1,2.3.4',
    ].map((text) => invalid(text)),
    ...[
      '::1::',
      ':::',
      '1:2:3:4:5:6:7',
      '1:2:3:4:5:6:7:8:9',
      '1:2:3:4:5:6:7::8:9',
      '12345::',
      'g::',
      '::1%eth0',
      'fe80::1%25',
      '[2001:db8::1]',
    ].map((text) => invalid(text)),
    ...[
      '2001:db8::1/64',
      '::1.2.3',
      '::1.2.3.256',
      '1.2.3.4::',
      '2001:db8::-1',
      ':',
      '1:',
      ':1',
      '2001:db8:::1',
      '::ffff:1.2.3.04',
    ].map((text) => invalid(text)),
    ...['localhost', 'None', 'null', 'auto', 'preserve', '-', '*', '@', 'example.com', 'NaN'].map((text) =>
      invalid(text),
    ),
    named('a fullwidth digit', invalid('１.2.3.4')),
    named('ideographic full stops', invalid('1。2。3。4')),
    named('Persian digits', invalid('۱.۲.۳.۴')),
    told(badAddress('1.2.3.4\\u{0}'), invalid('1.2.3.4\0')),
    told(badAddress('1.2.3.4\\u{a}5.6.7.8'), invalid('1.2.3.4\n5.6.7.8')),
    invalid('1.2.3.4,5.6.7.8'),
    named('an address with an encoded slash', invalid('1.2.3.4/5.6.7.8')),
    named('a dot that is encoded twice', invalid('1%2e2.3.4')),
    ['an address of 5,000 digits', at('1'.repeat(5000)), 400, badAddress(`${'1'.repeat(260)}…`)],
    ['the secret where the address belongs', at(secret), 400, badAddress('***')],
    ['an empty first address and nonsense', at('/lol'), 400, badAddress('lol')],
    refused('0.0.0.0', 'unspecified'),
    refused('::', 'unspecified'),
    refused('0:0:0:0:0:0:0:0', 'unspecified', '::'),
    refused('169.254.0.1', 'link-local'),
    refused('fe80::1', 'link-local'),
    refused('FEBF::1', 'link-local', 'febf::1'),
    refused('224.0.0.1', 'multicast'),
    refused('239.255.255.255', 'multicast'),
    refused('ff02::1', 'multicast'),
    refused('255.255.255.255', 'broadcast'),
    refused('::ffff:0.0.0.0', 'unspecified', '0.0.0.0'),
    refused('::ffff:169.254.1.1', 'link-local', '169.254.1.1'),
    refused('::ffff:e000:1', 'multicast', '224.0.0.1'),
    ['two IPv4 addresses', at('1.2.3.4/1.2.3.5'), 400, taken(4, '1.2.3.4')],
    ['the same IPv4 address twice', at('1.2.3.4/1.2.3.4'), 400, taken(4, '1.2.3.4')],
    ['an IPv4 address and the same one mapped', at('1.2.3.4/::ffff:1.2.3.4'), 400, taken(4, '1.2.3.4')],
    ['two IPv6 addresses', at('2001:db8::1/2001:db8::2'), 400, taken(6, '2001:db8::1')],
    ['a good address and a bad one', at('1.2.3.4/lol'), 400, badAddress('lol')],
    [
      'a good address and one nobody can reach',
      at('1.2.3.4/fe80::1'),
      400,
      "IP_ADDRESS_ERROR: The IP address 'fe80::1' cannot be used: it is a link-local address, which no other machine can reach.",
    ],
    ['three addresses', at('1.2.3.4/2001:db8::1/5.6.7.8'), 404, wrongPath],
    ['ipv4 with an IPv6 address', query('ipv4=1::2'), 400, 'IP_ADDRESS_ERROR: IP version "4" does not match.'],
    ['ipv6 with an IPv4 address', query('ipv6=1.2.3.4'), 400, 'IP_ADDRESS_ERROR: IP version "6" does not match.'],
    [
      'ipv6 with a mapped IPv4 address',
      query('ipv6=::ffff:1.2.3.4'),
      400,
      'IP_ADDRESS_ERROR: IP version "6" does not match.',
    ],
    ['ipv4 with nonsense', query('ipv4=lol'), 400, badAddress('lol')],
    ['ipv4 and ip_1 of the same version', query('ip_1=1.2.3.5&ipv4=1.2.3.4'), 400, taken(4, '1.2.3.4')],
    ['ipv6 and ip_2 of the same version', query('ip_2=1::3&ipv6=1::2'), 400, taken(6, '1::2')],
    ['ip_1 and ip_2 of the same version', query('ip_1=1.2.3.4&ip_2=1.2.3.5'), 400, taken(4, '1.2.3.4')],
    ['three addresses in the query', query('ipv4=1.2.3.4&ipv6=1::2&ip_1=1::3'), 400, taken(6, '1::2')],
    ['a word for absent', query('ip_1=1.2.3.4&ip_2=None'), 400, badAddress('None')],
    ['an address with a plus sign for a space', query('ip_1=1.2.3.4+'), 400, badAddress('1.2.3.4 ')],
  ]);
}

export function clientAddressRequests({ secret, zone }: HostileSurroundings): HostileRequest[] {
  const own = (...headers: string[]): string => get(`/update-by-path/${secret}/www.${zone}`, ...headers);
  const undetermined =
    "IP_ADDRESS_ERROR: The client's own address cannot be determined: its X-Forwarded-For header has an entry that is no IP address.";
  const refused = (address: string, reason: string): string =>
    `IP_ADDRESS_ERROR: The client's own address '${address}' cannot be used: ${reason}.`;
  const itself = (address: string): string =>
    refused(
      address,
      'it is the address of this service or its proxy, not of the client; name the address in the request, or let the proxy send X-Forwarded-For and list it under http.trusted_proxies',
    );
  const unreachable = (address: string, scope: string): string =>
    refused(address, `it is ${scope} address, which no other machine can reach`);
  return rows([
    ['a client on this machine', own(), 400, itself('127.0.0.1')],
    [
      'a client on this machine, by query',
      get(`/update-by-query?secret=${secret}&fqdn=www.${zone}`),
      400,
      itself('127.0.0.1'),
    ],
    [
      'a client on this machine, with empty addresses',
      get(`/update-by-query?secret=${secret}&fqdn=www.${zone}&ip_1=&ip_2=&ipv4=&ipv6=`),
      400,
      itself('127.0.0.1'),
    ],
    [
      'a client on this machine, with empty addresses in the path',
      get(`/update-by-path/${secret}/www.${zone}//`),
      400,
      itself('127.0.0.1'),
    ],
    ['a proxy that forwards loopback', own('X-Forwarded-For: 127.0.0.1'), 400, itself('127.0.0.1')],
    ['a proxy that forwards other loopback', own('X-Forwarded-For: 127.9.9.9'), 400, itself('127.9.9.9')],
    ['a proxy that forwards loopback, mapped', own('X-Forwarded-For: ::ffff:127.0.0.1'), 400, itself('127.0.0.1')],
    ['an address only in the Forwarded header', own('Forwarded: for=198.51.100.1'), 400, itself('127.0.0.1')],
    ['an address only in X-Real-IP', own('X-Real-IP: 198.51.100.1'), 400, itself('127.0.0.1')],
    ['an address only in CF-Connecting-IP', own('CF-Connecting-IP: 198.51.100.1'), 400, itself('127.0.0.1')],
    ['garbage from the proxy', own('X-Forwarded-For: garbage'), 400, undetermined],
    ['garbage right of a forged address', own('X-Forwarded-For: 198.51.100.1, garbage'), 400, undetermined],
    ['garbage in a second header', own('X-Forwarded-For: 198.51.100.1', 'X-Forwarded-For: garbage'), 400, undetermined],
    ['an empty entry', own('X-Forwarded-For: 198.51.100.1,'), 400, undetermined],
    ['the word unknown', own('X-Forwarded-For: unknown'), 400, undetermined],
    ['a script', own('X-Forwarded-For: <script>'), 400, undetermined],
    ['a name', own('X-Forwarded-For: www.example.com'), 400, undetermined],
    ['a network', own('X-Forwarded-For: 198.51.100.0/24'), 400, undetermined],
    ['an address in Forwarded syntax', own('X-Forwarded-For: for=198.51.100.1'), 400, undetermined],
    [
      '51 hops',
      own(`X-Forwarded-For: ${Array(51).fill('127.0.0.1').join(', ')}`),
      400,
      "IP_ADDRESS_ERROR: The client's own address cannot be determined: its X-Forwarded-For header has more than 50 entries.",
    ],
    ['a link-local client', own('X-Forwarded-For: fe80::1%25eth0'), 400, unreachable('fe80::1', 'a link-local')],
    ['an unspecified client', own('X-Forwarded-For: 0.0.0.0'), 400, unreachable('0.0.0.0', 'an unspecified')],
    ['a multicast client', own('X-Forwarded-For: 224.0.0.1'), 400, unreachable('224.0.0.1', 'a multicast')],
  ]);
}

/**
 * What devices put on the wire, octet for octet, and what has to become of it.
 *
 * In the lines, TOKEN is the secret of a token for all of them, BASIC that secret behind the user name `router` in base64, ZONE the zone,
 * HOST where the service is. Each ends as HTTP wants it, with CRLF. The client is 198.51.100.7, by the word of a proxy that is trusted, which
 * puts its line at the end.
 */
export interface RouterRequest {
  readonly device: string;
  /** Where the shape is from. */
  readonly source: string;
  readonly lines: readonly string[];
  readonly body?: string;
  readonly status: number;
  readonly answer: string;
  /** A and AAAA by the first label afterwards; `''`: none. */
  readonly holds: Readonly<Record<string, string>>;
}

const captured = 'captured from the program itself';

export const routerRequests: readonly RouterRequest[] = [
  {
    device: 'FRITZ!Box, both families and a prefix',
    source:
      'AVM, knowledge base, "Setting up dynamic DNS in the FRITZ!Box", section "Creating your own update URL" (placeholders); asheiduk.de/post/fritzbox-dyndns (user agent, no escaping)',
    lines: [
      'GET /nic/update?hostname=fritz.ZONE&myip=203.0.113.7&myipv6=2001:db8:ffff::7&ip6addr=2001:db8:ffff::7&ip6lanprefix=2001:db8:1:200::/56&username=router&password=TOKEN HTTP/1.1',
      'Host: HOST',
      'User-Agent: Fritz!Box DDNS/1.0.1',
      'Connection: close',
    ],
    status: 200,
    answer: 'good 203.0.113.7,2001:db8:ffff::7',
    holds: { fritz: '203.0.113.7 2001:db8:ffff::7', nas: '2001:db8:1:205::a' },
  },
  {
    device: 'FRITZ!Box on a line without IPv6: the fields are empty',
    source: 'asheiduk.de/post/fritzbox-dyndns',
    lines: [
      'GET /nic/update?hostname=fritz.ZONE&myip=203.0.113.8&myipv6=&ip6addr=&ip6lanprefix=&username=router&password=TOKEN HTTP/1.1',
      'Host: HOST',
      'User-Agent: Fritz!Box DDNS/1.0.1',
      'Connection: close',
    ],
    status: 200,
    answer: 'good 203.0.113.8',
    holds: { fritz: '203.0.113.8 2001:db8:ffff::7' },
  },
  {
    device: 'FRITZ!Box, the second of two URLs: IPv6 alone',
    source: 'AVM, as above: two URLs with a space between them become two requests',
    lines: [
      'GET /nic/update?hostname=fritz.ZONE&myipv6=2001:db8:ffff::9 HTTP/1.1',
      'Host: HOST',
      'Authorization: Basic BASIC',
      'User-Agent: Fritz!Box DDNS/1.0.1',
      'Connection: close',
    ],
    status: 200,
    answer: 'good 2001:db8:ffff::9',
    holds: { fritz: '203.0.113.8 2001:db8:ffff::9' },
  },
  {
    device: 'OPNsense, native backend, dyndns2',
    source: 'opnsense/plugins: dns/ddclient/…/lib/account/dyndns2.py (requests.get), with the headers of python-requests',
    lines: [
      'GET /nic/update?hostname=opnsense.ZONE&myip=203.0.113.10&wildcard=NOCHG HTTP/1.1',
      'Host: HOST',
      'User-Agent: OPNsense-dyndns',
      'Accept-Encoding: gzip, deflate',
      'Accept: */*',
      'Connection: keep-alive',
      'Authorization: Basic BASIC',
    ],
    status: 200,
    answer: 'good 203.0.113.10',
    holds: { opnsense: '203.0.113.10' },
  },
  {
    device: 'pfSense, custom',
    source: 'reconstructed from pfSense, src/etc/inc/dyndns.class: curl with CURLOPT_USERPWD and its own user agent',
    lines: [
      'GET /nic/update?hostname=pfsense.ZONE&myip=203.0.113.11 HTTP/1.1',
      'Host: HOST',
      'Authorization: Basic BASIC',
      'User-Agent: phpDynDNS/0.7',
      'Accept: */*',
    ],
    status: 200,
    answer: 'good 203.0.113.11',
    holds: { pfsense: '203.0.113.11' },
  },
  {
    device: 'OpenWrt, ddns-scripts with uclient-fetch: first without the password',
    source: 'openwrt/packages: net/ddns-scripts, update URL http://[USERNAME]:[PASSWORD]@…/nic/update?hostname=[DOMAIN]&myip=[IP]',
    lines: [
      'GET /nic/update?hostname=openwrt.ZONE&myip=203.0.113.12 HTTP/1.1',
      'Host: HOST',
      'User-Agent: uclient-fetch',
    ],
    status: 401,
    answer: 'badauth',
    holds: { openwrt: '' },
  },
  {
    device: 'OpenWrt, ddns-scripts with uclient-fetch: then with it',
    source: 'as above',
    lines: [
      'GET /nic/update?hostname=openwrt.ZONE&myip=203.0.113.12 HTTP/1.1',
      'Host: HOST',
      'User-Agent: uclient-fetch',
      'Authorization: Basic BASIC',
    ],
    status: 200,
    answer: 'good 203.0.113.12',
    holds: { openwrt: '203.0.113.12' },
  },
  {
    device: 'UniFi (inadyn), IPv4: no port in Host, HTTP/1.0',
    source: captured,
    lines: [
      'GET /nic/update?hostname=unifi.ZONE&myip=203.0.113.13 HTTP/1.0',
      'Host: 127.0.0.1',
      'Authorization: Basic BASIC',
      'User-Agent: inadyn/2.10.0 https://github.com/troglobit/inadyn/issues',
    ],
    status: 200,
    answer: 'good 203.0.113.13',
    holds: { unifi: '203.0.113.13' },
  },
  {
    device: 'UniFi (inadyn), IPv6: colons encoded',
    source: captured,
    lines: [
      'GET /nic/update?hostname=unifi.ZONE&myip=2001%3adb8%3a%3a13 HTTP/1.0',
      'Host: 127.0.0.1',
      'Authorization: Basic BASIC',
      'User-Agent: inadyn/2.10.0 https://github.com/troglobit/inadyn/issues',
    ],
    status: 200,
    answer: 'good 2001:db8::13',
    holds: { unifi: '203.0.113.13 2001:db8::13' },
  },
  {
    device: 'Synology, customised provider',
    source:
      'Synology, DSM help, "DDNS", Customize Provider: query URL with __HOSTNAME__, __MYIP__, __USERNAME__ and __PASSWORD__; sent by curl',
    lines: [
      'GET /nic/update?hostname=synology.ZONE&myip=203.0.113.14&username=router&password=TOKEN HTTP/1.1',
      'Host: HOST',
      'Accept: */*',
    ],
    status: 200,
    answer: 'good 203.0.113.14',
    holds: { synology: '203.0.113.14' },
  },
  {
    device: 'MikroTik, /tool fetch with user and password',
    source: 'reconstructed from RouterOS documentation, "Fetch": url, user, password; user agent "Mikrotik/7.x Fetch"',
    lines: [
      'GET /nic/update?hostname=mikrotik.ZONE&myip=203.0.113.15 HTTP/1.1',
      'User-Agent: Mikrotik/7.x Fetch',
      'Host: HOST',
      'Authorization: Basic BASIC',
      'Connection: close',
    ],
    status: 200,
    answer: 'good 203.0.113.15',
    holds: { mikrotik: '203.0.113.15' },
  },
  {
    device: 'Home Assistant, No-IP: sends no address',
    source: 'home-assistant/core: homeassistant/components/no_ip/__init__.py, with the headers of aiohttp',
    lines: [
      'GET /nic/update?hostname=ha.ZONE HTTP/1.1',
      'Host: HOST',
      'Authorization: Basic BASIC',
      'User-Agent: HomeAssistant/2024.1.0 aiohttp/3.9.1 Python/3.11 hello@home-assistant.io',
      'Accept: */*',
      'Accept-Encoding: gzip, deflate',
    ],
    status: 200,
    answer: 'good 198.51.100.7',
    holds: { ha: '198.51.100.7' },
  },
  {
    device: 'Home Assistant, DuckDNS: sends no address',
    source: 'home-assistant/core: homeassistant/components/duckdns/__init__.py, with the headers of aiohttp',
    lines: [
      'GET /update?domains=duck.ZONE&token=TOKEN HTTP/1.1',
      'Host: HOST',
      'User-Agent: HomeAssistant/2024.1.0 aiohttp/3.9.1 Python/3.11',
      'Accept: */*',
      'Accept-Encoding: gzip, deflate',
    ],
    status: 200,
    answer: 'OK',
    holds: { duck: '198.51.100.7' },
  },
  {
    device: 'ddclient 3.10.0, dyndns2, two hosts',
    source: captured,
    lines: [
      'GET /nic/update?system=dyndns&hostname=dd1.ZONE,dd2.ZONE&myip=203.0.113.16 HTTP/1.1',
      'Host: HOST',
      'Authorization: Basic BASIC',
      'User-Agent: ddclient/3.10.0',
      'Connection: close',
    ],
    status: 200,
    answer: 'good 203.0.113.16\ngood 203.0.113.16',
    holds: { dd1: '203.0.113.16', dd2: '203.0.113.16' },
  },
  {
    device: 'ddclient 3.11 and later, dyndns2, both families',
    source: 'ddclient/ddclient: ddclient.in, nic_dyndns2_update (myip=v4,v6)',
    lines: [
      'GET /nic/update?hostname=dd3.ZONE&myip=203.0.113.17,2001:db8::17 HTTP/1.1',
      'Host: HOST',
      'Authorization: Basic BASIC',
      'User-Agent: ddclient/3.11.2',
      'Connection: close',
    ],
    status: 200,
    answer: 'good 203.0.113.17,2001:db8::17',
    holds: { dd3: '203.0.113.17 2001:db8::17' },
  },
  {
    device: 'the original’s shell client',
    source: 'Josef-Friedrich/dyndns: the update script; its options are in its help',
    lines: [
      'GET /update-by-query?zone_name=ZONE&secret=TOKEN&record_name=shell&ipv4=203.0.113.18&ipv6=2001:db8::18 HTTP/1.1',
      'Host: HOST',
      'User-Agent: curl/7.88.1',
      'Accept: */*',
    ],
    status: 200,
    answer: 'UPDATED: shell.ZONE. A None -> 203.0.113.18\nUPDATED: shell.ZONE. AAAA None -> 2001:db8::18\n',
    holds: { shell: '203.0.113.18 2001:db8::18' },
  },
];

/**
 * Requests of the dyndns2 dialect, and all that is answered.
 *
 * The zone example.com has, at the start of each: `home` with A 192.0.2.1 and AAAA 2001:db8::1, `nas` with AAAA 2001:db8::a (following
 * `home`, interface ID ::a), `only4` with A 192.0.2.4, `alias` with a CNAME, `fixed`, which no token has. The client is 198.51.100.7,
 * by the word of a trusted proxy. TOKEN in a target or header is the secret of the row's credential.
 */
export interface Dyndns2Request {
  readonly title: string;
  readonly method?: string;
  readonly target: string;
  /** Who asks, by Basic unless the row says otherwise; `home` when absent. */
  readonly by?: Credential;
  readonly headers?: readonly string[];
  readonly body?: string;
  /** 200 when absent. */
  readonly status?: number;
  readonly answer: string;
  /** Further headers of the answer. */
  readonly answerHeaders?: Readonly<Record<string, string>>;
  /** What names hold afterwards, A and AAAA together; all others what they held. */
  readonly holds?: Readonly<Record<string, string>>;
  /** The primary's fault. */
  readonly fault?: 'refused' | 'timeout' | 'unreachable' | 'unconfirmed';
  /** Without the proxy's X-Forwarded-For: the request comes from loopback. */
  readonly isDirect?: boolean;
}

export type Credential =
  /** Names home, nas, only4, alias one by one; A and AAAA. */
  | 'home'
  /** `zone:example.com`. */
  | 'zone'
  /** `*.below.example.com`. */
  | 'below'
  /** Home, A alone. */
  | 'four'
  /** Home, only addresses that everybody can reach. */
  | 'public'
  /** New names below few.example.com, one of them at most. */
  | 'few'
  | 'expired'
  | 'revoked'
  | 'blocked'
  /** From 203.0.113.0/24 alone. */
  | 'elsewhere'
  /** Over HTTPS alone. */
  | 'https'
  | 'administrator'
  | 'nobody'
  /** No credential at all. */
  | 'none'
  /** The row's own headers or target say it. */
  | 'own';

const unauthorised = { 'www-authenticate': 'Basic realm="dyndns", charset="UTF-8"' };
const later = { 'retry-after': '60' };
const home = '/nic/update?hostname=home.example.com';

type Row = Omit<Dyndns2Request, 'title' | 'target' | 'answer'>;

function row(title: string, target: string, answer: string, more: Row = {}): Dyndns2Request {
  return { title, target, answer, ...more };
}

const good: readonly Dyndns2Request[] = [
  row('a new address', `${home}&myip=192.0.2.9`, 'good 192.0.2.9', { holds: { home: '192.0.2.9 2001:db8::1' } }),
  row('a new IPv6 address by myipv6', `${home}&myipv6=2001:db8::9`, 'good 2001:db8::9', {
    holds: { home: '192.0.2.1 2001:db8::9' },
  }),
  row('a new IPv6 address by myip', `${home}&myip=2001:db8::9`, 'good 2001:db8::9', {
    holds: { home: '192.0.2.1 2001:db8::9' },
  }),
  row('with colons encoded', `${home}&myip=2001%3adb8%3A%3a9`, 'good 2001:db8::9', {
    holds: { home: '192.0.2.1 2001:db8::9' },
  }),
  row('written in full', `${home}&myip=2001:0DB8:0:0:0:0:0:9`, 'good 2001:db8::9', {
    holds: { home: '192.0.2.1 2001:db8::9' },
  }),
  row('an IPv4 address in the place of IPv6', `${home}&myipv6=192.0.2.9`, 'good 192.0.2.9', {
    holds: { home: '192.0.2.9 2001:db8::1' },
  }),
  row('a mapped address is one of IPv4', `${home}&myip=::ffff:192.0.2.9`, 'good 192.0.2.9', {
    holds: { home: '192.0.2.9 2001:db8::1' },
  }),
  row('the first address of a family', '/nic/update?hostname=only4.example.com&myip=2001:db8::4', 'good 2001:db8::4', {
    holds: { only4: '192.0.2.4 2001:db8::4' },
  }),
  row('the client’s own address', home, 'good 198.51.100.7', { holds: { home: '198.51.100.7 2001:db8::1' } }),
  row('the client’s own by auto', `${home}&myip=auto`, 'good 198.51.100.7', {
    holds: { home: '198.51.100.7 2001:db8::1' },
  }),
  row('auto in another case', `${home}&myip=AUTO`, 'good 198.51.100.7', { holds: { home: '198.51.100.7 2001:db8::1' } }),
  row('the administrator, anywhere', '/nic/update?hostname=fixed.example.com&myip=192.0.2.9', 'good 192.0.2.9', {
    by: 'administrator',
    holds: { fixed: '192.0.2.9' },
  }),
  row('a name that is new', '/nic/update?hostname=new.example.com&myip=192.0.2.9', 'good 192.0.2.9', {
    by: 'zone',
    holds: { new: '192.0.2.9' },
  }),
  row('a name below', '/nic/update?hostname=a.b.below.example.com&myip=192.0.2.9', 'good 192.0.2.9', {
    by: 'below',
    holds: { 'a.b.below': '192.0.2.9' },
  }),
  row('a wildcard below', '/nic/update?hostname=*.below.example.com&myip=192.0.2.9', 'good 192.0.2.9', {
    by: 'below',
    holds: { '*.below': '192.0.2.9' },
  }),
  row('the apex of a zone', '/nic/update?hostname=example.com&myip=192.0.2.9', 'good 192.0.2.9', {
    by: 'zone',
    holds: { '@': '192.0.2.9' },
  }),
  row('a U-label', '/nic/update?hostname=b%C3%BCro.example.com&myip=192.0.2.9', 'good 192.0.2.9', {
    by: 'zone',
    holds: { 'xn--bro-hoa': '192.0.2.9' },
  }),
  row('a private address that is given', `${home}&myip=192.168.1.5`, 'good 192.168.1.5', {
    holds: { home: '192.168.1.5 2001:db8::1' },
  }),
  row('a token for IPv4 alone', `${home}&myip=192.0.2.9`, 'good 192.0.2.9', {
    by: 'four',
    holds: { home: '192.0.2.9 2001:db8::1' },
  }),
  row('a new name within what a token may have', '/nic/update?hostname=a.few.example.com&myip=192.0.2.9', 'good 192.0.2.9', {
    by: 'few',
    holds: { 'a.few': '192.0.2.9' },
  }),
  row('over HTTPS, by the proxy’s word', `${home}&myip=192.0.2.9`, 'good 192.0.2.9', {
    by: 'https',
    headers: ['X-Forwarded-Proto: https'],
    holds: { home: '192.0.2.9 2001:db8::1' },
  }),
];

const nochg: readonly Dyndns2Request[] = [
  row('the same address', `${home}&myip=192.0.2.1`, 'nochg 192.0.2.1'),
  row('the same IPv6 address, written differently', `${home}&myip=2001:DB8:0::1`, 'nochg 2001:db8::1'),
  row('both the same', `${home}&myip=192.0.2.1,2001:db8::1`, 'nochg 192.0.2.1,2001:db8::1'),
  row('a removal of what is not there', '/nic/update?hostname=only4.example.com&myipv6=no', 'nochg'),
  row('all is preserved', `${home}&myip=preserve&myipv6=preserve`, 'nochg'),
];

const families: readonly Dyndns2Request[] = [
  row('both in one list', `${home}&myip=192.0.2.9,2001:db8::9`, 'good 192.0.2.9,2001:db8::9', {
    holds: { home: '192.0.2.9 2001:db8::9' },
  }),
  row('both in one list, IPv6 first', `${home}&myip=2001:db8::9,192.0.2.9`, 'good 192.0.2.9,2001:db8::9', {
    holds: { home: '192.0.2.9 2001:db8::9' },
  }),
  row('both with the comma encoded', `${home}&myip=192.0.2.9%2C2001:db8::9`, 'good 192.0.2.9,2001:db8::9', {
    holds: { home: '192.0.2.9 2001:db8::9' },
  }),
  row('both in arguments of their own', `${home}&myip=192.0.2.9&myipv6=2001:db8::9`, 'good 192.0.2.9,2001:db8::9', {
    holds: { home: '192.0.2.9 2001:db8::9' },
  }),
  row('one of two is new', `${home}&myip=192.0.2.1&myipv6=2001:db8::9`, 'good 192.0.2.1,2001:db8::9', {
    holds: { home: '192.0.2.1 2001:db8::9' },
  }),
  row('one family, the other is not touched', `${home}&myipv6=2001:db8::9`, 'good 2001:db8::9', {
    holds: { home: '192.0.2.1 2001:db8::9' },
  }),
  row('IPv4 is removed by a word', `${home}&myip=no&myipv6=2001:db8::9`, 'good 2001:db8::9', {
    holds: { home: '2001:db8::9' },
  }),
  row('IPv6 is removed by a word', `${home}&myip=192.0.2.9&myipv6=no`, 'good 192.0.2.9', { holds: { home: '192.0.2.9' } }),
  row('IPv6 is removed by a hyphen', `${home}&myip=192.0.2.9&myipv6=-`, 'good 192.0.2.9', {
    holds: { home: '192.0.2.9' },
  }),
  row('a removal alone', `${home}&myipv6=no`, 'good', { holds: { home: '192.0.2.1' } }),
  row('preserve beside an address', `${home}&myip=192.0.2.9&myipv6=preserve`, 'good 192.0.2.9', {
    holds: { home: '192.0.2.9 2001:db8::1' },
  }),
  row('auto beside an IPv6 address', `${home}&myip=auto&myipv6=2001:db8::9`, 'good 198.51.100.7,2001:db8::9', {
    holds: { home: '198.51.100.7 2001:db8::9' },
  }),
  row('two IPv4 addresses', `${home}&myip=192.0.2.8,192.0.2.9`, 'dnserr'),
  row('the same address twice', `${home}&myip=192.0.2.9&ip=192.0.2.9`, 'good 192.0.2.9', {
    holds: { home: '192.0.2.9 2001:db8::1' },
  }),
  row('an address and its removal', `${home}&myip=192.0.2.9,no`, 'dnserr'),
  row('a token for IPv4 is asked for IPv6', `${home}&myip=192.0.2.9&myipv6=2001:db8::9`, 'nohost', { by: 'four' }),
];

/** Each of the names that an address may come by. */
const aliases: readonly Dyndns2Request[] = [
  ...['myip', 'ip', 'myipv4', 'ipv4', 'ip4', 'ipaddr', 'a', 'ip_1', 'ip_2', 'address', 'MyIP', 'MYIP'].map((name) =>
    row(`${name} is an address`, `${home}&${name}=192.0.2.9`, 'good 192.0.2.9', {
      holds: { home: '192.0.2.9 2001:db8::1' },
    }),
  ),
  ...['myipv6', 'ipv6', 'ip6', 'ip6addr', 'aaaa', 'AAAA', 'myIPv6'].map((name) =>
    row(`${name} is an address`, `${home}&${name}=2001:db8::9`, 'good 2001:db8::9', {
      holds: { home: '192.0.2.1 2001:db8::9' },
    }),
  ),
  ...['hostname', 'host', 'host_id', 'domain', 'domains', 'fqdn', 'h', 'id', 'HostName'].map((name) =>
    row(`${name} is a name`, `/nic/update?${name}=home.example.com&myip=192.0.2.9`, 'good 192.0.2.9', {
      holds: { home: '192.0.2.9 2001:db8::1' },
    }),
  ),
  row(
    'zone_name and record_name make a name',
    '/nic/update?zone_name=example.com&record_name=home&myip=192.0.2.9',
    'good 192.0.2.9',
    { holds: { home: '192.0.2.9 2001:db8::1' } },
  ),
  row(
    'record_name may be the full name',
    '/nic/update?zone_name=example.com.&record_name=home.example.com&myip=192.0.2.9',
    'good 192.0.2.9',
    { holds: { home: '192.0.2.9 2001:db8::1' } },
  ),
];

const empties: readonly Dyndns2Request[] = [
  row('an empty address is none', `${home}&myip=`, 'good 198.51.100.7', {
    holds: { home: '198.51.100.7 2001:db8::1' },
  }),
  row('two empty addresses are none', `${home}&myip=&myipv6=`, 'good 198.51.100.7', {
    holds: { home: '198.51.100.7 2001:db8::1' },
  }),
  row('an empty one beside a real one is ignored', `${home}&myip=192.0.2.9&myipv6=`, 'good 192.0.2.9', {
    holds: { home: '192.0.2.9 2001:db8::1' },
  }),
  row('an empty one before a real one is ignored', `${home}&myip=&myipv6=2001:db8::9`, 'good 2001:db8::9', {
    holds: { home: '192.0.2.1 2001:db8::9' },
  }),
  row('commas with nothing between them', `${home}&myip=,192.0.2.9,,`, 'good 192.0.2.9', {
    holds: { home: '192.0.2.9 2001:db8::1' },
  }),
  row('a space is nothing', `${home}&myip=%20&myipv6=+`, 'good 198.51.100.7', {
    holds: { home: '198.51.100.7 2001:db8::1' },
  }),
  row('an argument without a value', `${home}&myip&wildcard`, 'good 198.51.100.7', {
    holds: { home: '198.51.100.7 2001:db8::1' },
  }),
  row('the first that says something counts', `${home}&myip=&myip=192.0.2.9&myip=192.0.2.8`, 'good 192.0.2.9', {
    holds: { home: '192.0.2.9 2001:db8::1' },
  }),
];

const ignored: readonly Dyndns2Request[] = [
  row(
    'what old clients send besides',
    `${home}&myip=192.0.2.9&system=dyndns&wildcard=NOCHG&mx=mail.example.com&backmx=NO&url=x`,
    'good 192.0.2.9',
    { holds: { home: '192.0.2.9 2001:db8::1' } },
  ),
  row('what nobody knows', `${home}&myip=192.0.2.9&nonsense=%ff&=x&&`, 'good 192.0.2.9', {
    holds: { home: '192.0.2.9 2001:db8::1' },
  }),
  row('offline, when it is not', `${home}&myip=192.0.2.9&offline=NO`, 'good 192.0.2.9', {
    holds: { home: '192.0.2.9 2001:db8::1' },
  }),
];

const lists: readonly Dyndns2Request[] = [
  row(
    'two hosts, in order',
    '/nic/update?hostname=home.example.com,only4.example.com&myip=192.0.2.9',
    'good 192.0.2.9\ngood 192.0.2.9',
    { holds: { home: '192.0.2.9 2001:db8::1', only4: '192.0.2.9' } },
  ),
  row(
    'one is as it is asked for',
    '/nic/update?hostname=only4.example.com,home.example.com&myip=192.0.2.4',
    'nochg 192.0.2.4\ngood 192.0.2.4',
    { holds: { home: '192.0.2.4 2001:db8::1' } },
  ),
  row(
    'with the comma encoded',
    '/nic/update?hostname=only4.example.com%2chome.example.com&myip=192.0.2.4',
    'nochg 192.0.2.4\ngood 192.0.2.4',
    { holds: { home: '192.0.2.4 2001:db8::1' } },
  ),
  row(
    'with spaces in it',
    '/nic/update?hostname=only4.example.com,+home.example.com&myip=192.0.2.4',
    'nochg 192.0.2.4\ngood 192.0.2.4',
    { holds: { home: '192.0.2.4 2001:db8::1' } },
  ),
  row('in another case and with a dot at the end', '/nic/update?hostname=HOME.Example.COM.&myip=192.0.2.9', 'good 192.0.2.9', {
    holds: { home: '192.0.2.9 2001:db8::1' },
  }),
  row(
    'the same host twice',
    '/nic/update?hostname=home.example.com,HOME.example.com&myip=192.0.2.9',
    'good 192.0.2.9\ngood 192.0.2.9',
    { holds: { home: '192.0.2.9 2001:db8::1' } },
  ),
  row(
    'each gets its own word',
    '/nic/update?hostname=fixed.example.com,home.example.com,-.example.com,alias.example.com,elsewhere.net&myip=192.0.2.9',
    'nohost\ngood 192.0.2.9\nnotfqdn\ndnserr\nnohost',
    { holds: { home: '192.0.2.9 2001:db8::1' } },
  ),
  row(
    'an address for one host alone',
    '/nic/update?hostname=home.example.com,only4.example.com&myip=192.0.2.9&myipv4:only4.example.com=192.0.2.44',
    'good 192.0.2.9\ngood 192.0.2.44',
    { holds: { home: '192.0.2.9 2001:db8::1', only4: '192.0.2.44' } },
  ),
  row(
    'an IPv6 address for one host alone',
    '/nic/update?hostname=home.example.com,only4.example.com&myip=192.0.2.9&myipv6%3Aonly4.example.com=2001:db8::44',
    'good 192.0.2.9\ngood 192.0.2.9,2001:db8::44',
    { holds: { home: '192.0.2.9 2001:db8::1', only4: '192.0.2.9 2001:db8::44' } },
  ),
  row(
    'an address for one host alone, however it is written',
    '/nic/update?hostname=home.example.com&myip=192.0.2.9&myipv4:HOME.Example.com.=192.0.2.45',
    'good 192.0.2.45',
    { holds: { home: '192.0.2.45 2001:db8::1' } },
  ),
  row(
    'one host is spared',
    '/nic/update?hostname=home.example.com,only4.example.com&myip=192.0.2.9&myipv4:home.example.com=preserve',
    'nochg\ngood 192.0.2.9',
    { holds: { only4: '192.0.2.9' } },
  ),
  row('all hosts of a token that lists them', '/nic/update?myip=192.0.2.9', 'good 192.0.2.9\ngood 192.0.2.9\ngood 192.0.2.9\ndnserr', {
    holds: { home: '192.0.2.9 2001:db8::1', nas: '192.0.2.9 2001:db8::a', only4: '192.0.2.9' },
  }),
  row('an empty list is none', '/nic/update?hostname=&myip=192.0.2.9', 'good 192.0.2.9\ngood 192.0.2.9\ngood 192.0.2.9\ndnserr', {
    holds: { home: '192.0.2.9 2001:db8::1', nas: '192.0.2.9 2001:db8::a', only4: '192.0.2.9' },
  }),
  row(
    'twenty hosts',
    `/nic/update?hostname=${Array.from({ length: 20 }, (_, index) => `n${index}.below.example.com`).join(',')}&myip=192.0.2.9`,
    Array(20).fill('good 192.0.2.9').join('\n'),
    { by: 'below', holds: Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`n${index}.below`, '192.0.2.9'])) },
  ),
];

const nohost: readonly Dyndns2Request[] = [
  row('a name of nobody’s zone', '/nic/update?hostname=home.example.net&myip=192.0.2.9', 'nohost'),
  row('a name that ends like a zone of ours', '/nic/update?hostname=home.evilexample.com&myip=192.0.2.9', 'nohost'),
  row('a name of somebody else', '/nic/update?hostname=fixed.example.com&myip=192.0.2.9', 'nohost'),
  row('the name above', '/nic/update?hostname=below.example.com&myip=192.0.2.9', 'nohost', { by: 'below' }),
  row('the name below one’s own', '/nic/update?hostname=x.home.example.com&myip=192.0.2.9', 'nohost'),
  row('the wildcard below one’s own', '/nic/update?hostname=*.home.example.com&myip=192.0.2.9', 'nohost'),
  row('one more than a token may have', '/nic/update?hostname=a.few.example.com,b.few.example.com&myip=192.0.2.9', 'good 192.0.2.9\nnohost', {
    by: 'few',
    holds: { 'a.few': '192.0.2.9' },
  }),
  row('a name of nobody’s zone and a malformed address', '/nic/update?hostname=home.example.net&myip=1.2.3', 'nohost'),
  row('a name of somebody else and a malformed address', '/nic/update?hostname=fixed.example.com&myip=1.2.3', 'nohost'),
  row('the user name is another host of ours', `${home}&myip=192.0.2.9`, 'nohost', {
    by: 'own',
    headers: ['Authorization: Basic nas.example.com:TOKEN'],
  }),
];

const notfqdn: readonly Dyndns2Request[] = [
  ...[
    ['a label alone', 'home'],
    ['a label that begins with a hyphen', '-home.example.com'],
    ['a label with a space', 'ho%20me..example.com'],
    ['two dots', 'home..example.com'],
    ['an address', '192.0.2.1'],
    ['a top-level domain of digits', 'home.1'],
    ['a slash', 'home%2Fx.example.com'],
    ['an octet that is no UTF-8', 'h%FFme.example.com'],
    ['a label of 64 characters', `${'a'.repeat(64)}.example.com`],
    ['254 characters', `${'a.'.repeat(122)}example.com`],
    ['a wildcard in the middle', 'a.*.example.com'],
    ['a script', '%3Cscript%3E.example.com'],
    ['a line end', 'home.example.com%0d%0aX'],
  ].map(([title, name]) =>
    row(title!, `/nic/update?hostname=${name}&myip=192.0.2.9`, name!.includes('%20') ? 'notfqdn\nnotfqdn' : 'notfqdn'),
  ),
  row('no name by the administrator', '/nic/update?myip=192.0.2.9', 'notfqdn', { by: 'administrator' }),
  row('no name by a token with patterns', '/nic/update?myip=192.0.2.9', 'notfqdn', { by: 'below' }),
  row('nothing at all', '/nic/update', 'notfqdn', { by: 'zone' }),
];

const numhost: readonly Dyndns2Request[] = [
  row(
    'twenty-one hosts',
    `/nic/update?hostname=${Array.from({ length: 21 }, (_, index) => `n${index}.below.example.com`).join(',')}&myip=192.0.2.9`,
    'numhost',
    { by: 'below' },
  ),
  row('the same host often', `/nic/update?hostname=${Array(25).fill('home.example.com').join(',')}`, 'numhost'),
];

const badauth: readonly Dyndns2Request[] = [
  ...(['nobody', 'expired', 'revoked', 'elsewhere', 'https', 'none'] as const).map((by) =>
    row(`by ${by}`, `${home}&myip=192.0.2.9`, 'badauth', { by, status: 401, answerHeaders: unauthorised }),
  ),
  row('who may not is not told what is wrong', '/nic/update?hostname=-&myip=x', 'badauth', {
    by: 'nobody',
    status: 401,
    answerHeaders: unauthorised,
  }),
  row('an empty password', home, 'badauth', {
    by: 'own',
    headers: ['Authorization: Basic user:'],
    status: 401,
    answerHeaders: unauthorised,
  }),
  row('Basic that is none', home, 'badauth', {
    by: 'own',
    headers: ['Authorization: Basic'],
    status: 401,
    answerHeaders: unauthorised,
  }),
  row('Digest', home, 'badauth', {
    by: 'own',
    headers: ['Authorization: Digest username="u", response="TOKEN"'],
    status: 401,
    answerHeaders: unauthorised,
  }),
  row('one in the header and another in the query', `${home}&myip=192.0.2.9&password=another1`, 'badauth', {
    status: 401,
    answerHeaders: unauthorised,
  }),
  row('the user name is no password', `${home}&myip=192.0.2.9`, 'badauth', {
    by: 'own',
    headers: ['Authorization: Basic TOKEN:x'],
    status: 401,
    answerHeaders: unauthorised,
  }),
  row('over HTTPS by the word of nobody', `${home}&myip=192.0.2.9`, 'badauth', {
    by: 'https',
    headers: ['X-Forwarded-Proto: http'],
    status: 401,
    answerHeaders: unauthorised,
  }),
  row('blocked by the administrator', `${home}&myip=192.0.2.9`, 'abuse', { by: 'blocked' }),
];

const credentials: readonly Dyndns2Request[] = [
  ...['password', 'pass', 'pwd', 'token', 'key', 'secret', 'PASSWORD'].map((name) =>
    row(`${name} in the query`, `${home}&myip=192.0.2.9&${name}=TOKEN`, 'good 192.0.2.9', {
      by: 'own',
      holds: { home: '192.0.2.9 2001:db8::1' },
    }),
  ),
  row('user and password in the query', `${home}&myip=192.0.2.9&username=me&password=TOKEN`, 'good 192.0.2.9', {
    by: 'own',
    holds: { home: '192.0.2.9 2001:db8::1' },
  }),
  row('the user name in the query is the host', '/nic/update?user=home.example.com&pass=TOKEN&myip=192.0.2.9', 'good 192.0.2.9', {
    by: 'own',
    holds: { home: '192.0.2.9 2001:db8::1' },
  }),
  ...['Bearer', 'bearer', 'Token', 'BASIC'].map((scheme) =>
    row(`${scheme} in the header`, `${home}&myip=192.0.2.9`, 'good 192.0.2.9', {
      by: 'own',
      headers: [`Authorization: ${scheme} ${scheme === 'BASIC' ? 'x:' : ''}TOKEN`],
      holds: { home: '192.0.2.9 2001:db8::1' },
    }),
  ),
  row('the same in header and query', `${home}&myip=192.0.2.9&password=TOKEN`, 'good 192.0.2.9', {
    holds: { home: '192.0.2.9 2001:db8::1' },
  }),
  row('the user name stands for the host', '/nic/update?myip=192.0.2.9', 'good 192.0.2.9', {
    by: 'own',
    headers: ['Authorization: Basic home.example.com:TOKEN'],
    holds: { home: '192.0.2.9 2001:db8::1' },
  }),
  row('the user name is among the hosts', `${home},only4.example.com&myip=192.0.2.9`, 'good 192.0.2.9\ngood 192.0.2.9', {
    by: 'own',
    headers: ['Authorization: Basic only4.example.com:TOKEN'],
    holds: { home: '192.0.2.9 2001:db8::1', only4: '192.0.2.9' },
  }),
  row('any other user name is ignored', `${home}&myip=192.0.2.9`, 'good 192.0.2.9', {
    by: 'own',
    headers: ['Authorization: Basic somebody@example.net:TOKEN'],
    holds: { home: '192.0.2.9 2001:db8::1' },
  }),
  row('two headers', `${home}&myip=192.0.2.9`, 'Send one Authorization header, not several.', {
    by: 'own',
    headers: ['Authorization: Basic x:TOKEN', 'Authorization: Basic x:TOKEN'],
    status: 400,
  }),
  row('the administrator’s secret as a password', `${home}&myip=192.0.2.9`, 'good 192.0.2.9', {
    by: 'administrator',
    holds: { home: '192.0.2.9 2001:db8::1' },
  }),
];

const dnserr: readonly Dyndns2Request[] = [
  ...[
    ['no address', '1.2.3'],
    ['a name', 'localhost'],
    ['an octet too large', '192.0.2.256'],
    ['leading zeros', '192.000.002.001'],
    ['an octet in octal', '0300.0.2.1'],
    ['unspecified', '0.0.0.0'],
    ['multicast', '224.0.0.1'],
    ['link-local', '169.254.1.1'],
    ['broadcast', '255.255.255.255'],
    ['IPv6 link-local', 'fe80::1'],
    ['IPv6 link-local with its interface', 'fe80::1%25eth0'],
    ['IPv6 multicast', 'ff02::1'],
    ['IPv6 unspecified', '::'],
    ['a mapped multicast', '::ffff:224.0.0.1'],
    ['an IPv4 network', '192.0.2.0/24'],
    ['a script', '%3Cscript%3E'],
  ].map(([title, address]) => row(title!, `${home}&myip=${address}`, 'dnserr')),
  row('one of two is no address', `${home}&myip=192.0.2.9&myipv6=x`, 'dnserr'),
  row('a private address where only public ones are right', `${home}&myip=192.168.1.5`, 'dnserr', { by: 'public' }),
  row('a CNAME is there', '/nic/update?hostname=alias.example.com&myip=192.0.2.9', 'dnserr'),
  row('the primary refuses', `${home}&myip=192.0.2.9`, 'dnserr', { fault: 'refused' }),
  row('from loopback, with a proxy that is not believed', home, 'dnserr', { isDirect: true }),
];

const down: readonly Dyndns2Request[] = [
  ...(['timeout', 'unreachable', 'unconfirmed'] as const).map((fault) =>
    row(`the primary: ${fault}`, `${home}&myip=192.0.2.9`, '911', { fault, status: 503, answerHeaders: later }),
  ),
  row('told once for many', '/nic/update?hostname=home.example.com,only4.example.com&myip=192.0.2.9', '911', {
    fault: 'timeout',
    status: 503,
    answerHeaders: later,
  }),
  row('mixed with another word it is a line', '/nic/update?hostname=home.example.com,x&myip=192.0.2.9', '911\nnotfqdn', {
    fault: 'timeout',
  }),
];

const prefixes: readonly Dyndns2Request[] = [
  row('a prefix beside the router’s own address', `${home}&myip=192.0.2.9&ip6addr=2001:db8:f::1&ip6lanprefix=2001:db8:1::/64`, 'good 192.0.2.9,2001:db8:f::1', {
    holds: { home: '192.0.2.9 2001:db8:f::1', nas: '2001:db8:1::a' },
  }),
  row('a prefix alone', `${home}&ipv6prefix=2001:db8:1::/64`, 'good 2001:db8:1::/64', { holds: { nas: '2001:db8:1::a' } }),
  row('a prefix as the IPv6 address', `${home}&myipv6=2001:db8:1:100::/56`, 'good 2001:db8:1:100::/56', {
    holds: { nas: '2001:db8:1:100::a' },
  }),
  row('a prefix that they have already', `${home}&ipv6prefix=2001:db8::/64`, 'nochg 2001:db8::/64'),
  row('an empty prefix', `${home}&myip=192.0.2.9&ip6lanprefix=`, 'good 192.0.2.9', {
    holds: { home: '192.0.2.9 2001:db8::1' },
  }),
  row('a prefix of 128 bits is an address', `${home}&myipv6=2001:db8::9/128`, 'good 2001:db8::9', {
    holds: { home: '192.0.2.1 2001:db8::9' },
  }),
  row('bits behind the prefix', `${home}&ip6lanprefix=2001:db8:1::1/64`, 'dnserr'),
  row('a prefix that is too long', `${home}&ip6lanprefix=2001:db8:1::/65`, 'dnserr'),
  row('a prefix that is none', `${home}&ip6lanprefix=2001:db8:1::`, 'dnserr'),
  row('a prefix that nobody can be reached in', `${home}&ip6lanprefix=fe80::/64`, 'dnserr'),
  row('the placeholder of a router that has none', `${home}&myip=192.0.2.9&ip6lanprefix=%3Cip6lanprefix%3E`, 'dnserr'),
];

const offline: readonly Dyndns2Request[] = [
  row('offline', `${home}&offline=YES`, 'good', { holds: { home: '' } }),
  row('offline in another case, whatever the address', `${home}&myip=192.0.2.9&offline=yes`, 'good', { holds: { home: '' } }),
  row('offline again', '/nic/update?hostname=only4.example.com,only4.example.com&offline=YES', 'good\ngood', { holds: { only4: '' } }),
  row('delete', '/nic/delete?hostname=home.example.com', 'good', { holds: { home: '' } }),
  row('delete two', '/nic/delete?hostname=home.example.com,only4.example.com', 'good\ngood', {
    holds: { home: '', only4: '' },
  }),
  row('delete what has nothing', '/nic/delete?hostname=new.example.com', 'nochg', { by: 'zone' }),
  row('delete somebody else’s', '/nic/delete?hostname=fixed.example.com', 'nohost'),
  row('delete without a password', '/nic/delete?hostname=home.example.com', 'badauth', {
    by: 'none',
    status: 401,
    answerHeaders: unauthorised,
  }),
];

const paths: readonly Dyndns2Request[] = [
  '/v3/update',
  '/v2/update',
  '/update',
  '/dyndns/update',
  '//nic/update',
  '/nic//update',
  '/nic/update/',
  '/nic/update//',
].map((path) =>
  row(`the path ${path}`, `${path}?hostname=home.example.com&myip=192.0.2.9`, 'good 192.0.2.9', {
    holds: { home: '192.0.2.9 2001:db8::1' },
  }),
);

const methods: readonly Dyndns2Request[] = [
  row('POST with a form', '/nic/update', 'good 192.0.2.9', {
    method: 'POST',
    headers: ['Content-Type: application/x-www-form-urlencoded'],
    body: 'hostname=home.example.com&myip=192.0.2.9',
    holds: { home: '192.0.2.9 2001:db8::1' },
  }),
  row('POST with the query', `${home}&myip=192.0.2.9`, 'good 192.0.2.9', {
    method: 'POST',
    holds: { home: '192.0.2.9 2001:db8::1' },
  }),
  row('POST with a body of another kind', `${home}&myip=192.0.2.9`, 'good 192.0.2.9', {
    method: 'POST',
    headers: ['Content-Type: application/json'],
    body: '{"hostname": "fixed.example.com"}',
    holds: { home: '192.0.2.9 2001:db8::1' },
  }),
  row('PUT', `${home}&myip=192.0.2.9`, 'good 192.0.2.9', { method: 'PUT', holds: { home: '192.0.2.9 2001:db8::1' } }),
  row('HEAD changes nothing', `${home}&myip=192.0.2.9`, '', { method: 'HEAD' }),
  row('a prefetch changes nothing', `${home}&myip=192.0.2.9`, 'The request is marked as a prefetch or preview, so nothing was changed.', {
    headers: ['Sec-Purpose: prefetch'],
    status: 403,
  }),
];

/** By what they show. */
export const dyndns2Requests: Readonly<Record<string, readonly Dyndns2Request[]>> = {
  good,
  nochg,
  families,
  aliases,
  empties,
  ignored,
  lists,
  nohost,
  notfqdn,
  numhost,
  badauth,
  credentials,
  dnserr,
  down,
  prefixes,
  offline,
  paths,
  methods,
};

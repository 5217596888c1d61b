/** What is written in a zone file, and the records that it means; the origin is "example." and the default TTL 3600. */
export interface ZonefileVector {
  readonly title: string;
  readonly text: string;
  /** In canonical form: owner, TTL, class, type, data. */
  readonly records: readonly string[];
}

const lines = (...all: readonly string[]): string => all.join('\n');

/** How records are put together (RFC 1035 §5.1), whatever their types. */
export const entryVectors: readonly ZonefileVector[] = [
  { title: 'nothing', text: '', records: [] },
  { title: 'nothing but comments and white space', text: '; a\n\n   \t; b\n', records: [] },
  { title: 'a record on a line without end', text: 'a A 192.0.2.1', records: ['a.example. 3600 IN A 192.0.2.1'] },
  {
    title: 'lines that end in CRLF',
    text: 'a A 192.0.2.1\r\n\r\nb TXT "x" ; c\r\n',
    records: ['a.example. 3600 IN A 192.0.2.1', 'b.example. 3600 IN TXT "x"'],
  },
  {
    title: 'a UTF-8 byte order mark',
    text: '\ufeffa A 192.0.2.1\n',
    records: ['a.example. 3600 IN A 192.0.2.1'],
  },
  {
    title: 'tabs between the fields',
    text: 'a\t300\tIN\tA\t192.0.2.1\n',
    records: ['a.example. 300 IN A 192.0.2.1'],
  },
  {
    title: 'TTL and class in either order, or one of them, or none',
    text: lines('a 60 IN A 192.0.2.1', 'a IN 60 A 192.0.2.2', 'a 60 A 192.0.2.3', 'a IN A 192.0.2.4', 'a A 192.0.2.5'),
    records: [
      'a.example. 60 IN A 192.0.2.1',
      'a.example. 60 IN A 192.0.2.2',
      'a.example. 60 IN A 192.0.2.3',
      'a.example. 3600 IN A 192.0.2.4',
      'a.example. 3600 IN A 192.0.2.5',
    ],
  },
  {
    title: 'types and classes in lower case',
    text: 'a in aaaa 2001:DB8::1\n',
    records: ['a.example. 3600 IN AAAA 2001:db8::1'],
  },
  {
    title: 'a name that is left out is the last one',
    text: lines('a A 192.0.2.1', '  AAAA ::1', '', '\tTXT x', '; b', ' ', ' TXT y'),
    records: [
      'a.example. 3600 IN A 192.0.2.1',
      'a.example. 3600 IN AAAA ::1',
      'a.example. 3600 IN TXT "x"',
      'a.example. 3600 IN TXT "y"',
    ],
  },
  {
    title: 'names that are also types or classes',
    text: lines('a A 192.0.2.1', 'IN IN A 192.0.2.2', 'txt TXT TXT', '5 5 A 192.0.2.3'),
    records: [
      'a.example. 3600 IN A 192.0.2.1',
      'IN.example. 3600 IN A 192.0.2.2',
      'txt.example. 3600 IN TXT "TXT"',
      '5.example. 5 IN A 192.0.2.3',
    ],
  },
  {
    title: '@ is the origin, and an escaped one is a label',
    text: lines('@ NS @', '\\@ NS \\064.'),
    records: ['example. 3600 IN NS example.', '\\@.example. 3600 IN NS \\@.'],
  },
  {
    title: '$ORIGIN, absolute, relative, and the root',
    text: lines('$ORIGIN sub', 'a NS b', '$ORIGIN other.', 'a NS b.', '$origin .', 'a NS . ; root'),
    records: ['a.sub.example. 3600 IN NS b.sub.example.', 'a.other. 3600 IN NS b.', 'a. 3600 IN NS .'],
  },
  {
    title: '$TTL counts from where it stands, for records that state none',
    text: lines('$TTL 1h', 'a A 192.0.2.1', 'a 5 A 192.0.2.2', 'a A 192.0.2.3', '$TTL 2h;', 'a A 192.0.2.4'),
    records: [
      'a.example. 3600 IN A 192.0.2.1',
      'a.example. 5 IN A 192.0.2.2',
      'a.example. 3600 IN A 192.0.2.3',
      'a.example. 7200 IN A 192.0.2.4',
    ],
  },
  {
    title: 'TTLs with units',
    text: lines('a 1h30m A 192.0.2.1', 'a 1W2D3H4M5S A 192.0.2.2', 'a 0 A 192.0.2.3', 'a 2147483647 A 192.0.2.4'),
    records: [
      'a.example. 5400 IN A 192.0.2.1',
      'a.example. 788645 IN A 192.0.2.2',
      'a.example. 0 IN A 192.0.2.3',
      'a.example. 2147483647 IN A 192.0.2.4',
    ],
  },
  {
    title: 'parentheses over lines, with comments in them',
    text: lines(
      '@ SOA ns1 hostmaster.other. ( ; the zone )',
      '    2026010100 ; serial',
      '    1h 15m',
      '  2w (1m) ); end',
      'a (',
      '  60 IN',
      ') A 192.0.2.1',
    ),
    records: [
      'example. 3600 IN SOA ns1.example. hostmaster.other. 2026010100 3600 900 1209600 60',
      'a.example. 60 IN A 192.0.2.1',
    ],
  },
  {
    title: 'parentheses need no white space around them',
    text: 'a TXT(x"y"z)\n',
    records: ['a.example. 3600 IN TXT "x" "y" "z"'],
  },
  {
    title: 'strings with and without quotation marks',
    text: lines('a TXT x "y z" "" ";" "(" ")" \\; \\" "\\"" "a\tb"'),
    records: ['a.example. 3600 IN TXT "x" "y z" "" ";" "(" ")" ";" "\\"" "\\"" "a\\009b"'],
  },
  {
    title: 'escapes in strings',
    text: lines('a TXT \\\\ \\x \\000 \\255 \\ b "\\032\\"\\\\"'),
    records: ['a.example. 3600 IN TXT "\\\\" "x" "\\000" "\\255" " b" " \\"\\\\"'],
  },
  {
    title: 'a string is octets: outside ASCII those of UTF-8',
    text: 'a TXT é "\\195\\169"\n',
    records: ['a.example. 3600 IN TXT "\\195\\169" "\\195\\169"'],
  },
  {
    title: 'escapes in names',
    text: lines('a\\.b NS \\000.\\255.', '\\$TTL NS \\(\\;', '\\032 NS \\"'),
    records: [
      'a\\.b.example. 3600 IN NS \\000.\\255.',
      '\\$TTL.example. 3600 IN NS \\(\\;.example.',
      '\\032.example. 3600 IN NS \\".example.',
    ],
  },
  {
    title: 'names keep their case, and wildcards and underscores are names',
    text: lines('A.B A 192.0.2.1', '* A 192.0.2.1', '_acme-challenge TXT x'),
    records: [
      'A.B.example. 3600 IN A 192.0.2.1',
      '*.example. 3600 IN A 192.0.2.1',
      '_acme-challenge.example. 3600 IN TXT "x"',
    ],
  },
  {
    title: 'types and classes by number (RFC 3597 §5)',
    text: lines('a CLASS1 TYPE1 192.0.2.1', 'a TYPE65280 \\# 2 ab CD', 'a type16 x'),
    records: ['a.example. 3600 IN A 192.0.2.1', 'a.example. 3600 IN TYPE65280 \\# 2 abcd', 'a.example. 3600 IN TXT "x"'],
  },
  {
    title: 'data in hexadecimal, of known types too (RFC 3597 §5)',
    text: lines(
      'a A \\# 4 0A000001',
      'a TXT \\# 3 ( 02',
      '  6162 )',
      'a MX \\# 5 000a 01 6100',
      'a TYPE65280 \\# 0',
      'a HINFO \\# 2 0000',
      'a TXT "\\\\#" 4',
    ),
    records: [
      'a.example. 3600 IN A 10.0.0.1',
      'a.example. 3600 IN TXT "ab"',
      'a.example. 3600 IN MX 10 a.',
      'a.example. 3600 IN TYPE65280 \\# 0',
      'a.example. 3600 IN HINFO \\# 2 0000',
      'a.example. 3600 IN TXT "\\\\#" "4"',
    ],
  },
];

/** The data of each type. */
export const rdataVectors: readonly (readonly [written: string, expected: string])[] = [
  ['A 0.0.0.0', 'A 0.0.0.0'],
  ['A 255.255.255.255', 'A 255.255.255.255'],
  ['AAAA ::', 'AAAA ::'],
  ['AAAA 1::', 'AAAA 1::'],
  ['AAAA ::1', 'AAAA ::1'],
  ['AAAA 1:2:3:4:5:6:7:8', 'AAAA 1:2:3:4:5:6:7:8'],
  ['AAAA 1:2:3:4:5:6:7::', 'AAAA 1:2:3:4:5:6:7:0'],
  ['AAAA ::2:3:4:5:6:7:8', 'AAAA 0:2:3:4:5:6:7:8'],
  ['AAAA 1::4:5', 'AAAA 1::4:5'],
  ['AAAA ::ffff:192.0.2.1', 'AAAA ::ffff:c000:201'],
  ['AAAA 64:ff9b::192.0.2.33', 'AAAA 64:ff9b::c000:221'],
  ['AAAA 1:2:3:4:5:6:192.0.2.1', 'AAAA 1:2:3:4:5:6:c000:201'],
  ['CNAME b', 'CNAME b.example.'],
  ['NS b.', 'NS b.'],
  ['PTR @', 'PTR example.'],
  ['MX 10 mail', 'MX 10 mail.example.'],
  ['MX 0 .', 'MX 0 .'],
  ['SRV 65535 0 443 @', 'SRV 65535 0 443 example.'],
  ['SOA . . 4294967295 4294967295 1d 0 5', 'SOA . . 4294967295 4294967295 86400 0 5'],
  ['CAA 0 issue ca.example.net', 'CAA 0 issue "ca.example.net"'],
  ['CAA 128 issuewild ";"', 'CAA 128 issuewild ";"'],
  ['CAA 0 iodef ""', 'CAA 0 iodef ""'],
  ['HINFO PC "Linux 6"', 'HINFO \\# 11 025043074c696e75782036'],
  ['RP a .', 'RP \\# 12 0161076578616d706c650000'],
  ['AFSDB 1 b.', 'AFSDB \\# 5 0001016200'],
  ['DNAME b.', 'DNAME \\# 3 016200'],
  ['KX 10 b.', 'KX \\# 5 000a016200'],
  ['NAPTR 1 2 u E2U+sip "!^.*$!x!" .', 'NAPTR \\# 24 000100020175074532552b73697008215e2e2a2421782100'],
  // RFC 4034 §5.4
  [
    'DS 60485 5 1 ( 2BB183AF5F22588179A53B0A 98631FAD1A292118 )',
    'DS \\# 24 ec4505012bb183af5f22588179a53b0a98631fad1a292118',
  ],
  ['DS 60485 RSASHA1 9 2BB1', 'DS \\# 6 ec4505092bb1'],
  ['CDS 0 0 0 00', 'CDS \\# 5 0000000000'],
  ['DNSKEY 256 3 5 AQPS KmynfzW4', 'DNSKEY \\# 13 010003050103d22a6ca77f35b8'],
  ['CDNSKEY 0 3 0 AA==', 'CDNSKEY \\# 5 0000030000'],
  ['SSHFP 2 9 123456789abcdef67890', 'SSHFP \\# 12 0209123456789abcdef67890'],
  ['TLSA 0 0 1 d2abde24', 'TLSA \\# 7 000001d2abde24'],
  ['SMIMEA 3 1 0 D2', 'SMIMEA \\# 4 030100d2'],
  ['OPENPGPKEY AQID BA==', 'OPENPGPKEY \\# 4 01020304'],
  ['CERT PGP 0 0 AQID', 'CERT \\# 8 0003000000010203'],
  ['DHCID AQID', 'DHCID \\# 3 010203'],
  ['NSEC b. A MX TYPE1234', `NSEC \\# 36 01620000024001041b${'00'.repeat(26)}20`],
  ['NSEC3 1 1 12 aabb 2vptu5timamqttgl4luu9kg21e0aor3s A', 'NSEC3 \\# 31 0101000c02aabb1417f3df17b2b2adaef615257de4d2020b80ac6c7c000140'],
  ['NSEC3PARAM 1 0 0 -', 'NSEC3PARAM \\# 5 0100000000'],
  ['CSYNC 66 3 A NS AAAA', 'CSYNC \\# 12 000000420003000460000008'],
  ['ZONEMD 1 240 240 ABCD 00112233445566778899', 'ZONEMD \\# 18 00000001f0f0abcd00112233445566778899'],
  ['RRSIG A 5 3 86400 20030322173103 20030220173103 2642 b. AQID', 'RRSIG \\# 24 00010503000151803e7c9dd73e5510d70a52016200010203'],
  ['SPF "v=spf1 -all"', 'SPF \\# 12 0b763d73706631202d616c6c'],
  ['URI 10 1 "ftp://a"', 'URI \\# 11 000a00016674703a2f2f61'],
  // RFC 1876 §4
  [
    'LOC 42 21 54 N 71 06 18 W -24m 30m',
    'LOC \\# 16 0033161389172dd070be15f000988d20',
  ],
  ['LOC 0 N 0 E 0', 'LOC \\# 16 00121613800000008000000000989680'],
  // RFC 9460 §D.1, §D.2
  ['HTTPS 0 foo.example.com.', 'HTTPS \\# 19 000003666f6f076578616d706c6503636f6d00'],
  ['SVCB 1 .', 'SVCB \\# 3 000100'],
  ['SVCB 16 foo.example.com. port=53', 'SVCB \\# 25 001003666f6f076578616d706c6503636f6d00000300020035'],
  ['SVCB 1 b. key667=hello', 'SVCB \\# 14 0001016200029b000568656c6c6f'],
  ['SVCB 1 b. key667="hello\\210qoo"', 'SVCB \\# 18 0001016200029b000968656c6c6fd2716f6f'],
  [
    'SVCB 1 b. ipv6hint="2001:db8::1,2001:db8::53:1"',
    'SVCB \\# 41 00010162000006002020010db800000000000000000000000120010db8000000000000000000530001',
  ],
  [
    'SVCB 16 b. alpn=h2,h3-19 mandatory=ipv4hint,alpn ipv4hint=192.0.2.1',
    'SVCB \\# 34 00100162000000000400010004000100090268320568332d313900040004c0000201',
  ],
  ['SVCB 16 b. alpn="f\\\\\\\\oo\\\\,bar,h2"', 'SVCB \\# 21 00100162000001000c08665c6f6f2c626172026832'],
  ['SVCB 16 b. alpn=f\\\\\\092oo\\092,bar,h2', 'SVCB \\# 21 00100162000001000c08665c6f6f2c626172026832'],
  ['HTTPS 1 . no-default-alpn alpn=h3', 'HTTPS \\# 14 0001000001000302683300020000'],
  ['HTTPS 1 . dohpath=/q{?dns} key65280', 'HTTPS \\# 19 000100000700082f717b3f646e737dff000000'],
  ['KEY 512 255 1 AA==', 'KEY \\# 5 0200ff0100'],
  ['HTTPS 1 . ech=AQID', 'HTTPS \\# 10 00010000050003010203'],
];

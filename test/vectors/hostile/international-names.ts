import {
  badLabel,
  get,
  type HostileRequest,
  type HostileSurroundings,
  numeric,
  outside,
  type Row,
  rows,
} from './hostile-request.ts';

export function internationalNameRequests({ secret, zone }: HostileSurroundings): HostileRequest[] {
  const at = (label: string): string => get(`/update-by-path/${secret}/${encodeURIComponent(label)}.${zone}/192.0.2.1`);
  const invalid = (name: string, label: string, reason: string, shown = label): Row => [
    name,
    at(label),
    400,
    `DNS_NAME_ERROR: The label '${shown}' of the DNS name '${shown}.${zone}' is invalid: ${reason}.`,
  ];
  const joiner = 'an invisible joiner stands where its script does not need one';
  const mixed = 'left-to-right and right-to-left characters are mixed';
  const hyphen = 'a hyphen stands at its beginning, at its end or in its third and fourth place';
  const notPlain = 'only letters, digits, hyphens and underscores may stand in it';
  const notAllowed = (codePoint: string): string => `the character ${codePoint} may not stand in a name`;
  return rows([
    invalid('a zero-width joiner between Latin letters', 'a\u200db', joiner, 'a\\u{200d}b'),
    invalid('a zero-width non-joiner between Latin letters', 'a\u200cb', joiner, 'a\\u{200c}b'),
    invalid('a right-to-left label that ends in a Latin letter', '\u05d0a', mixed),
    invalid('a right-to-left override', 'a\u202eb', notAllowed('U+202E'), 'a\\u{202e}b'),
    invalid('a bidirectional isolate', 'a\u2066b', notAllowed('U+2066'), 'a\\u{2066}b'),
    invalid('nothing but a soft hyphen', '\u00ad', 'nothing visible is in it', '\\u{ad}'),
    invalid('a C1 control', 'a\u0085b', notAllowed('U+0085'), 'a\\u{85}b'),
    invalid('a line separator', 'a\u2028b', notAllowed('U+2028'), 'a\\u{2028}b'),
    invalid('a noncharacter', 'a\uffffb', notAllowed('U+FFFF'), 'a\\u{ffff}b'),
    invalid('a replacement character', 'a\ufffdb', notAllowed('U+FFFD')),
    invalid('a leading hyphen', '-ü', hyphen),
    invalid('a trailing hyphen', 'ü-', hyphen),
    invalid('hyphens in third and fourth place', 'ab--ü', hyphen),
    invalid(
      'a combining mark at the beginning',
      '\u0301a',
      'it is not a valid label of an internationalised name (UTS 46)',
    ),
    invalid('account of, which becomes a/c', '\u2100', notPlain),
    invalid('a digit with a full stop', '\u2488com', notAllowed('U+2488')),
    invalid('a space beside an umlaut', 'ü x', notPlain),
    invalid('a fullwidth percent sign', '\uff05', notPlain),
    invalid('a fullwidth slash', 'a\uff0fb', notPlain),
    invalid('an asterisk beside an umlaut', '*ü', notPlain),
    invalid('a NUL beside an umlaut', 'ü\0', notPlain, 'ü\\u{0}'),
    invalid('more than 63 octets as an A-label', 'ü'.repeat(60), 'it is longer than 63 octets as an A-label'),
    invalid(
      'a fullwidth xn-- that decodes to nothing',
      'ｘｎ－－ａ',
      'it is not a valid label of an internationalised name (UTS 46)',
    ),
    [
      'an ideographic full stop makes two labels, of which one is empty',
      at('ü\u3002'),
      400,
      badLabel('', `xn--tda..${zone}`),
    ],
    [
      'a fullwidth digit for a top level',
      get(`/update-by-path/${secret}/x.${encodeURIComponent('１')}/192.0.2.1`),
      400,
      numeric('1', 'x.1'),
    ],
    [
      'a name that only looks like our zone',
      get(`/update-by-path/${secret}/www.${encodeURIComponent(`\u0430${zone}`)}/192.0.2.1`),
      404,
      lookalikeLine(zone),
    ],
  ]);
}

/** The A-label of a Cyrillic а before the zone's first label depends on that label, so it is put together by RFC 3492. */
function lookalikeLine(zone: string): string {
  const ascii = new URL(`http://www.\u0430${zone}/`).hostname;
  return outside(`${ascii}.`);
}

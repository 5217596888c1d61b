import {
  canary,
  form,
  get,
  type HostileRequest,
  type HostileSurroundings,
  lineEnd,
  mustBeEncoded,
  noSuchPage,
  notHttp,
  rows,
} from './hostile-request.ts';

const badCoding = 'PARAMETER_ERROR: Of all transfer codings only chunked is understood, and only in HTTP/1.1.';

export function framingRequests({ secret, zone }: HostileSurroundings): HostileRequest[] {
  const target = `/update-by-query?secret=${secret}&fqdn=www.${zone}&ip_1=192.0.2.1`;
  const raw = (...lines: string[]): string => lines.join(lineEnd);
  const head = `POST ${target} HTTP/1.1`;
  const host = 'Host: dyndns.example.com';
  const close = 'Connection: close';
  const smuggled = `GET ${target} HTTP/1.1${lineEnd}${host}${lineEnd}${lineEnd}`;
  const severalHosts = 'PARAMETER_ERROR: Send one Host header, not several.';
  return rows([
    [
      'Content-Length and Transfer-Encoding',
      raw(head, host, 'Content-Length: 5', 'Transfer-Encoding: chunked', close, '', '0', '', smuggled),
      400,
      notHttp,
    ],
    [
      'Transfer-Encoding and Content-Length',
      raw(head, host, 'Transfer-Encoding: chunked', 'Content-Length: 5', close, '', '0', '', smuggled),
      400,
      notHttp,
    ],
    ['two equal lengths', raw(head, host, 'Content-Length: 3', 'Content-Length: 3', close, '', 'abc'), 400, notHttp],
    [
      'two lengths that differ',
      raw(head, host, 'Content-Length: 3', 'Content-Length: 0', close, '', 'abc'),
      400,
      notHttp,
    ],
    ['a list of lengths', raw(head, host, 'Content-Length: 3, 3', close, '', 'abc'), 400, notHttp],
    ['a negative length', raw(head, host, 'Content-Length: -1', close, '', ''), 400, notHttp],
    ['a length with a plus sign', raw(head, host, 'Content-Length: +3', close, '', 'abc'), 400, notHttp],
    ['a length in hexadecimal', raw(head, host, 'Content-Length: 0x3', close, '', 'abc'), 400, notHttp],
    [
      'a length beyond all numbers',
      raw(head, host, `Content-Length: ${'9'.repeat(30)}`, close, '', 'abc'),
      400,
      notHttp,
    ],
    ['an empty length', raw(head, host, 'Content-Length:', close, '', ''), 400, notHttp],
    [
      'an unknown transfer coding',
      raw(head, host, 'Transfer-Encoding: xchunked', close, '', '0', '', ''),
      400,
      badCoding,
    ],
    [
      'identity for a transfer coding',
      raw(head, host, 'Transfer-Encoding: identity', close, '', 'abc'),
      400,
      badCoding,
    ],
    [
      'gzip before chunked',
      raw(head, host, 'Transfer-Encoding: gzip, chunked', close, '', '0', '', ''),
      400,
      badCoding,
    ],
    [
      'chunked before identity',
      raw(head, host, 'Transfer-Encoding: chunked, identity', close, '', '0', '', ''),
      400,
      notHttp,
    ],
    [
      'chunked in HTTP/1.0',
      raw(`POST ${target} HTTP/1.0`, host, 'Transfer-Encoding: chunked', '', '0', '', ''),
      400,
      badCoding,
    ],
    ['a space before the colon', raw(head, host, 'Transfer-Encoding : chunked', close, '', '0', '', ''), 400, notHttp],
    ['a space before a header', raw(`GET ${target} HTTP/1.1`, ` ${host}`, close, '', ''), 400, notHttp],
    ['a folded header', raw(`GET ${target} HTTP/1.1`, host, 'X-Folded: a', ' b', close, '', ''), 400, notHttp],
    [
      'a folded Authorization header',
      raw(`GET ${target} HTTP/1.1`, host, 'Authorization: Bearer', `\t${secret}`, close, '', ''),
      400,
      notHttp,
    ],
    ['bare line feeds', `GET ${target} HTTP/1.1\n${host}\n${close}\n\n`, 400, notHttp],
    ['one bare line feed', `GET ${target} HTTP/1.1${lineEnd}${host}\n${close}${lineEnd}${lineEnd}`, 400, notHttp],
    [
      'a bare carriage return',
      `GET ${target} HTTP/1.1${lineEnd}${host}\rX: y${lineEnd}${close}${lineEnd}${lineEnd}`,
      400,
      notHttp,
    ],
    ['a NUL in a header', raw(`GET ${target} HTTP/1.1`, host, 'X: a\0b', close, '', ''), 400, notHttp],
    ['a header without a colon', raw(`GET ${target} HTTP/1.1`, host, canary, close, '', ''), 400, notHttp],
    ['a header without a name', raw(`GET ${target} HTTP/1.1`, host, `: ${canary}`, close, '', ''), 400, notHttp],
    ['two equal Host headers', raw(`GET ${target} HTTP/1.1`, host, host, close, '', ''), 400, severalHosts],
    [
      'two Host headers in other cases',
      raw(`GET ${target} HTTP/1.1`, host, 'hOST: x', close, '', ''),
      400,
      severalHosts,
    ],
    ['two Host headers in HTTP/1.0', raw(`GET ${target} HTTP/1.0`, host, 'Host: x', '', ''), 400, severalHosts],
    [
      'no Host header',
      raw(`GET ${target} HTTP/1.1`, close, '', ''),
      400,
      'PARAMETER_ERROR: The Host header is missing.',
    ],
    [
      '65 headers',
      get(target, ...Array<string>(63).fill('X: y')),
      431,
      'PARAMETER_ERROR: The URL and the headers together are too long, or there are too many headers.',
    ],
    [
      '500 headers',
      get(target, ...Array<string>(500).fill('X: y')),
      431,
      'PARAMETER_ERROR: The URL and the headers together are too long, or there are too many headers.',
    ],
    [
      'headers of 20,000 octets',
      get(target, `X: ${'y'.repeat(20_000)}`),
      431,
      'PARAMETER_ERROR: The URL and the headers together are too long, or there are too many headers.',
    ],
    [
      'an expectation that cannot be met',
      get(target, 'Expect: miracles'),
      417,
      'PARAMETER_ERROR: Of all expectations only 100-continue can be met.',
    ],
    ['a version that does not exist', raw(`GET ${target} HTTP/3.0`, host, close, '', ''), 400, notHttp],
    [
      'HTTP/0.9',
      `GET ${target}${lineEnd}${lineEnd}`,
      505,
      'PARAMETER_ERROR: This server speaks HTTP/1.1 and HTTP/1.0.',
    ],
    [
      'HTTP/0.9 with headers',
      raw(`GET ${target} HTTP/0.9`, host, close, '', ''),
      505,
      'PARAMETER_ERROR: This server speaks HTTP/1.1 and HTTP/1.0.',
    ],
    ['HTTP/1.2', raw(`GET ${target} HTTP/1.2`, host, close, '', ''), 400, notHttp],
    ['HTTP/2 without asking', `PRI * HTTP/2.0${lineEnd}${lineEnd}SM${lineEnd}${lineEnd}`, 400, notHttp],
    ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400, notHttp],
    ['garbage', `${canary}${lineEnd}${lineEnd}`, 400, notHttp],
    ['a target that is no path', get(`update-by-path/${secret}/www.${zone}`), 400, mustBeEncoded],
    ['an absolute target of another page', get(`http://dyndns.example.com/${canary}`), 404, noSuchPage],
    [
      'a chunk size that is none',
      raw(`POST ${target} HTTP/1.1`, host, form, 'Transfer-Encoding: chunked', close, '', 'zz', ''),
      400,
      notHttp,
    ],
    [
      'a chunk with bare line feeds',
      `${raw(`POST ${target} HTTP/1.1`, host, form, 'Transfer-Encoding: chunked', close, '', '')}3\na=b\n0\n\n`,
      400,
      notHttp,
    ],
    [
      'a chunk that is longer than it says',
      raw(`POST ${target} HTTP/1.1`, host, form, 'Transfer-Encoding: chunked', close, '', '1', 'abc', '0', '', ''),
      400,
      notHttp,
    ],
  ]);
}

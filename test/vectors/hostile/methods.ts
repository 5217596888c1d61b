import {
  badAddress,
  canary,
  extra,
  form,
  get,
  type HostileRequest,
  type HostileSurroundings,
  malformed,
  missingSecret,
  noSuchPage,
  notHttp,
  repeated,
  request,
  type Row,
  rows,
  wrongSecret,
} from './hostile-request.ts';

const prefetched =
  'PARAMETER_ERROR: The request is marked as a prefetch or preview, so nothing was changed; send it without that mark.';
const badMediaType = 'PARAMETER_ERROR: Send the arguments in the query, or as application/x-www-form-urlencoded.';

export function methodRequests({ secret, zone }: HostileSurroundings): HostileRequest[] {
  const path = `/update-by-path/${secret}/www.${zone}/192.0.2.1`;
  const query = `/update-by-query?secret=${secret}&fqdn=www.${zone}&ip_1=192.0.2.1`;
  const methods = (allowed: string): string => `PARAMETER_ERROR: The method of the request is not one of ${allowed}.`;
  const changing = methods('GET, HEAD, POST');
  const post = (body: string, ...headers: string[]): string => request('POST', '/update-by-query', headers, body);
  return rows([
    ...['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'PURGE', 'SEARCH'].map((method): Row => [
      `${method} of an update`,
      request(method, path),
      405,
      changing,
    ]),
    ['DELETE of a deletion', request('DELETE', `/delete-by-path/${secret}/www.${zone}`), 405, changing],
    ['POST to the first page', request('POST', '/'), 405, methods('GET, HEAD')],
    ['POST to the metrics', request('POST', '/metrics'), 405, methods('GET, HEAD')],
    ['a method that does not exist', request('UPDATE', path), 400, notHttp],
    ['a method in lower case', request('get', path), 400, notHttp],
    ['CONNECT', request('CONNECT', `www.${zone}:53`), 405, changing],
    ['HEAD changes nothing', request('HEAD', path), 200, undefined],
    ['HEAD of a query changes nothing', request('HEAD', query), 200, undefined],
    ['HEAD of a deletion changes nothing', request('HEAD', `/delete-by-path/${secret}/www.${zone}`), 200, undefined],
    ['HEAD of a check writes nothing', request('HEAD', `/check?secret=${secret}`), 200, undefined],
    ['HEAD with a wrong secret', request('HEAD', `/update-by-path/${canary}/www.${zone}`), 403, undefined],
    ['HEAD with a bad name', request('HEAD', `/update-by-path/${secret}/-x.${zone}`), 400, undefined],
    ['a method in an argument', get(`${query}&_method=POST`), 400, extra('_method')],
    ...[
      'Sec-Purpose: prefetch',
      'Sec-Purpose: prefetch;prerender',
      'Sec-Purpose: prefetch;anonymous-client-ip',
      'Purpose: prefetch',
      'Purpose: preview',
      'X-Purpose: preview',
      'X-Moz: prefetch',
      'x-moz: PREFETCH',
    ].map((header): Row => [`a request marked ${header}`, get(path, header), 403, prefetched]),
    ['a prefetched query', get(query, 'Purpose: prefetch'), 403, prefetched],
    ['a prefetched deletion', get(`/delete-by-path/${secret}/www.${zone}`, 'Purpose: prefetch'), 403, prefetched],
    ['a prefetched check', get(`/check?secret=${secret}`, 'Sec-Purpose: prefetch'), 403, prefetched],
    [
      'a prefetch with a wrong secret learns nothing',
      get(`/update-by-path/${canary}/x`, 'Purpose: prefetch'),
      403,
      prefetched,
    ],
    ['JSON', post(`{"secret":"${secret}","fqdn":"www.${zone}"}`, 'Content-Type: application/json'), 415, badMediaType],
    ['a multipart form', post(`--x\r\n\r\n--x--`, 'Content-Type: multipart/form-data; boundary=x'), 415, badMediaType],
    ['XML', post('<a/>', 'Content-Type: text/xml'), 415, badMediaType],
    ['plain text', post(`secret=${secret}`, 'Content-Type: text/plain'), 415, badMediaType],
    ['a form that does not say so', post(`secret=${secret}&fqdn=www.${zone}&ip_1=192.0.2.1`), 415, badMediaType],
    ['a content type that is none', post('x', 'Content-Type: ;'), 415, badMediaType],
    ['a form with an unknown argument', post(`secret=${secret}&fqdn=www.${zone}&x=${canary}`, form), 400, extra('x')],
    ['a form with a wrong secret', post(`secret=${canary}&fqdn=www.${zone}`, form), 403, wrongSecret],
    ['a form without a secret', post(`fqdn=www.${zone}`, form), 400, missingSecret],
    ['a form that repeats itself', post(`secret=${secret}&fqdn=a&fqdn=b`, form), 400, repeated('fqdn')],
    ['a form that repeats the query', request('POST', query, [form], 'ip_1=192.0.2.2'), 400, repeated('ip_1')],
    [
      'a form with another secret than the query',
      request('POST', query, [form], `secret=${canary}`),
      400,
      repeated('secret'),
    ],
    ['a form that is no valid percent-encoding', post(`secret=${secret}&fqdn=%zz`, form), 400, malformed('fqdn')],
    ['a form beside a path', request('POST', path, [form], 'ttl=60'), 400, extra('ttl')],
    [
      'a form of 40,000 characters',
      post(`secret=${secret}&x=${'x'.repeat(40_000)}`, form),
      413,
      'PARAMETER_ERROR: The body is too large.',
    ],
    ['a compressed form', post('\x1f\x8b\x08', form, 'Content-Encoding: gzip'), 400, missingSecret],
    [
      'another method in a header',
      request('POST', query.replace('192.0.2.1', 'x'), ['X-HTTP-Method-Override: GET']),
      400,
      badAddress('x'),
    ],
    [
      'another URL in a header',
      get('/', `X-Original-URL: ${path}`).replace('GET / ', `GET /${canary} `),
      404,
      noSuchPage,
    ],
  ]);
}

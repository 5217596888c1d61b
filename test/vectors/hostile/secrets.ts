import {
  canary,
  encodeTwice,
  get,
  type HostileRequest,
  type HostileSurroundings,
  missingSecret,
  repeated,
  rows,
  wrongSecret,
} from './hostile-request.ts';

const differingSecrets = 'PARAMETER_ERROR: The secret in the Authorization header and the one in the URL differ.';
const severalAuthorizations = 'PARAMETER_ERROR: Send one Authorization header, not several.';

export function secretRequests({ secret, otherSecret, zone }: HostileSurroundings): HostileRequest[] {
  const good = `www.${zone}/192.0.2.1`;
  const bearer = (token: string): string => `Authorization: Bearer ${token}`;
  const query = `/update-by-query?fqdn=www.${zone}&ip_1=192.0.2.1`;
  return rows([
    ['a wrong secret in the path', get(`/update-by-path/${canary}/${good}`), 403, wrongSecret],
    ['a wrong secret, and everything else wrong too', get(`/update-by-path/${canary}/-x/1.2.3?a=b`), 403, wrongSecret],
    ['the secret without its last character', get(`/update-by-path/${secret.slice(0, -1)}/${good}`), 403, wrongSecret],
    ['the secret and one character more', get(`/update-by-path/${secret}x/${good}`), 403, wrongSecret],
    ['both secrets in one', get(`/update-by-path/${secret}${otherSecret}/${good}`), 403, wrongSecret],
    ['the secret in another case', get(`/update-by-path/${swapCase(secret)}/${good}`), 403, wrongSecret],
    ['the secret and NUL', get(`/update-by-path/${secret}%00/${good}`), 403, wrongSecret],
    ['the secret and a space', get(`/update-by-path/${secret}%20/${good}`), 403, wrongSecret],
    ['the secret and a line feed', get(`/update-by-path/${secret}%0a/${good}`), 403, wrongSecret],
    ['the secret percent-encoded twice', get(`/update-by-path/${encodeTwice(secret)}/${good}`), 403, wrongSecret],
    ['the secret in fullwidth letters', get(`/update-by-path/${fullwidth(secret)}/${good}`), 403, wrongSecret],
    ['a secret with a slash in it', get(`/update-by-path/${secret}%2fx/${good}`), 403, wrongSecret],
    ['an asterisk for a secret', get(`/update-by-path/*/${good}`), 403, wrongSecret],
    ['the word undefined for a secret', get(`/update-by-path/undefined/${good}`), 403, wrongSecret],
    ['the name of a method for a secret', get(`/update-by-path/__proto__/${good}`), 403, wrongSecret],
    ['a secret of 4,000 characters', get(`/update-by-path/${'x'.repeat(4000)}/${good}`), 403, wrongSecret],
    ['an empty secret in the path', get(`/update-by-path//${good}`), 400, missingSecret],
    ['a hyphen for the secret, and no header', get(`/update-by-path/-/${good}`), 400, missingSecret],
    ['no secret in the query', get(query), 400, missingSecret],
    ['an empty secret in the query', get(`${query}&secret=`), 400, missingSecret],
    ['no secret, and everything else wrong too', get('/update-by-query?fqdn=-x&ip_1=1&a=b'), 400, missingSecret],
    ['a wrong secret in the query', get(`${query}&secret=${canary}`), 403, wrongSecret],
    ['the secret under another name', get(`${query}&Secret=${secret}`), 400, missingSecret],
    ['the secret in brackets', get(`${query}&secret[]=${secret}`), 400, missingSecret],
    ['a wrong secret before the right one', get(`${query}&secret=${canary}&secret=${secret}`), 403, wrongSecret],
    ['the right secret before a wrong one', get(`${query}&secret=${secret}&secret=${canary}`), 400, repeated('secret')],
    ['a wrong bearer', get(`/update-by-path/-/${good}`, bearer(canary)), 403, wrongSecret],
    ['a bearer of two words', get(`/update-by-path/-/${good}`, bearer(`${secret} x`)), 403, wrongSecret],
    ['an empty bearer', get(`/update-by-path/-/${good}`, 'Authorization: Bearer'), 400, missingSecret],
    ['the secret without its scheme', get(query, `Authorization: ${secret}`), 400, missingSecret],
    ['the secret as Basic', get(query, `Authorization: Basic ${btoa(`x:${secret}`)}`), 400, missingSecret],
    ['the secret in a cookie', get(query, `Cookie: secret=${secret}`), 400, missingSecret],
    ['the secret in a header of that name', get(query, `Secret: ${secret}`), 400, missingSecret],
    [
      'a right path and a wrong bearer',
      get(`/update-by-path/${secret}/${good}`, bearer(canary)),
      403,
      differingSecrets,
    ],
    [
      'a wrong path and a right bearer',
      get(`/update-by-path/${canary}/${good}`, bearer(secret)),
      403,
      differingSecrets,
    ],
    [
      'two right secrets that differ',
      get(`/update-by-path/${secret}/${good}`, bearer(otherSecret)),
      403,
      differingSecrets,
    ],
    ['a right query and a wrong bearer', get(`${query}&secret=${secret}`, bearer(canary)), 403, differingSecrets],
    [
      'two Authorization headers, the first right',
      get(`/update-by-path/-/${good}`, bearer(secret), bearer(canary)),
      400,
      severalAuthorizations,
    ],
    [
      'two Authorization headers, both right',
      get(`/update-by-path/-/${good}`, bearer(secret), bearer(secret)),
      400,
      severalAuthorizations,
    ],
    [
      'two Authorization headers beside a right path',
      get(`/update-by-path/${secret}/${good}`, 'Authorization: Basic eA==', 'authorization: Basic eA=='),
      400,
      severalAuthorizations,
    ],
    ['a wrong secret when deleting', get(`/delete-by-path/${canary}/www.${zone}`), 403, wrongSecret],
    ['no secret when deleting', get(`/delete-by-path/-/www.${zone}`), 400, missingSecret],
    ['a check without a secret', get('/check'), 400, missingSecret],
    ['a check with a wrong secret', get(`/check?secret=${canary}`), 403, wrongSecret],
    ['a check with a wrong bearer', get('/check', bearer(canary)), 403, wrongSecret],
    ['metrics for a stranger with a wrong secret', get(`/metrics?secret=${canary}`), 403, wrongSecret],
    ['metrics through a proxy', get('/metrics', 'X-Forwarded-For: 198.51.100.1'), 400, missingSecret],
    ['metrics through a proxy that names itself', get('/metrics', 'Via: 1.1 proxy'), 400, missingSecret],
    ['metrics through a proxy that says so by an empty word', get('/metrics', 'Forwarded:'), 400, missingSecret],
  ]);
}

function swapCase(text: string): string {
  return Array.from(text, (character) =>
    character === character.toLowerCase() ? character.toUpperCase() : character.toLowerCase(),
  ).join('');
}

/** The same letters and digits from the block of fullwidth forms, percent-encoded. */
function fullwidth(text: string): string {
  return encodeURIComponent(
    Array.from(text, (character) => String.fromCharCode(character.charCodeAt(0) + 0xfee0)).join(''),
  );
}

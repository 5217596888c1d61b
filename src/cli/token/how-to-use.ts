import type { Config, ListenAddress } from '../../config/config.ts';
import type { CreatedTokenView, TokenView } from '../../door/administration-orders.ts';

/** What of the configuration tells where a client finds the service. */
export type Whereabouts = Pick<Config, 'dyndnsDomain'> & { readonly http: Pick<Config['http'], 'listen'> };

/** Addresses that are there for examples (RFC 5737, RFC 3849): on this machine itself, a client's own address is none to point a name to. */
const exampleAddresses = { A: '203.0.113.7', AAAA: '2001:db8::7' } as const;

/** The secrets of a token with what to do with them; they are shown this once. */
export function howToUse({ token, secret, tsig }: CreatedTokenView, whereabouts: Whereabouts): string {
  const lines = ['', `token     ${secret}`, '', ...useOverHttp(token, whereabouts)];
  if (tsig) {
    lines.push(
      '',
      'For nsupdate -k, and other programs that read key files of BIND, in a file that nobody else may read:',
      `key "${tsig.key_name}" {`,
      `  algorithm ${tsig.algorithm};`,
      `  secret "${tsig.secret}";`,
      '};',
    );
  }
  return lines.join('\n');
}

function useOverHttp(token: TokenView, whereabouts: Whereabouts): readonly string[] {
  const { types, plain_http: plainHttp } = token.scope;
  if (types.every((type) => type === 'acme'))
    return [
      'It is shown this once. It may set challenges alone: docs/operator/certificates.md has what certbot and lego need.',
    ];
  if (!types.includes('A') && !types.includes('AAAA'))
    return [
      'It is shown this once. It may set no addresses; docs/operator/api.md has how a program sets other records.',
    ];
  const line = lineToTry(token, whereabouts);
  const where = plainHttp ? '' : ', over HTTPS alone';
  const password = `It is shown this once. It is the password in a router, with any user name, or in a script${where}`;
  return line === undefined ? [`${password}.`] : [`${password}:`, `  ${line}`];
}

/**
 * A line that gives the first name an address, as it stands; undefined where none of them could. The secret is typed, for on a command
 * line other users of the machine see it.
 */
function lineToTry(token: TokenView, { dyndnsDomain, http }: Whereabouts): string | undefined {
  const { names, types, networks, plain_http: plainHttp } = token.scope;
  const family = !types.includes('AAAA') ? 'A' : !types.includes('A') ? 'AAAA' : undefined;
  const [pattern = ''] = names;
  const query = `hostname=${pattern.replace(/^zone:/, 'www.').replace(/^\*\./, 'www.')}`;
  if (dyndnsDomain) {
    // Else a client with both families comes by the one that it may not set.
    const by = family === undefined ? '' : family === 'A' ? ' -4' : ' -6';
    return curl(`https://${dyndnsDomain.toString().slice(0, -1)}`, query, by);
  }
  if (!plainHttp || networks.length > 0) return undefined;
  return curl(localBase(http.listen[0]), `${query}&myip=${exampleAddresses[family ?? 'A']}`);
}

function curl(base: string, query: string, by = ''): string {
  return `read -rs TOKEN; curl${by} -u "router:$TOKEN" '${base}/nic/update?${query}'`;
}

function localBase({ host, port }: ListenAddress = { host: '127.0.0.1', port: 54_321 }): string {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';

import { Type } from '../../src/dns/codes.ts';
import { Name } from '../../src/dns/name.ts';
import { parseAddress } from '../../src/updates/address.ts';
import { hostnameOf } from '../support/host-books.ts';
import { makeToken, type TestToken } from '../support/make-token.ts';
import { MemoryLedger } from '../support/memory-ledger.ts';
import { hostDescription } from '../support/registry-fixture.ts';
import {
  listenFixture,
  type ListeningFixture,
  type RawAnswer,
  request,
  secret as administrator,
} from './http-fixture.ts';

const zone = 'example.com';

async function open(): Promise<ListeningFixture> {
  const fixture = await listenFixture({
    zones: [zone, 'acme.test'],
    ledger: new MemoryLedger(),
    trustedProxies: ['127.0.0.1'],
    acmeDns: { zone: Name.parse('acme.test.'), registration: 'token', networks: [] },
  });
  place(fixture, `home.${zone}`, '192.0.2.1');
  return fixture;
}

function place({ primaries }: ListeningFixture, name: string, text: string): void {
  const address = parseAddress(text)!;
  const rdatas = [{ kind: 'A', address: address.octets } as const];
  primaries[0]?.place({ name: Name.parse(name), type: Type.A, ttlSeconds: 300, rdatas });
}

function values({ primaries }: ListeningFixture, name: string, ...types: readonly number[]): readonly string[] {
  const owner = Name.parse(name);
  const primary = primaries.find((each) => owner.isAtOrBelow(each.zone));
  return types.flatMap((type) => primary?.lookUp(owner, type) ?? []);
}

async function tokenOf({ registry }: ListeningFixture, wanted: TestToken): Promise<string> {
  assert.ok(registry);
  return (await makeToken(registry, wanted)).secret;
}

function get({ port }: ListeningFixture, target: string, ...headers: readonly string[]): Promise<RawAnswer> {
  return request(port, [`GET ${target} HTTP/1.1`, 'Host: x', 'X-Forwarded-For: 198.51.100.7', ...headers]);
}

function post(
  { port }: ListeningFixture,
  path: string,
  body: string,
  ...headers: readonly string[]
): Promise<RawAnswer> {
  const length = `Content-Length: ${Buffer.byteLength(body)}`;
  return request(port, [`POST ${path} HTTP/1.1`, 'Host: x', 'X-Forwarded-For: 198.51.100.7', length, ...headers], body);
}

function basic(token: string): string {
  return `Authorization: Basic ${Buffer.from(`user:${token}`).toString('base64')}`;
}

function told({ status, body }: RawAnswer): readonly [number, string] {
  return [status, body];
}

describe('DuckDNS', () => {
  const rows: readonly (readonly [title: string, query: string, body: string, holds?: string])[] = [
    ['a label and an address', 'domains=home&token=TOKEN&ip=192.0.2.9', 'OK', '192.0.2.9'],
    ['the same again', 'domains=home&token=TOKEN&ip=192.0.2.1', 'OK'],
    ['in full', 'domains=home.example.com&token=TOKEN&ip=192.0.2.9', 'OK', '192.0.2.9'],
    ['without an address', 'domains=home&token=TOKEN&ip=', 'OK', '198.51.100.7'],
    ['IPv6 in ip', 'domains=home&token=TOKEN&ip=2001:db8::9', 'OK', '192.0.2.1 2001:db8::9'],
    ['both', 'domains=home&token=TOKEN&ip=192.0.2.9&ipv6=2001:db8::9', 'OK', '192.0.2.9 2001:db8::9'],
    ['IPv6 alone', 'domains=home&token=TOKEN&ipv6=2001:db8::9', 'OK', '192.0.2.1 2001:db8::9'],
    ['verbose', 'domains=home&token=TOKEN&ip=192.0.2.9&verbose=true', 'OK\n192.0.2.9\n\nUPDATED', '192.0.2.9'],
    ['verbose, unchanged', 'domains=home&token=TOKEN&ip=192.0.2.1&verbose=true', 'OK\n192.0.2.1\n\nNOCHANGE'],
    [
      'verbose, both',
      'domains=home&token=TOKEN&ip=192.0.2.9&ipv6=2001:db8::9&verbose=true',
      'OK\n192.0.2.9\n2001:db8::9\nUPDATED',
      '192.0.2.9 2001:db8::9',
    ],
    ['clear', 'domains=home&token=TOKEN&clear=true', 'OK', ''],
    ['two', 'domains=home,nas&token=TOKEN&ip=192.0.2.9', 'OK', '192.0.2.9'],
    ['one of two is nobody’s: nothing is done', 'domains=home,other&token=TOKEN&ip=192.0.2.9', 'KO'],
    ['a wrong token', 'domains=home&token=dynxxxxxxxxxxxxxxxxxxxxxxxxxxx&ip=192.0.2.9', 'KO'],
    ['somebody else’s', 'domains=fixed.example.com&token=TOKEN&ip=192.0.2.9', 'KO'],
    ['no address', 'domains=home&token=TOKEN&ip=x', 'KO'],
    ['no domain', 'domains=,&token=TOKEN&ip=192.0.2.9', 'KO'],
  ];
  for (const [title, query, body, holds = '192.0.2.1'] of rows)
    test(title, async () => {
      await using fixture = await open();
      const token = await tokenOf(fixture, { patterns: [`home.${zone}`, `nas.${zone}`] });
      const answer = await get(fixture, `/update?${query.replace('TOKEN', token)}`);
      assert.deepEqual(told(answer), [200, body]);
      assert.equal(values(fixture, `home.${zone}`, Type.A, Type.AAAA).join(' '), holds);
    });

  test('in a path, for routers without parameters', async () => {
    await using fixture = await open();
    const token = await tokenOf(fixture, { patterns: [`home.${zone}`] });
    assert.deepEqual(told(await get(fixture, `/update/home/${token}/192.0.2.9`)), [200, 'OK']);
    assert.deepEqual(values(fixture, `home.${zone}`, Type.A), ['192.0.2.9']);
    assert.deepEqual(told(await get(fixture, `/update/home/${token}`)), [200, 'OK']);
    assert.deepEqual(values(fixture, `home.${zone}`, Type.A), ['198.51.100.7']);
    assert.deepEqual(told(await get(fixture, '/update/home/wrong/192.0.2.9')), [200, 'KO']);
  });

  test('txt goes to the challenge, and clear with it removes that alone', async () => {
    await using fixture = await open();
    const token = await tokenOf(fixture, { patterns: [`home.${zone}`], allowsAcme: true });
    const query = `/update?domains=home&token=${token}&txt=proof-1`;
    assert.deepEqual(told(await get(fixture, `${query}&verbose=true`)), [200, 'OK\nproof-1\nUPDATED']);
    assert.deepEqual(values(fixture, `_acme-challenge.home.${zone}`, Type.TXT), ['"proof-1"']);
    assert.deepEqual(told(await get(fixture, `${query}&clear=true`)), [200, 'OK']);
    assert.deepEqual(values(fixture, `_acme-challenge.home.${zone}`, Type.TXT), []);
    await get(fixture, query);
    // As Home Assistant has it.
    const empty = `/update?domains=home&token=${token}&txt=&clear=true`;
    assert.deepEqual(told(await get(fixture, empty)), [200, 'OK']);
    assert.deepEqual(values(fixture, `_acme-challenge.home.${zone}`, Type.TXT), []);
    assert.deepEqual(values(fixture, `home.${zone}`, Type.A), ['192.0.2.1']);
  });

  test('a label that two hosts have is nobody’s', async () => {
    await using fixture = await open();
    const token = await tokenOf(fixture, { patterns: [`home.${zone}`, 'home.acme.test'] });
    assert.deepEqual(told(await get(fixture, `/update?domains=home&token=${token}&ip=192.0.2.9`)), [200, 'KO']);
  });
});

describe('dynv6', () => {
  const rows: readonly (readonly [query: string, status: number, body: string | RegExp, holds?: string])[] = [
    ['hostname=home&token=TOKEN&ipv4=192.0.2.9', 200, 'addresses updated', '192.0.2.9'],
    ['zone=home.example.com&token=TOKEN&ipv4=192.0.2.9', 200, 'addresses updated', '192.0.2.9'],
    ['hostname=home&token=TOKEN&ipv4=192.0.2.1', 200, 'addresses unchanged'],
    ['hostname=home&token=TOKEN&ipv4=auto', 200, 'addresses updated', '198.51.100.7'],
    ['hostname=home&token=TOKEN&ipv6=2001:db8::9', 200, 'addresses updated', '192.0.2.1 2001:db8::9'],
    ['hostname=home&token=TOKEN&ipv4=-', 200, 'addresses updated', ''],
    ['hostname=home&token=TOKEN', 200, 'addresses unchanged'],
    ['hostname=home&token=TOKEN&ipv6prefix=2001:db8:5::/64', 200, 'addresses unchanged'],
    ['hostname=home&token=TOKEN&ipv6prefix=-', 200, 'addresses unchanged'],
    ['Hostname=home&token=TOKEN&ipv6=2001:db8:5::9/64', 200, 'addresses updated', '192.0.2.1 2001:db8:5::9'],
    ['hostname=home&token=TOKEN&ipv6=2001:db8:5::9/128', 200, 'addresses updated', '192.0.2.1 2001:db8:5::9'],
    ['hostname=home&token=TOKEN&ipv6=2001:db8:5::/64', 200, 'addresses unchanged'],
    ['hostname=home&token=TOKEN&ipv4=192.0.2.9&ipv6prefix=-', 200, 'addresses updated', '192.0.2.9'],
    [
      'hostname=home&token=TOKEN&ipv6=auto',
      400,
      'PARAMETER_ERROR: The addresses cannot be taken: ipv6=auto came from 198.51.100.7, which is of the other family.\n',
    ],
    ...['ipv6=6to4', 'ipv6=2001:db8:5::9/100', 'ipv6prefix=2001:db8:5::9/64', 'ipv6prefix=6to4'].map(
      (wrong) =>
        [`hostname=home&token=TOKEN&${wrong}`, 400, /^PARAMETER_ERROR: The addresses cannot be taken: /] as const,
    ),
    ['hostname=home&token=wrong&ipv4=192.0.2.9', 401, 'invalid authentication token'],
    ['hostname=home&ipv4=192.0.2.9', 401, 'invalid authentication token'],
    ['token=TOKEN&ipv4=192.0.2.9', 400, 'PARAMETER_ERROR: The request names no host: add hostname=.\n'],
    ['hostname=&token=TOKEN', 400, 'PARAMETER_ERROR: The request names no host: add hostname=.\n'],
    ['hostname=other&token=TOKEN&ipv4=192.0.2.9', 404, 'PARAMETER_ERROR: There is no such host for this token.\n'],
    [
      'hostname=home&token=TOKEN&ipv4=x',
      400,
      'PARAMETER_ERROR: The addresses cannot be taken: the address is no IP address.\n',
    ],
  ];
  for (const [query, status, body, holds = '192.0.2.1'] of rows)
    test(query, async () => {
      await using fixture = await open();
      const token = await tokenOf(fixture, { patterns: [`home.${zone}`] });
      const answer = await get(fixture, `/api/update?${query.replace('TOKEN', token)}`);
      const [toldStatus, toldBody] = told(answer);
      assert.equal(toldStatus, status);
      if (typeof body === 'string') assert.equal(toldBody, body);
      else assert.match(toldBody, body);
      assert.equal(values(fixture, `home.${zone}`, Type.A, Type.AAAA).join(' '), holds);
    });
});

describe('dynv6 of a whole home', () => {
  const rows: readonly (readonly [query: string, router: string, nas: string])[] = [
    ['ipv6prefix=2001:db8:5:600::/56', '', '2001:db8:5:605::a'],
    ['ipv6=2001:db8:5:600::1/56', '2001:db8:5:600::1', '2001:db8:5:605::a'],
    ['ipv6=2001:db8:5:600::1/64&ipv6prefix=2001:db8:6:700::/56', '2001:db8:5:600::1', '2001:db8:6:705::a'],
    ['ipv6=auto', '2001:db8:9:9::7', ''],
    ['ipv6prefix=auto', '', '2001:db8:9:9::a'],
    ['ipv6=-&ipv6prefix=auto', '', '2001:db8:9:9::a'],
  ];
  for (const [query, router, nas] of rows)
    test(query, async () => {
      await using fixture = await open();
      const token = await tokenOf(fixture, { patterns: [`home.${zone}`, `nas.${zone}`] });
      const [home, follower] = [hostnameOf(`home.${zone}`), hostnameOf(`nas.${zone}`)];
      const wanted = { follows: home, interfaceId: parseAddress('::5:0:0:0:a')!.octets };
      for (const [name, special] of [[home, {}] as const, [follower, wanted] as const])
        assert.equal((await fixture.registry?.putHost(name, hostDescription(special)))?.kind, 'changed');
      const target = `/api/update?hostname=home&token=${token}&${query}`;
      const lines = [`GET ${target} HTTP/1.1`, 'Host: x', 'X-Forwarded-For: 2001:db8:9:9::7'];
      assert.deepEqual(told(await request(fixture.port, lines)), [200, 'addresses updated']);
      assert.deepEqual(told(await request(fixture.port, lines)), [200, 'addresses unchanged']);
      assert.equal(values(fixture, `home.${zone}`, Type.AAAA).join(' '), router);
      assert.equal(values(fixture, `nas.${zone}`, Type.AAAA).join(' '), nas);
    });
});

describe('acme-dns', () => {
  const [first, second, third] = ['a', 'b', 'c'].map((letter) => letter.repeat(43)) as [string, string, string];

  test('whoever holds a token registers, and sets two values, of which the older one goes', async () => {
    await using fixture = await open();
    const token = await tokenOf(fixture, { patterns: [`home.${zone}`] });
    const registered = await post(fixture, '/register', '', basic(token));
    assert.equal(registered.status, 201);
    const account = JSON.parse(registered.body) as Record<string, string>;
    assert.deepEqual(Object.keys(account), ['username', 'password', 'fulldomain', 'subdomain', 'allowfrom']);
    assert.equal(account['fulldomain'], `${account['subdomain']}.acme.test`);
    const user = [`X-Api-User: ${account['username']}`, `X-Api-Key: ${account['password']}`];
    for (const [txt, held] of [
      [first, [first]],
      [second, [first, second]],
      [third, [second, third]],
    ] as const) {
      const body = JSON.stringify({ subdomain: account['subdomain'], txt });
      // acme.sh says that it is a form; every client sends the Basic of its base URL along.
      const form = 'Content-Type: application/x-www-form-urlencoded';
      const answer = await post(fixture, '/update', body, ...user, form, basic(token));
      assert.deepEqual(told(answer), [200, `{"txt":"${txt}"}`]);
      const now = values(fixture, account['fulldomain'] ?? '', Type.TXT);
      assert.deepEqual(
        now,
        held.map((text) => `"${text}"`),
      );
    }
    const refusals: readonly (readonly [body: string, headers: readonly string[], status: number, error: string])[] = [
      [JSON.stringify({ subdomain: account['subdomain'], txt: 'short' }), user, 400, 'bad_txt'],
      [JSON.stringify({ subdomain: account['subdomain'], txt: `${first.slice(1)}.` }), user, 400, 'bad_txt'],
      [JSON.stringify({ subdomain: 'x..y', txt: first }), user, 400, 'bad_subdomain'],
      [JSON.stringify({ subdomain: 'other', txt: first }), user, 401, 'forbidden'],
      ['{', user, 400, 'malformed_json_payload'],
      [JSON.stringify({ subdomain: account['subdomain'], txt: first }), ['X-Api-User: x'], 401, 'forbidden'],
      [JSON.stringify({ subdomain: account['subdomain'], txt: first }), [user[0]!, basic(token)], 401, 'forbidden'],
      [JSON.stringify({ subdomain: account['subdomain'], txt: first }), ['X-Api-User: x', user[1]!], 401, 'forbidden'],
    ];
    for (const [body, headers, status, error] of refusals)
      assert.deepEqual(told(await post(fixture, '/update', body, ...headers)), [status, JSON.stringify({ error })]);
  });

  test('a registration may be bound to networks, and is for nobody without a credential', async () => {
    await using fixture = await open();
    assert.deepEqual(told(await post(fixture, '/register', '')), [401, '{"error":"forbidden"}']);
    const registered = await post(fixture, '/register', '{"allowfrom": ["203.0.113.0/24"]}', basic(administrator));
    assert.equal(registered.status, 201);
    const account = JSON.parse(registered.body) as Record<string, string>;
    assert.deepEqual(account['allowfrom'], ['203.0.113.0/24']);
    const user = [`X-Api-User: ${account['username']}`, `X-Api-Key: ${account['password']}`];
    const body = JSON.stringify({ subdomain: account['subdomain'], txt: first });
    assert.deepEqual(told(await post(fixture, '/update', body, ...user)), [401, '{"error":"forbidden"}']);
    assert.equal((await post(fixture, '/register', '{"allowfrom": ["x"]}', basic(administrator))).status, 400);
  });

  test('it is in health', async () => {
    await using fixture = await open();
    assert.deepEqual(told(await get(fixture, '/health')), [200, '']);
  });
});

describe('lego’s httpreq', () => {
  test('a value comes, beside another, and that one goes again', async () => {
    await using fixture = await open();
    const token = await tokenOf(fixture, { patterns: [`www.${zone}`], allowsAcme: true });
    const challenge = `_acme-challenge.www.${zone}`;
    for (const value of ['one', 'two']) {
      const body = JSON.stringify({ fqdn: `${challenge}.`, value });
      const answer = await post(fixture, '/dns/present', body, basic(token), 'Content-Type: application/json');
      assert.deepEqual(told(answer), [200, `${body}\n`]);
    }
    assert.deepEqual(values(fixture, challenge, Type.TXT), ['"one"', '"two"']);
    await post(fixture, '/dns/cleanup', JSON.stringify({ fqdn: `${challenge}.`, value: 'one' }), basic(token));
    assert.deepEqual(values(fixture, challenge, Type.TXT), ['"two"']);
  });

  test('in RAW mode the value is made of the key authorisation', async () => {
    await using fixture = await open();
    const token = await tokenOf(fixture, { patterns: [`www.${zone}`], allowsAcme: true });
    const body = JSON.stringify({ domain: `www.${zone}`, token: 't', keyAuth: 't.thumbprint' });
    assert.equal((await post(fixture, '/present', body, basic(token))).status, 200);
    const digest = createHash('sha256').update('t.thumbprint').digest('base64url');
    assert.deepEqual(values(fixture, `_acme-challenge.www.${zone}`, Type.TXT), [`"${digest}"`]);
    assert.equal((await post(fixture, '/cleanup', body, basic(token))).status, 200);
    assert.deepEqual(values(fixture, `_acme-challenge.www.${zone}`, Type.TXT), []);
  });

  test('who may not is told so, and what is no request too', async () => {
    await using fixture = await open();
    const token = await tokenOf(fixture, { patterns: [`www.${zone}`], allowsAcme: true });
    const other = JSON.stringify({ fqdn: `_acme-challenge.other.${zone}.`, value: 'x' });
    const statuses: number[] = [];
    for (const [body, headers] of [
      [other, [basic(token)]],
      [other, []],
      [other, [basic('wrong')]],
      ['{"fqdn": 1}', [basic(token)]],
      ['nonsense', [basic(token)]],
      [JSON.stringify({ fqdn: `_acme-challenge.www.${zone}.`, value: 'x'.repeat(256) }), [basic(token)]],
      [JSON.stringify({ fqdn: 'a b', value: 'x' }), [basic(token)]],
      [JSON.stringify({ fqdn: `_acme-challenge.www.${zone}.`, value: 'a\u0000b' }), [basic(token)]],
    ] as const)
      statuses.push((await post(fixture, '/present', body, ...headers)).status);
    assert.deepEqual(statuses, [403, 401, 401, 400, 400, 400, 400, 400]);
  });
});

describe('whatever the dialect', () => {
  const targets: readonly (readonly [target: string, status: number, body: RegExp])[] = [
    ['/update?domains=home&ip=192.0.2.9&token=', 429, /^KO$/],
    ['/api/update?hostname=home&ipv4=192.0.2.9&token=', 429, /^PARAMETER_ERROR: Too many wrong/],
  ];
  for (const [target, status, body] of targets)
    test(`whoever guesses is told when to come again: ${target}`, async () => {
      await using fixture = await open();
      // At once, for each of them is kept waiting.
      await Promise.all(Array.from({ length: 30 }, (_, index) => get(fixture, `${target}guess-${index}`)));
      const answer = await get(fixture, `${target}guess`);
      assert.equal(answer.status, status);
      assert.match(answer.body, body);
      assert.match(String(answer.headers.get('retry-after')), /^\d+$/);
    });

  test('whoever guesses is told when to come again: acme-dns', async () => {
    await using fixture = await open();
    const guess = (key: string) => post(fixture, '/update', '{}', 'X-Api-User: x', `X-Api-Key: ${key}`);
    await Promise.all(Array.from({ length: 30 }, (_, index) => guess(`guess-${index}`)));
    const answer = await guess('guess');
    assert.deepEqual(told(answer), [429, '{"error":"forbidden"}']);
    assert.match(String(answer.headers.get('retry-after')), /^\d+$/);
  });

  test('neither HEAD nor a prefetch changes anything', async () => {
    await using fixture = await open();
    const token = await tokenOf(fixture, { patterns: [`home.${zone}`] });
    for (const target of [
      `/update?domains=home&token=${token}&ip=192.0.2.9`,
      `/update/home/${token}/192.0.2.9`,
      `/api/update?hostname=home&token=${token}&ipv4=192.0.2.9`,
    ]) {
      await request(fixture.port, [`HEAD ${target} HTTP/1.1`, 'Host: x']);
      await get(fixture, target, 'Purpose: prefetch');
      assert.deepEqual(values(fixture, `home.${zone}`, Type.A), ['192.0.2.1'], target);
    }
  });
});

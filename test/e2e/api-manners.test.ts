import assert from 'node:assert/strict';
import { test } from 'node:test';

import { type Api, member, openApi } from './api-fixture.ts';
import { listenFixture, request, secret as administratorSecret } from './http-fixture.ts';

test('every answer has its length, is kept by no cache, and is read by no other page', async () => {
  await using api = await openApi();
  for (const [method, path] of [
    ['GET', '/me'],
    ['HEAD', '/hosts'],
    ['GET', '/hosts/none.example.com'],
  ] as const) {
    const { headers } = await api.ask(method, path, { headers: ['Origin: https://elsewhere.example'] });
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.ok(headers.has('content-length') && !headers.has('transfer-encoding'), path);
    assert.ok(![...headers.keys()].some((name) => name.startsWith('access-control-')), path);
  }
});

test('a resource tells its methods', async () => {
  await using api = await openApi();
  const { port } = api.fixture;
  const options = await request(port, ['OPTIONS /api/v1/hosts/a.example.com HTTP/1.1', 'Host: x']);
  assert.deepEqual([options.status, options.headers.get('allow')], [204, 'GET, HEAD, PUT, PATCH, DELETE, OPTIONS']);
  const wrong = await request(port, ['POST /api/v1/me HTTP/1.1', 'Host: x', 'Content-Length: 0']);
  assert.deepEqual([wrong.status, wrong.headers.get('allow')], [405, 'GET, HEAD, OPTIONS']);
  const strange = await request(port, ['PROPFIND /api/v1/me HTTP/1.1', 'Host: x', 'Content-Length: 0']);
  assert.deepEqual(
    [strange.status, strange.headers.get('content-type')?.startsWith('application/problem+json')],
    [405, true],
  );
});

test('the challenge is one that no browser asks its user about', async () => {
  await using api = await openApi();
  const none = await api.ask('GET', '/me', { secret: undefined });
  assert.deepEqual([none.status, none.headers.get('www-authenticate')], [401, 'Bearer realm="dyndns"']);
  const wrong = await api.ask('GET', '/me', { secret: 'wrong' });
  assert.deepEqual([wrong.status, member(wrong.json, 'code')], [401, 'credential-wrong']);
  for (const value of [`Token ${administratorSecret}`, `Basic ${btoa(`anybody:${administratorSecret}`)}`]) {
    const answer = await api.ask('GET', '/me', { secret: undefined, headers: [`Authorization: ${value}`] });
    assert.equal(answer.status, 200, value);
  }
  const two = await api.ask('GET', '/me', { headers: ['Authorization: Bearer other'] });
  assert.deepEqual([two.status, member(two.json, 'code')], [400, 'credential-ambiguous']);
});

test('the type of a problem leads to its meaning', async () => {
  await using api = await openApi();
  const { json } = await api.ask('GET', '/hosts/none.example.com');
  const page = await request(api.fixture.port, [`GET ${String(member(json, 'type'))} HTTP/1.1`, 'Host: x']);
  assert.equal(page.status, 200);
  assert.ok(page.body.includes(String(member(json, 'title'))));
  assert.equal((await request(api.fixture.port, ['GET /api/problems/toString HTTP/1.1', 'Host: x'])).status, 404);
});

test('a name in Unicode is the same as its A-labels', async () => {
  await using api = await openApi();
  assert.equal((await api.ask('PUT', `/hosts/${encodeURIComponent('Bücher.example.com.')}`, { body: {} })).status, 201);
  const got = await api.ask('GET', '/hosts/xn--bcher-kva.example.com');
  assert.equal(member(got.json, 'name'), 'xn--bcher-kva.example.com');
});

test('a cursor is good for its own list, filter and credential', async () => {
  await using api = await openApi();
  for (const label of ['a', 'b', 'c']) await api.ask('PUT', `/hosts/${label}.example.com`, { body: {} });
  const cursor = String(member((await api.ask('GET', '/hosts?limit=1')).json, 'next_cursor'));
  assert.equal((await api.ask('GET', `/hosts?cursor=${cursor}`)).status, 200);
  const { secret } = await api.token({ patterns: ['zone:example.com'] });
  const refused = async (path: string, ask = {}) => {
    const answer = await api.ask('GET', path, ask);
    assert.deepEqual([answer.status, member(answer.json, 'code')], [400, 'invalid-cursor'], path);
  };
  await refused(`/hosts?text=a&cursor=${cursor}`);
  await refused(`/tokens?cursor=${cursor}`);
  await refused(`/updates?cursor=${cursor}`);
  await refused(`/hosts?cursor=${cursor}`, { secret });
});

test('a TTL outside of the bounds is clamped, and the answer says so', async () => {
  await using api = await openApi();
  const record = await api.ask('PUT', '/records/a.example.com/A', { body: { values: ['192.0.2.1'], ttl: 1 } });
  assert.equal(member(record.json, 'ttl'), 30);
  assert.match(String(member(record.json, 'warnings', 0)), /clamped to 30/);
  const host = await api.ask('PUT', '/hosts/a.example.com', { body: { ttl: 2_000_000 } });
  assert.deepEqual([host.status, member(host.json, 'ttl')], [200, 86_400]);
  assert.match(String(member(host.json, 'warnings', 0)), /clamped to 86400/);
});

test('conditions are kept by every way to change something', async () => {
  await using api = await openApi();
  const path = '/hosts/a.example.com';
  const stale = ['If-Match: "7"'];
  assert.equal((await api.ask('PUT', path, { body: {}, headers: ['If-Match: *'] })).status, 412);
  assert.equal((await api.ask('PUT', path, { body: {}, headers: ['If-None-Match: *'] })).status, 201);
  for (const [method, body] of [
    ['PUT', {}],
    ['PATCH', {}],
    ['DELETE', undefined],
  ] as const)
    assert.equal((await api.ask(method, path, { body, headers: stale })).status, 412, method);
  const { id } = await api.token({ patterns: ['a.example.com'] });
  for (const [method, body] of [
    ['PATCH', {}],
    ['DELETE', undefined],
  ] as const)
    assert.equal((await api.ask(method, `/tokens/${id}`, { body, headers: stale })).status, 412, method);
  const makers = await Promise.all(
    [1, 2, 3].map(() => api.ask('PUT', '/hosts/b.example.com', { body: {}, headers: ['If-None-Match: *'] })),
  );
  assert.deepEqual(
    makers.map(({ status }) => status).toSorted((a, b) => a - b),
    [201, 412, 412],
  );
});

test('what could not be stored is not done, and the answer does not tell where the database lies', async () => {
  await using api = await openApi();
  api.ledger.fault = { code: 'full', path: '/var/lib/dyndns/dyndns.db', detail: 'database or disk is full' };
  const made = await api.ask('PUT', '/hosts/a.example.com', { body: {} });
  assert.deepEqual([made.status, member(made.json, 'code')], [503, 'not-stored']);
  assert.ok(!made.body.includes('/var/lib'), made.body);
  api.ledger.fault = undefined;
  assert.equal((await api.ask('GET', '/hosts/a.example.com')).status, 404);
});

test('what a nameserver does wrong is told with its remedy, and nothing is said to be done', async () => {
  await using api = await openApi();
  const [primary] = api.fixture.primaries;
  assert.ok(primary);
  primary.fault = { code: 'unreachable', nameserver: '192.0.2.53', reason: 'ECONNREFUSED' };
  const body = { values: ['192.0.2.1'] };
  for (const answer of [
    await api.ask('PUT', '/records/a.example.com/A', { body }),
    await api.ask('GET', '/records/a.example.com/A'),
    await api.ask('POST', '/updates', { body: { names: [{ name: 'a.example.com', ipv4: '192.0.2.1' }] } }),
  ])
    assert.deepEqual([answer.status, member(answer.json, 'code')], [503, 'unreachable']);
});

test('without a database there are zones and records, and the rest is told to be missing', async () => {
  await using fixture = await listenFixture({ zones: ['example.com'] });
  const ask = async (path: string) =>
    await request(fixture.port, [
      `GET /api/v1${path} HTTP/1.1`,
      'Host: x',
      `Authorization: Bearer ${administratorSecret}`,
    ]);
  assert.equal((await ask('/zones')).status, 200);
  assert.equal((await ask('/records/a.example.com')).status, 200);
  for (const path of ['/hosts', '/tokens', '/updates']) assert.equal((await ask(path)).status, 501, path);
});

test('requests are counted by their patterns, whatever stands in the URL', async () => {
  await using api = await openApi();
  await api.ask('GET', '/hosts/private.example.com');
  const text = await metricsOf(api);
  assert.match(text, /route="\/api\/v1\/hosts\/\{name\}"/);
  assert.ok(!text.includes('private'));
});

async function metricsOf({ fixture }: Api): Promise<string> {
  return await fixture.services.metrics.text();
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';

import { Type } from '../../src/dns/codes.ts';
import { Name } from '../../src/dns/name.ts';
import { type Api, byText, member, openApi } from './api-fixture.ts';
import { request } from './http-fixture.ts';

function held({ fixture }: Api, name: string, type: number): readonly string[] {
  const owner = Name.parse(name);
  return fixture.primaries.find(({ zone }) => owner.isAtOrBelow(zone))?.lookUp(owner, type) ?? [];
}

test('the document is right, and so are its examples', async () => {
  await using api = await openApi();
  assert.match(api.judge.document.openapi, /^3\.1\./);
  assert.ok(api.judge.judgeExamples() > 20);
  const page = await request(api.fixture.port, ['GET /api HTTP/1.1', 'Host: x']);
  assert.equal(page.status, 200);
  assert.match(page.headers.get('content-type') ?? '', /^text\/html/);
  assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'none'/);
  assert.doesNotMatch(page.body, /<script/i);
  for (const path of Object.keys(api.judge.document.paths)) assert.ok(page.body.includes(path), path);
});

test('who asks, and what there is', async () => {
  await using api = await openApi();
  assert.equal((await api.ask('GET', '/me', { secret: undefined })).status, 401);
  assert.equal((await api.ask('GET', '/me', { secret: 'wrong' })).status, 401);
  assert.equal(member((await api.ask('GET', '/me')).json, 'credential'), 'administrator');
  const token = await api.token({ patterns: ['home.example.com'] });
  const me = await api.ask('GET', '/me', { secret: token.secret });
  assert.deepEqual(member(me.json, 'scope', 'names'), ['home.example.com']);
  assert.equal(member((await api.ask('GET', '/zones')).json, 'zones', 0, 'name'), 'example.com');
  assert.equal((await api.ask('GET', '/zones/example.com')).status, 200);
  assert.equal((await api.ask('GET', '/zones/example.org')).status, 404);
  assert.equal((await api.ask('GET', '/check')).status, 200);
});

test('hosts come, change, and go, and nobody overwrites what somebody else has changed', async () => {
  await using api = await openApi();
  const path = '/hosts/nas.example.com';
  const made = await api.ask('PUT', path, { body: { description: 'in the cellar', ttl: 60 } });
  assert.equal(made.status, 201);
  const tag = made.headers.get('etag');
  assert.equal((await api.ask('PUT', path, { body: { description: 'in the cellar', ttl: 60 } })).status, 200);
  assert.equal((await api.ask('GET', path, { headers: [`If-None-Match: ${tag}`] })).status, 304);
  const patched = await api.ask('PATCH', path, { body: { ttl: 120 }, headers: [`If-Match: ${tag}`] });
  assert.deepEqual([patched.status, member(patched.json, 'ttl')], [200, 120]);
  assert.equal((await api.ask('PATCH', path, { body: { ttl: 240 }, headers: [`If-Match: ${tag}`] })).status, 412);
  assert.equal((await api.ask('PUT', path, { body: {}, headers: ['If-None-Match: *'] })).status, 412);
  assert.equal((await api.ask('PUT', '/hosts/tv.example.com', { body: { follows: 'nas.example.com' } })).status, 201);
  const circle = await api.ask('PATCH', path, { body: { follows: 'tv.example.com' } });
  assert.equal(circle.status, 409);
  assert.match(circle.body, /follow/);
  assert.equal((await api.ask('PUT', '/hosts/x.example.org', { body: {} })).status, 404);
  const wrong = await api.ask('PUT', path, { body: { ttl: 'long', colour: 'red' } });
  assert.equal(wrong.status, 400);
  assert.deepEqual(
    (member(wrong.json, 'errors') as readonly unknown[])
      .map((error) => String(member(error, 'pointer')))
      .toSorted(byText),
    ['/colour', '/ttl'],
  );
  assert.equal((await api.ask('DELETE', '/hosts/tv.example.com')).status, 204);
  assert.equal((await api.ask('DELETE', '/hosts/tv.example.com')).status, 404);
});

test('of two who change the same version, one wins', async () => {
  await using api = await openApi();
  const made = await api.ask('PUT', '/hosts/nas.example.com', { body: {} });
  const headers = [`If-Match: ${made.headers.get('etag')}`];
  const both = await Promise.all(
    [60, 120].map((ttl) => api.ask('PATCH', '/hosts/nas.example.com', { body: { ttl }, headers })),
  );
  assert.deepEqual(
    both.map(({ status }) => status).toSorted((a, b) => a - b),
    [200, 412],
  );
});

test('records are read and set, and a dry run only tells', async () => {
  await using api = await openApi();
  const path = '/records/www.example.com/A';
  assert.equal((await api.ask('GET', path)).status, 404);
  assert.equal((await api.ask('PUT', `${path}?dry_run=true`, { body: { values: ['192.0.2.7'] } })).status, 200);
  assert.deepEqual(held(api, 'www.example.com', Type.A), []);
  assert.equal((await api.ask('PUT', path, { body: { values: ['192.0.2.7'], ttl: 300 } })).status, 201);
  assert.deepEqual(held(api, 'www.example.com', Type.A), ['192.0.2.7']);
  assert.equal((await api.ask('PUT', path, { body: { values: ['192.0.2.8', '192.0.2.9'] } })).status, 200);
  assert.equal((await api.ask('PUT', path, { body: { values: ['2001:db8::1'] } })).status, 400);
  assert.equal((await api.ask('PUT', path, { body: { values: ['224.0.0.1'] } })).status, 400);
  assert.equal(
    (await api.ask('PUT', '/records/www.example.com/TXT', { body: { values: ['"a b"', 'c'] } })).status,
    201,
  );
  assert.deepEqual(held(api, 'www.example.com', Type.TXT), ['"a b"', '"c"']);
  assert.equal((await api.ask('GET', '/records/www.example.com')).status, 200);
  assert.equal((await api.ask('DELETE', path)).status, 204);
  assert.deepEqual(held(api, 'www.example.com', Type.A), []);
  assert.equal((await api.ask('GET', '/records/www.example.org/A')).status, 404);
});

test('an update of several names tells what it leads to, before and after', async () => {
  await using api = await openApi();
  await api.ask('PUT', '/hosts/nas.example.com', { body: { follows: 'router.example.com', interface_id: '::a' } });
  await api.ask('PUT', '/hosts/router.example.com', { body: {} });
  await api.ask('PATCH', '/hosts/nas.example.com', { body: { follows: 'router.example.com', interface_id: '::a' } });
  const body = { names: [{ name: 'router.example.com', ipv4: '192.0.2.7', prefix: '2001:db8:1::/64' }] };
  const dry = await api.ask('POST', '/updates?dry_run=true', { body });
  assert.equal(dry.status, 200);
  assert.deepEqual(held(api, 'router.example.com', Type.A), []);
  const real = await api.ask('POST', '/updates', { body });
  assert.equal(real.status, 200);
  assert.deepEqual(held(api, 'router.example.com', Type.A), ['192.0.2.7']);
  const history = await api.ask('GET', '/updates?name=router.example.com');
  assert.equal(member(history.json, 'updates', 0, 'after', 0), '192.0.2.7');
  assert.equal(member(history.json, 'updates', 0, 'dialect'), 'rest');
});

test('tokens are made, told once, changed, rotated and revoked', async () => {
  await using api = await openApi();
  const scope = { names: ['home.example.com'], types: ['A', 'acme'] };
  const made = await api.ask('POST', '/tokens', { body: { description: 'a router', scope } });
  assert.equal(made.status, 201);
  const secret = String(member(made.json, 'secret'));
  const id = String(member(made.json, 'token', 'id') ?? member(made.json, 'id'));
  assert.match(secret, /^dyn[0-9A-Za-z]{27}$/);
  const listed = await api.ask('GET', '/tokens');
  assert.ok(listed.body.includes(id) && !listed.body.includes(secret));
  assert.equal((await api.ask('PATCH', `/tokens/${id}`, { body: { description: 'another' } })).status, 200);
  assert.equal((await api.ask('GET', `/tokens/${id}`, { secret })).status, 200);
  const rotated = await api.ask('POST', `/tokens/${id}/rotate`, { secret, body: { overlap_seconds: 0 } });
  assert.equal(rotated.status, 200);
  assert.equal((await api.ask('GET', '/me', { secret })).status, 401);
  const second = String(member(rotated.json, 'secret'));
  assert.equal((await api.ask('GET', '/me', { secret: second })).status, 200);
  assert.equal((await api.ask('POST', '/tokens', { secret: second, body: { scope } })).status, 403);
  assert.equal((await api.ask('PATCH', `/tokens/${id}`, { secret: second, body: { max_names: 9 } })).status, 403);
  assert.equal((await api.ask('DELETE', `/tokens/${id}`)).status, 204);
  assert.equal((await api.ask('GET', '/me', { secret: second })).status, 401);
  for (const names of [[], ['a b'], ['x.example.com', 'zone:']])
    assert.equal((await api.ask('POST', '/tokens', { body: { scope: { names, types: ['A'] } } })).status, 400);
});

test('a secret that has been replaced rotates nothing, nor does one that is replaced meanwhile', async () => {
  await using api = await openApi();
  const { id, secret: first } = await api.token({ patterns: ['home.example.com'] });
  const rotate = (secret: string | undefined, overlap: number, ...headers: readonly string[]) =>
    api.ask('POST', `/tokens/${id}/rotate`, {
      headers,
      body: { overlap_seconds: overlap },
      ...(secret === undefined ? {} : { secret }),
    });
  const second = String(member((await rotate(undefined, 600)).json, 'secret'));
  const refused = await rotate(first, 0);
  assert.deepEqual([refused.status, member(refused.json, 'code')], [403, 'outgoing-secret']);
  for (const secret of [first, second]) assert.equal((await api.ask('GET', '/me', { secret })).status, 200);
  // The administrator's rotation is being written.
  let open = () => {};
  api.ledger.gate = new Promise((resolve) => (open = resolve));
  const byAdministrator = api.fixture.registry!.rotateToken(id, 600);
  const late = rotate(second, 0);
  await setTimeout(50);
  open();
  api.ledger.gate = undefined;
  const third = (await byAdministrator).kind === 'changed' ? await late : undefined;
  // 403 where the request was slower than that.
  assert.ok(third?.status === 412 || third?.status === 403, third?.body);
});

test('a rotation is of the version that it is meant for', async () => {
  await using api = await openApi();
  const { id, secret } = await api.token({ patterns: ['home.example.com'] });
  const rotate = (tag: string) =>
    api.ask('POST', `/tokens/${id}/rotate`, { headers: [`If-Match: ${tag}`], body: { overlap_seconds: 0 } });
  assert.equal((await rotate('"7"')).status, 412);
  assert.equal((await api.ask('GET', '/me', { secret })).status, 200);
  const rotated = await rotate('"1"');
  assert.deepEqual([rotated.status, rotated.headers.get('etag')], [200, '"2"']);
  assert.equal((await rotate('"1"')).status, 412);
  assert.equal((await rotate('*')).status, 200);
});

test('what is no request is told by a problem', async () => {
  await using api = await openApi();
  const { port } = api.fixture;
  const say = async (lines: readonly string[], body = '') => {
    const answer = await request(port, lines, body);
    assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/, lines[0]);
    return answer.status;
  };
  const authorization = 'Authorization: Bearer 12345678';
  assert.equal(await say(['GET /api/v1/nothing HTTP/1.1', 'Host: x', authorization]), 404);
  assert.equal(await say(['DELETE /api/v1/me HTTP/1.1', 'Host: x', authorization]), 405);
  assert.equal(await say(['GET /api/v1/hosts/%zz HTTP/1.1', 'Host: x', authorization]), 400);
  assert.equal(await say(['GET /api/v1/hosts?cursor=nonsense HTTP/1.1', 'Host: x', authorization]), 400);
  assert.equal(await say(['GET /api/v1/hosts?limit=0 HTTP/1.1', 'Host: x', authorization]), 400);
  const put = ['PUT /api/v1/hosts/a.example.com HTTP/1.1', 'Host: x', authorization];
  assert.equal(await say([...put, 'Content-Type: text/plain', 'Content-Length: 2'], '{}'), 415);
  assert.equal(await say([...put, 'Content-Type: application/json', 'Content-Length: 1'], '{'), 400);
  assert.equal(await say([...put, 'Content-Type: application/json', 'Content-Length: 99999999']), 413);
  // A secret in the URL is none here.
  assert.equal(await say(['GET /api/v1/me?secret=12345678 HTTP/1.1', 'Host: x']), 401);
});

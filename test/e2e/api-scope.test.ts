import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Type } from '../../src/dns/codes.ts';
import { Name } from '../../src/dns/name.ts';
import { type Api, type ApiAnswer, member, openApi } from './api-fixture.ts';

function entries(json: unknown, name: string): readonly unknown[] {
  const list = member(json, name);
  assert.ok(Array.isArray(list), JSON.stringify(json));
  return list;
}

function addresses({ fixture }: Api, name: string, type: number = Type.A): readonly string[] {
  const owner = Name.parse(name);
  return fixture.primaries.find(({ zone }) => owner.isAtOrBelow(zone))?.lookUp(owner, type) ?? [];
}

test('an update of several names changes those in the scope, and says of the others that they are not', async () => {
  await using api = await openApi();
  const { secret } = await api.token({ patterns: ['home.example.com'] });
  const names = ['home.example.com', 'office.example.com', 'home.example.net'].map((name) => ({
    name,
    ipv4: '192.0.2.7',
  }));
  const mixed = await api.ask('POST', '/updates', { secret, body: { names } });
  assert.equal(mixed.status, 200);
  assert.deepEqual(
    entries(mixed.json, 'outcomes').map((outcome) => [member(outcome, 'result'), member(outcome, 'problem', 'code')]),
    [
      ['changed', undefined],
      ['failed', 'unknown-name'],
      ['failed', 'unknown-name'],
    ],
  );
  assert.deepEqual(addresses(api, 'home.example.com'), ['192.0.2.7']);
  assert.deepEqual(addresses(api, 'office.example.com'), []);
  assert.deepEqual(addresses(api, 'home.example.net'), []);
  const none = await api.ask('POST', '/updates', { secret, body: { names: names.slice(1) } });
  assert.deepEqual([none.status, member(none.json, 'code')], [404, 'unknown-name']);
  const texts = new Set<string>();
  for (const name of ['office.example.com', 'office.example.org']) {
    const answer = await api.ask('POST', '/updates', { secret, body: { names: [{ name, ipv4: '192.0.2.7' }] } });
    texts.add(`${answer.status} ${answer.body.replaceAll(name, 'NAME')}`);
  }
  assert.equal(texts.size, 1, [...texts].join('\n'));
});

test('a token is not told by a refusal which hosts of others follow its own', async () => {
  await using api = await openApi();
  await api.ask('PUT', '/hosts/home.example.com', { body: {} });
  await api.ask('PUT', '/hosts/hidden.example.com', { body: { follows: 'home.example.com' } });
  await api.ask('PUT', '/hosts/shown.example.com', { body: { follows: 'hidden.example.com' } });
  const { secret } = await api.token({ patterns: ['home.example.com', 'shown.example.com'] });
  const refused = await api.ask('DELETE', '/hosts/home.example.com', { secret });
  assert.equal(refused.status, 409);
  assert.match(refused.body, /another host follows it/);
  const circle = await api.ask('PATCH', '/hosts/home.example.com', { secret, body: { follows: 'shown.example.com' } });
  assert.equal(circle.status, 409);
  for (const { body } of [refused, circle]) assert.ok(!body.includes('hidden'), body);
});

test('a token is not told of names that follow its own and are not its own, nor are they changed', async () => {
  await using api = await openApi();
  await api.ask('PUT', '/hosts/router.example.com', { body: {} });
  const follower = { follows: 'router.example.com', interface_id: '::a' };
  await api.ask('PUT', '/hosts/hidden.example.com', { body: follower });
  await api.ask('PUT', '/hosts/shown.example.com', { body: follower });
  const { secret } = await api.token({ patterns: ['router.example.com', 'shown.example.com'] });
  const body = { names: [{ name: 'router.example.com', prefix: '2001:db8:1::/64', ipv4: '192.0.2.1' }] };
  for (const path of ['/updates?dry_run=true', '/updates']) {
    const answer = await api.ask('POST', path, { secret, body });
    assert.equal(answer.status, 200);
    assert.ok(!answer.body.includes('hidden'), answer.body);
    assert.deepEqual(
      entries(answer.json, 'derived').map((each) => member(each, 'name')),
      ['shown.example.com'],
    );
  }
  assert.deepEqual(addresses(api, 'shown.example.com', Type.AAAA), ['2001:db8:1::a']);
  assert.deepEqual(addresses(api, 'hidden.example.com', Type.AAAA), []);
  const history = await api.ask('GET', '/updates', { secret });
  assert.ok(!history.body.includes('hidden'), history.body);
  // The administrator is told why it was left out.
  assert.match((await api.ask('GET', '/updates?name=hidden.example.com')).body, /skipped/);
});

test('hosts that a token makes count, and those it may not see are not to be followed', async () => {
  await using api = await openApi();
  const { id, secret } = await api.token({ patterns: ['*.home.example.com'], maxNames: 2 });
  const put = async (label: string, body: object = {}) =>
    await api.ask('PUT', `/hosts/${label}.home.example.com`, { secret, body });
  const made = await put('a');
  assert.deepEqual([made.status, member(made.json, 'made_by')], [201, id]);
  const both = await Promise.all([put('b'), put('c')]);
  assert.deepEqual(
    both.map(({ status }) => status).toSorted((a, b) => a - b),
    [201, 403],
  );
  const refused = await put('d');
  assert.deepEqual([refused.status, member(refused.json, 'code')], [403, 'too-many-names']);
  // One that goes makes room for another.
  assert.equal((await api.ask('DELETE', '/hosts/a.home.example.com', { secret })).status, 204);
  assert.equal((await put('d')).status, 201);
  await api.ask('PUT', '/hosts/router.example.com', { body: {} });
  const following = await put('d', { follows: 'router.example.com' });
  assert.deepEqual([following.status, member(following.json, 'errors', 0, 'pointer')], [400, '/follows']);
  const unknown = await put('d', { follows: 'nobody.example.com' });
  assert.equal(member(unknown.json, 'errors', 0, 'detail'), member(following.json, 'errors', 0, 'detail'));
});

test('a token knows of no other token', async () => {
  await using api = await openApi();
  const one = await api.token({ patterns: ['a.example.com'] });
  const other = await api.token({ patterns: ['b.example.com'] });
  const { secret } = one;
  const listed = await api.ask('GET', '/tokens', { secret });
  assert.deepEqual(
    entries(listed.json, 'tokens').map((token) => member(token, 'id')),
    [one.id],
  );
  const body = {};
  assert.equal((await api.ask('GET', `/tokens/${other.id}`, { secret })).status, 404);
  assert.equal((await api.ask('PATCH', `/tokens/${other.id}`, { secret, body })).status, 404);
  assert.equal((await api.ask('DELETE', `/tokens/${other.id}`, { secret })).status, 404);
  assert.equal((await api.ask('POST', `/tokens/${other.id}/rotate`, { secret, body })).status, 404);
  assert.equal((await api.ask('GET', '/me', { secret: other.secret })).status, 200);
  assert.equal((await api.ask('GET', '/check', { secret })).status, 403);
  assert.equal((await api.ask('GET', '/zones/example.com', { secret })).status, 403);
  const zones = await api.ask('GET', '/zones', { secret });
  assert.deepEqual(
    entries(zones.json, 'zones').map((zone) => member(zone, 'name')),
    ['example.com'],
  );
});

test('what a token may not set at its own name it is refused, and of other names it learns nothing', async () => {
  await using api = await openApi();
  await api.ask('PUT', '/records/there.example.com/A', { body: { values: ['192.0.2.1'] } });
  const { secret } = await api.token({ patterns: ['home.example.com'], allowsAcme: true });
  const ns = await api.ask('PUT', '/records/home.example.com/NS', { secret, body: { values: ['ns.example.net.'] } });
  assert.deepEqual([ns.status, member(ns.json, 'code')], [403, 'not-permitted']);
  const challenge = '/records/_acme-challenge.home.example.com/TXT';
  assert.equal((await api.ask('PUT', challenge, { secret, body: { values: ['"proof"'] } })).status, 201);
  const texts = new Set<string>();
  for (const name of ['there', 'nowhere'])
    for (const method of ['GET', 'DELETE']) {
      const answer = await api.ask(method, `/records/${name}.example.com/A`, { secret });
      texts.add(`${answer.status} ${answer.body.replaceAll(name, 'NAME')}`);
    }
  assert.equal(texts.size, 1, [...texts].join('\n'));
  assert.equal((await api.ask('GET', '/updates?name=there.example.com', { secret })).status, 404);
});

test('the history of a token has pages that lose and repeat nothing, among many entries of others', async () => {
  await using api = await openApi();
  for (let round = 1; round <= 60; round += 1)
    for (const name of ['home', 'office'])
      await api.ask('PUT', `/records/${name}.example.com/A`, { body: { values: [`192.0.2.${round}`] } });
  const { secret } = await api.token({ patterns: ['home.example.com'] });
  const newest = await api.ask('GET', '/updates?limit=1');
  assert.equal(typeof member(newest.json, 'updates', 0, 'sequence'), 'number');
  const seen: string[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: ApiAnswer = await api.ask('GET', `/updates?limit=7${cursor === '' ? '' : `&cursor=${cursor}`}`, {
      secret,
    });
    assert.equal(page.status, 200);
    for (const entry of entries(page.json, 'updates')) {
      assert.equal(member(entry, 'name'), 'home.example.com');
      // How many updates others make is nobody's business.
      assert.equal(member(entry, 'sequence'), undefined);
      seen.push(String(member(entry, 'after', 0)));
    }
    cursor = member(page.json, 'next_cursor') as string | null;
  }
  assert.deepEqual(
    seen,
    Array.from({ length: 60 }, (_, index) => `192.0.2.${60 - index}`),
  );
});

test('what is only asked, or not done, holds no name that the token could make', async () => {
  await using api = await openApi();
  const { secret } = await api.token({ patterns: ['*.home.example.com'], maxNames: 1 });
  const host = { secret, body: {}, headers: ['If-Match: "1"'] };
  assert.equal((await api.ask('PUT', '/hosts/c.home.example.com', host)).status, 412);
  const circle = { secret, body: { follows: 'd.home.example.com' } };
  assert.equal((await api.ask('PUT', '/hosts/d.home.example.com', circle)).status, 409);
  const wish = (label: string) => ({ names: [{ name: `${label}.home.example.com`, ipv4: '192.0.2.1' }] });
  assert.equal((await api.ask('POST', '/updates?dry_run=true', { secret, body: wish('a') })).status, 200);
  assert.equal((await api.ask('POST', '/updates', { secret, body: wish('b') })).status, 200);
});

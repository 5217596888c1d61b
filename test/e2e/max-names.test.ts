import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Type } from '../../src/dns/codes.ts';
import { Name } from '../../src/dns/name.ts';
import { type Api, member, openApi } from './api-fixture.ts';
import { request } from './http-fixture.ts';

async function update({ fixture }: Api, secret: string, hostname: string): Promise<string> {
  const basic = Buffer.from(`x:${secret}`).toString('base64');
  const target = `/nic/update?hostname=${hostname}&myip=192.0.2.7`;
  const answer = await request(fixture.port, [`GET ${target} HTTP/1.1`, 'Host: x', `Authorization: Basic ${basic}`]);
  return answer.body;
}

test('max_names bounds the names that get records, wildcards and challenges among them', async () => {
  await using api = await openApi(['example.com']);
  const { secret } = await api.token({ patterns: ['*.mn.example.com'], maxNames: 1, allowsAcme: true });
  const names = ['a', 'b', '*.c', '*.d', '_acme-challenge.e', '_acme-challenge.f'];
  const answer = await update(api, secret, names.map((label) => `${label}.mn.example.com`).join(','));
  assert.deepEqual(
    answer
      .trim()
      .split('\n')
      .map((line) => line.split(' ')[0]),
    ['good', ...Array.from({ length: 5 }, () => 'nohost')],
  );
  const body = { values: ['"proof"'] };
  const put = async (name: string) =>
    (await api.ask('PUT', `/records/_acme-challenge.${name}.mn.example.com/TXT`, { secret, body })).status;
  assert.equal(await put('a'), 201);
  assert.equal(await put('f'), 403);
});

test('a token does not make room by forgetting hosts whose records are still there', async () => {
  await using api = await openApi(['example.com']);
  const { secret } = await api.token({ patterns: ['*.mn.example.com'], maxNames: 1, allowsAcme: true });
  const forget = async (name = 'a.mn.example.com') => await api.ask('DELETE', `/hosts/${name}`, { secret });
  const remove = async (rrset: string) => (await api.ask('DELETE', `/records/${rrset}`, { secret })).status;
  assert.match(await update(api, secret, 'a.mn.example.com'), /^good/);
  const text = { secret, body: { values: ['"proof"'] } };
  assert.equal((await api.ask('PUT', '/records/_acme-challenge.a.mn.example.com/TXT', text)).status, 201);
  const refused = await forget();
  assert.deepEqual([refused.status, member(refused.json, 'code')], [409, 'cannot-be-so']);
  assert.match(refused.body, /a\.mn\.example\.com\/A, _acme-challenge\.a\.mn\.example\.com\/TXT/);
  assert.equal(await remove('a.mn.example.com/A'), 204);
  assert.equal((await forget()).status, 409);
  assert.equal(await remove('_acme-challenge.a.mn.example.com/TXT'), 204);
  assert.equal((await forget()).status, 204);
  assert.match(await update(api, secret, '*.b.mn.example.com'), /^good/);
  assert.match(await update(api, secret, 'a.mn.example.com'), /^nohost/);
  assert.equal((await forget('*.b.mn.example.com')).status, 409);
  // The administrator forgets what he likes.
  assert.equal((await api.ask('DELETE', '/hosts/*.b.mn.example.com')).status, 204);
  assert.deepEqual(api.fixture.primaries[0]?.lookUp(Name.parse('*.b.mn.example.com'), Type.A), ['192.0.2.7']);
});

test('a token does not forget what counts among the names of another, until that has ended', async () => {
  await using api = await openApi(['example.com']);
  const one = await api.token({ patterns: ['*.example.com'], types: [Type.A, Type.TXT] });
  const other = await api.token({ patterns: ['*.example.com'] });
  assert.equal((await api.ask('PUT', '/hosts/a.example.com', { secret: one.secret, body: {} })).status, 201);
  const forget = async () => await api.ask('DELETE', '/hosts/a.example.com', { secret: other.secret });
  assert.match((await forget()).body, /another token/);
  await api.ask('DELETE', `/tokens/${one.id}`);
  assert.equal((await forget()).status, 204);
});

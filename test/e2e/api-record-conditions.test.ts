import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Type } from '../../src/dns/codes.ts';
import { Name } from '../../src/dns/name.ts';
import { type Api, member, openApi } from './api-fixture.ts';

const path = '/records/www.example.com/A';

function held({ fixture }: Api, name = 'www.example.com'): readonly string[] {
  return fixture.primaries[0]?.lookUp(Name.parse(name), Type.A) ?? [];
}

function values(...addresses: readonly string[]) {
  return { values: addresses, ttl: 300 };
}

test('an RRset has an ETag that tells its TTL and values', async () => {
  await using api = await openApi();
  const made = await api.ask('PUT', path, { body: values('192.0.2.1', '192.0.2.2') });
  const tag = made.headers.get('etag');
  assert.match(tag ?? '', /^"[\w-]{22}"$/);
  const same = await api.ask('PUT', path, { body: values('192.0.2.2', '192.0.2.1') });
  assert.equal(same.headers.get('etag'), tag);
  assert.equal((await api.ask('GET', path)).headers.get('etag'), tag);
  const longer = await api.ask('PUT', path, { body: { ...values('192.0.2.2', '192.0.2.1'), ttl: 600 } });
  assert.notEqual(longer.headers.get('etag'), tag);
  const now = longer.headers.get('etag');
  const unchanged = await api.ask('GET', path, { headers: [`If-None-Match: ${now}`] });
  assert.deepEqual([unchanged.status, unchanged.body, unchanged.headers.get('etag')], [304, '', now]);
  assert.equal((await api.ask('GET', path, { headers: [`If-None-Match: ${tag}`] })).status, 200);
  assert.equal((await api.ask('GET', path, { headers: [`If-Match: ${tag}`] })).status, 412);
});

test('what is not the version that is meant is neither set, planned nor removed', async () => {
  await using api = await openApi();
  const body = values('192.0.2.1');
  for (const query of ['', '?dry_run=true']) {
    for (const header of ['If-Match: "nope"', 'If-Match: *']) {
      const missed = await api.ask('PUT', `${path}${query}`, { body, headers: [header] });
      assert.deepEqual([missed.status, member(missed.json, 'code')], [412, 'version-mismatch'], header);
    }
    assert.equal((await api.ask('DELETE', `${path}${query}`, { headers: ['If-Match: *'] })).status, 412);
  }
  assert.deepEqual(held(api), []);
  const made = await api.ask('PUT', path, { body, headers: ['If-None-Match: *'] });
  assert.equal(made.status, 201);
  const other = { body: values('192.0.2.2') };
  assert.equal((await api.ask('PUT', path, { ...other, headers: ['If-None-Match: *'] })).status, 412);
  assert.equal((await api.ask('DELETE', path, { headers: ['If-Match: "nope"'] })).status, 412);
  assert.deepEqual(held(api), ['192.0.2.1']);
  const tag = made.headers.get('etag');
  assert.equal((await api.ask('PUT', path, { ...other, headers: [`If-Match: ${tag}`] })).status, 200);
  assert.equal((await api.ask('DELETE', path, { headers: [`If-Match: ${tag}`] })).status, 412);
  assert.equal((await api.ask('DELETE', path, { headers: ['If-Match: *'] })).status, 204);
  assert.deepEqual(held(api), []);
});

test('the twin of a name that is not as it is meant to be stays as well', async () => {
  await using api = await openApi();
  await api.ask('PUT', '/hosts/www.example.com', { body: { wildcard: true } });
  const missed = await api.ask('PUT', path, { body: values('192.0.2.1'), headers: ['If-Match: *'] });
  assert.equal(missed.status, 412);
  assert.deepEqual([...held(api), ...held(api, '*.www.example.com')], []);
});

test('of many who change the same version, one wins', async () => {
  await using api = await openApi();
  const many = Array.from({ length: 8 }, (_, index) => `192.0.2.${index + 1}`);
  const statuses = async (headers: readonly string[]) => {
    const answers = await Promise.all(many.map((value) => api.ask('PUT', path, { body: values(value), headers })));
    return answers.map(({ status }) => status).toSorted((a, b) => a - b);
  };
  assert.deepEqual(await statuses(['If-None-Match: *']), [201, ...Array.from({ length: 7 }, () => 412)]);
  assert.equal((await api.ask('PUT', path, { body: values('192.0.2.100') })).status, 200);
  const tag = (await api.ask('GET', path)).headers.get('etag');
  assert.deepEqual(await statuses([`If-Match: ${tag}`]), [200, ...Array.from({ length: 7 }, () => 412)]);
});

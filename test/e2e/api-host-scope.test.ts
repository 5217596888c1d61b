import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';

import { Type } from '../../src/dns/codes.ts';
import { Name } from '../../src/dns/name.ts';
import { type Api, member, openApi } from './api-fixture.ts';

function addresses({ fixture }: Api, name: string, type: number): readonly string[] {
  return fixture.primaries[0]?.lookUp(Name.parse(name), type) ?? [];
}

test('a token for A alone has nobody else write AAAA: it can neither have a host follow nor give it a wildcard twin', async () => {
  await using api = await openApi(['example.com']);
  const { secret } = await api.token({ patterns: ['*.site.example.com'], types: [Type.A] });
  const put = async (label: string, body: object) =>
    await api.ask('PUT', `/hosts/${label}.site.example.com`, { secret, body });
  assert.equal((await put('router', {})).status, 201);
  for (const body of [
    { follows: 'router.site.example.com', interface_id: '::bad:bad:bad:bad', wildcard: true },
    { follows: 'router.site.example.com' },
    { interface_id: '::bad' },
    { wildcard: true },
  ]) {
    const refused = await put('evil', body);
    assert.deepEqual([refused.status, member(refused.json, 'code')], [403, 'not-permitted'], JSON.stringify(body));
    assert.match(refused.body, /AAAA/);
  }
  const renumbered = { names: [{ name: 'router.site.example.com', prefix: '2001:db8:1::/64' }] };
  assert.equal((await api.ask('POST', '/updates', { body: renumbered })).status, 200);
  for (const name of ['evil.site.example.com', '*.evil.site.example.com'])
    assert.deepEqual(addresses(api, name, Type.AAAA), []);
});

test('what the administrator has set up stays when a token for A changes the description, and only then', async () => {
  await using api = await openApi(['example.com']);
  await api.ask('PUT', '/hosts/router.example.com', { body: {} });
  const wish = { follows: 'router.example.com', interface_id: '::a', wildcard: true };
  await api.ask('PUT', '/hosts/home.example.com', { body: wish });
  const { secret } = await api.token({ patterns: ['home.example.com', 'router.example.com'], types: [Type.A] });
  const path = '/hosts/home.example.com';
  const described = await api.ask('PATCH', path, { secret, body: { description: 'attic' } });
  assert.deepEqual([described.status, member(described.json, 'follows')], [200, 'router.example.com']);
  const { interface_id: _, ...kept } = wish;
  assert.equal((await api.ask('PUT', path, { secret, body: kept })).status, 200);
  for (const body of [{ follows: null }, { interface_id: '::b' }, { wildcard: false }])
    assert.equal((await api.ask('PATCH', path, { secret, body })).status, 403, JSON.stringify(body));
  assert.equal((await api.ask('DELETE', path, { secret })).status, 403);
});

const labels = ['a', 'b', 'a.b', '*.b'];
const names = ['a', 'b', 'a.b'].map((label) => `${label}.example.com`);

test('whatever a token sets up of hosts, no record outside its scope comes of what others update', async () => {
  await using api = await openApi(['example.com']);
  await api.ask('PUT', '/hosts/router.example.com', { body: {} });
  const scopes = fc.record({
    patterns: fc.subarray(
      labels.map((label) => `${label}.example.com`),
      { minLength: 1 },
    ),
    types: fc.subarray([Type.A, Type.AAAA, Type.TXT], { minLength: 1 }),
  });
  const wishes = fc.array(
    fc.record({
      name: fc.constantFrom(...names),
      body: fc.record(
        {
          follows: fc.constantFrom('router.example.com', ...names),
          interface_id: fc.constant('::a'),
          wildcard: fc.boolean(),
        },
        { requiredKeys: [] },
      ),
    }),
    { minLength: 1, maxLength: 5 },
  );
  await fc.assert(
    fc.asyncProperty(scopes, wishes, async ({ patterns, types }, all) => {
      const { secret } = await api.token({ patterns: [...patterns, 'router.example.com'], types });
      for (const { name, body } of all) await api.ask('PUT', `/hosts/${name}`, { secret, body });
      const covered = (name: string) =>
        patterns.some((pattern) =>
          pattern.startsWith('*.')
            ? name.endsWith(pattern.slice(1)) && name.length > pattern.length - 2
            : name === pattern,
        );
      const prefixed = { names: [{ name: 'router.example.com', prefix: '2001:db8:1::/64' }] };
      assert.equal((await api.ask('POST', '/updates', { body: prefixed })).status, 200);
      for (const owner of [...names, ...names.map((name) => `*.${name}`)])
        if (addresses(api, owner, Type.AAAA).length > 0)
          assert.ok(covered(owner) && types.includes(Type.AAAA), `AAAA of ${owner}`);
      const set = { names: names.map((name) => ({ name, ipv4: '192.0.2.1', ipv6: '2001:db8::1' })) };
      assert.equal((await api.ask('POST', '/updates', { body: set })).status, 200);
      for (const owner of names.map((name) => `*.${name}`))
        for (const type of [Type.A, Type.AAAA])
          if (addresses(api, owner, type).length > 0)
            assert.ok(covered(owner) && types.includes(type), `${type} of ${owner}`);
      const gone = [...names, ...names.map((name) => `*.${name}`)].map((name) => ({ name, ipv4: null, ipv6: null }));
      for (const name of names) await api.ask('PATCH', `/hosts/${name}`, { body: { follows: null, wildcard: false } });
      for (const name of names) await api.ask('DELETE', `/hosts/${name}`);
      assert.equal((await api.ask('POST', '/updates', { body: { names: gone } })).status, 200);
    }),
    { numRuns: 40 },
  );
});

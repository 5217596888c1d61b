import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';

import { Type } from '../../src/dns/codes.ts';
import { Name } from '../../src/dns/name.ts';
import { byText, member, openApi } from './api-fixture.ts';

const labels = ['a', 'b', 'a.b', 'c.a.b', 'd'];
const names = labels.map((label) => `${label}.example.com`);

/** What a pattern covers, by the text alone. */
function covers(pattern: string, name: string): boolean {
  if (pattern.startsWith('zone:')) return name === pattern.slice(5) || name.endsWith(`.${pattern.slice(5)}`);
  return pattern.startsWith('*.') ? name.endsWith(pattern.slice(1)) : name === pattern;
}

test('a token neither sees nor changes what is not its own', async () => {
  await using api = await openApi(['example.com']);
  for (const name of names) {
    await api.ask('PUT', `/hosts/${name}`, { body: { description: `host ${name}` } });
    await api.ask('PUT', `/records/${name}/A`, { body: { values: ['192.0.2.1'] } });
  }
  const patterns = [...names, ...names.map((name) => `*.${name}`), 'zone:b.example.com', 'zone:example.com'];
  let last = 1;
  await fc.assert(
    fc.asyncProperty(fc.subarray(patterns, { minLength: 1, maxLength: 3 }), async (scope) => {
      const { secret } = await api.token({ patterns: scope });
      const own = names.filter((name) => scope.some((pattern) => covers(pattern, name)));
      const listed = await api.ask('GET', '/hosts', { secret });
      const seen = (member(listed.json, 'hosts') as readonly unknown[]).map((host) => String(member(host, 'name')));
      assert.deepEqual(seen.toSorted(byText), own.toSorted(byText));
      const history = await api.ask('GET', '/updates', { secret });
      for (const entry of member(history.json, 'updates') as readonly unknown[])
        assert.ok(own.includes(String(member(entry, 'name'))), JSON.stringify(entry));
      last += 1;
      for (const name of names) {
        const isOwn = own.includes(name);
        const value = `192.0.2.${(last % 250) + 1}`;
        const host = await api.ask('GET', `/hosts/${name}`, { secret });
        assert.equal(host.status, isOwn ? 200 : 404);
        const record = await api.ask('PUT', `/records/${name}/A`, { secret, body: { values: [value] } });
        assert.equal(record.status < 300, isOwn, `${record.status} ${record.body}`);
        if (!isOwn) assert.ok((await api.ask('DELETE', `/records/${name}/A`, { secret })).status >= 400);
        const text = await api.ask('PUT', `/records/${name}/TXT`, { secret, body: { values: ['"x"'] } });
        assert.ok(text.status >= 400);
        const now = api.fixture.primaries[0]?.lookUp(Name.parse(name), Type.A);
        assert.equal(now?.[0] === value, isOwn);
      }
    }),
    { numRuns: 25 },
  );
});

test('pages of hosts lose and repeat nothing, whatever is deleted meanwhile', async () => {
  await using api = await openApi(['example.com']);
  const all = Array.from({ length: 2000 }, (_, index) => `n${String(index).padStart(4, '0')}.example.com`);
  for (let from = 0; from < all.length; from += 50)
    await Promise.all(all.slice(from, from + 50).map((name) => api.ask('PUT', `/hosts/${name}`, { body: {} })));
  const seen: string[] = [];
  const deleted = new Set<string>();
  let cursor: string | null = '';
  while (cursor !== null) {
    const query = cursor === '' ? '' : `&cursor=${cursor}`;
    const page = await api.ask('GET', `/hosts?limit=137${query}`);
    assert.equal(page.status, 200);
    seen.push(...(member(page.json, 'hosts') as readonly unknown[]).map((host) => String(member(host, 'name'))));
    cursor = member(page.json, 'next_cursor') as string | null;
    // The last that was seen, on which the cursor stands, and one that is still to come.
    for (const name of [seen.at(-1)!, all[Math.min(seen.length + 40, all.length - 1)]!]) {
      if (deleted.has(name)) continue;
      deleted.add(name);
      assert.equal((await api.ask('DELETE', `/hosts/${name}`)).status, 204);
    }
  }
  assert.equal(new Set(seen).size, seen.length);
  for (const name of all) assert.ok(seen.includes(name) || deleted.has(name), name);
});

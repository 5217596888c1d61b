import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';

import { hostnameOf, hostOf, plainHostBook } from '../../test/support/host-books.ts';
import type { Host } from '../updates/host.ts';
import { KnownHosts } from './known-hosts.ts';

const names = ['a', 'b', 'a-b', 'a.b', 'b.a', 'c', 'a0', 'ab', 'c.a-b'].map((text) => `${text}.example.com`);
const hosts = fc.record({
  name: fc.constantFrom(...names),
  follows: fc.option(fc.constantFrom(...names), { nil: undefined }),
  madeBy: fc.constantFrom(undefined, 'one', 'two'),
});
const steps = fc.array(fc.record({ isRemoved: fc.boolean(), host: hosts }), { maxLength: 30 });

test('whatever comes and goes, each host is found as if all were looked through', () => {
  fc.assert(
    fc.property(steps, fc.array(hosts, { maxLength: 5 }), (changes, loaded) => {
      const known = new KnownHosts();
      const expected = new Map<string, Host>();
      const first = new Map(loaded.map((each) => [each.name, made(each)]));
      known.load([...first.values()]);
      for (const [name, host] of first) expected.set(name, host);
      for (const { isRemoved, host: wanted } of changes) {
        const host = made(wanted);
        if (isRemoved) {
          known.remove(host);
          expected.delete(wanted.name);
        } else {
          known.put(host);
          expected.set(wanted.name, host);
        }
      }
      compare(known, [...expected.values()]);
    }),
  );
});

function made({
  name,
  follows,
  madeBy,
}: {
  name: string;
  follows: string | undefined;
  madeBy: string | undefined;
}): Host {
  return hostOf(name, { follows: follows === undefined ? undefined : hostnameOf(follows), madeBy });
}

function compare(known: KnownHosts, expected: readonly Host[]): void {
  const plain = plainHostBook(expected);
  assert.equal(known.size, expected.length);
  for (const text of names) {
    const name = hostnameOf(text);
    assert.equal(known.find(name), plain.find(name));
    // Where names follow one another in a circle, the name itself is not among its followers.
    const followers = plain.followersOf(name).filter((host) => !host.name.equals(name));
    assert.deepEqual(known.followersOf(name).map(textOf).toSorted(), followers.map(textOf).toSorted());
  }
  for (const label of ['a', 'b', 'a-b', 'c'])
    assert.deepEqual(
      known.withFirstLabel(label).map(textOf).toSorted(),
      plain.withFirstLabel(label).map(textOf).toSorted(),
    );
  for (const token of ['one', 'two'])
    assert.equal(known.countMadeBy(token), expected.filter(({ madeBy }) => madeBy === token).length);
  assert.deepEqual(known.page({ atMost: 100 }).hosts.map(textOf), expected.map(textOf).toSorted());
}

test('the nearer followers come first, and each once', () => {
  const known = new KnownHosts();
  known.load([
    hostOf('router.example.com'),
    hostOf('far.example.com', { follows: hostnameOf('near.example.com') }),
    hostOf('near.example.com', { follows: hostnameOf('router.example.com') }),
    hostOf('next.example.com', { follows: hostnameOf('router.example.com') }),
  ]);
  const followers = known.followersOf(hostnameOf('router.example.com')).map(textOf);
  assert.deepEqual(followers.slice(0, 2).toSorted(), ['near.example.com.', 'next.example.com.']);
  assert.equal(followers[2], 'far.example.com.');
  assert.equal(followers.length, 3);
});

test('pages follow one another without a gap, whatever is looked for', () => {
  const known = new KnownHosts();
  known.load(names.map((name) => hostOf(name)));
  const pages: string[][] = [];
  for (let after: Host | undefined, hasMore = true; hasMore;) {
    const page = known.page({ atMost: 2, text: 'A', ...(after ? { after: after.name } : {}) });
    assert.ok(page.hosts.length > 0 && page.hosts.length <= 2);
    pages.push(page.hosts.map(textOf));
    ({ hasMore } = page);
    after = page.hosts.at(-1);
  }
  assert.deepEqual(pages.flat(), names.map((name) => `${name}.`).toSorted());
  const seen = known.page({ atMost: 10, isVisible: ({ name }) => name.toString().startsWith('c') });
  assert.deepEqual(seen.hosts.map(textOf), ['c.a-b.example.com.', 'c.example.com.']);
  assert.equal(seen.hasMore, false);
  const between = known.page({ atMost: 1, after: hostnameOf('bb.example.com') });
  assert.deepEqual([between.hosts.map(textOf), between.hasMore], [['c.a-b.example.com.'], true]);
});

function textOf({ name }: Host): string {
  return name.toString();
}

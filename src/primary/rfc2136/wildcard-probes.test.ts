import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Name } from '../../dns/name.ts';
import { wildcardParent, WildcardProbes, type WildcardVerdict } from './wildcard-probes.ts';

const zone = Name.parse('example.com.');
const parent = Name.parse('home.example.com.');

/** A nameserver that answers when it is told to. */
function slowServer() {
  const asked: string[] = [];
  const answers: ((verdict: WildcardVerdict) => void)[] = [];
  const clock = { nowMs: 0 };
  const probes = new WildcardProbes(
    (target) => {
      asked.push(target.toString());
      return new Promise((resolve) => answers.push(resolve));
    },
    () => clock.nowMs,
  );
  return { asked, answers, probes, clock };
}

test('the place to ask below is the parent; nothing at the apex and the wildcard just below it', () => {
  const place = (text: string) => wildcardParent(Name.parse(text), zone)?.toString();
  assert.equal(place('www.example.com.'), 'example.com.');
  assert.equal(place('a.b.example.com.'), 'b.example.com.');
  assert.equal(place('example.com.'), undefined);
  assert.equal(place('*.example.com.'), undefined);
  assert.equal(place('*.home.example.com.'), 'example.com.');
});

test('who asks below the same name at the same time shares the question', async () => {
  const { asked, answers, probes } = slowServer();
  const first = probes.probe(parent, 0);
  const later = [probes.probe(parent, 0), probes.probe(parent, 0)];
  answers[0]?.({ kind: 'possible' });
  assert.deepEqual(await first, { kind: 'possible' });
  answers[1]?.({ kind: 'none' });
  for (const verdict of await Promise.all(later)) assert.deepEqual(verdict, { kind: 'none' });
  assert.deepEqual(asked, ['*.home.example.com.', '*.home.example.com.']);
});

test('different places are asked about apart', () => {
  const { asked, probes } = slowServer();
  void probes.probe(parent, 0);
  void probes.probe(zone, 0);
  assert.deepEqual(asked, ['*.home.example.com.', '*.example.com.']);
});

test('it is known how long ago there was none, and until when there may be one', async () => {
  const { answers, probes, clock } = slowServer();
  assert.equal(probes.ageOfNoneMs(parent), Infinity);
  for (const [number, kind] of (['none', 'possible'] as const).entries()) {
    const verdict = probes.probe(parent, 0);
    answers[number]?.({ kind });
    await verdict;
    clock.nowMs += 5;
    assert.equal(probes.ageOfNoneMs(parent), kind === 'none' ? 5 : Infinity);
  }
});

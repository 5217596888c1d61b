import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Name } from '../dns/name.ts';
import type { Primary } from './ports.ts';
import { ZoneDirectory } from './zone-directory.ts';

const nobody: Primary = {
  keepsHistory: false,
  transact: () => Promise.reject(new Error('no transaction was expected')),
  probe: () => Promise.resolve(undefined),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

const zones = ['example.com.', 'dyn.example.com.', 'a.b.c.example.org.'];
const directory = new ZoneDirectory(zones.map((text) => ({ name: Name.parse(text), primary: nobody })));

test('the longest zone wins, compared label by label', () => {
  const found = (text: string) => directory.find(Name.parse(text))?.name.toString();
  assert.equal(found('www.example.com.'), 'example.com.');
  assert.equal(found('example.com.'), 'example.com.');
  assert.equal(found('WWW.DYN.Example.COM.'), 'dyn.example.com.');
  assert.equal(found('dyn.example.com.'), 'dyn.example.com.');
  assert.equal(found('xdyn.example.com.'), 'example.com.');
  assert.equal(found('evilexample.com.'), undefined);
  assert.equal(found('x.a.b.c.example.org.'), 'a.b.c.example.org.');
  assert.equal(found('b.c.example.org.'), undefined);
  assert.equal(found('com.'), undefined);
  assert.equal(found('.'), undefined);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPrefetch } from './prefetch.ts';

const marked: readonly Record<string, string>[] = [
  { 'sec-purpose': 'prefetch' },
  { 'sec-purpose': 'prefetch;prerender' },
  { 'sec-purpose': 'prefetch;anonymous-client-ip' },
  { purpose: 'prefetch' },
  { purpose: 'Prefetch' },
  { purpose: 'preview' },
  { 'x-purpose': 'preview' },
  { 'x-purpose': 'instant, preview' },
  { 'x-moz': 'prefetch' },
];
for (const headers of marked) {
  test(`${JSON.stringify(headers)} marks a prefetch`, () => {
    assert.equal(isPrefetch(headers), true);
  });
}

const unmarked: readonly Record<string, string>[] = [
  {},
  { 'user-agent': 'prefetch' },
  { purpose: '' },
  { 'sec-purpose': 'update' },
  { 'sec-fetch-dest': 'document' },
];
for (const headers of unmarked) {
  test(`${JSON.stringify(headers)} does not`, () => {
    assert.equal(isPrefetch(headers), false);
  });
}

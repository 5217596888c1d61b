import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parseEnd, parseTimeSpan, timeSpanText } from './time-span.ts';

test('spans of time are numbers with a unit', () => {
  const spans = { '45s': 45, '30m': 1800, '12h': 43_200, '90d': 7_776_000, '2w': 1_209_600, '1D': 86_400 };
  for (const [text, seconds] of Object.entries(spans)) assert.equal(parseTimeSpan(text), seconds, text);
  for (const text of ['', '0d', '90', 'd', '1.5h', '-1d', '1 d', '1y', '99999999999d', '200000d'])
    assert.equal(parseTimeSpan(text), undefined, text);
});

test('an end is a span from now, or a day', () => {
  assert.equal(parseEnd('1h', 1000), 4600);
  assert.equal(parseEnd('2026-12-31', 0), Date.UTC(2026, 11, 31) / 1000);
  for (const text of ['2026-02-30', '2026-13-01', '2026-1-1', 'tomorrow', '31.12.2026', ''])
    assert.equal(parseEnd(text, 0), undefined, text);
});

test('what is told is read again', () => {
  for (const text of ['45s', '30m', '12h', '1d', '2w', '90m'])
    assert.equal(parseTimeSpan(timeSpanText(parseTimeSpan(text)!)), parseTimeSpan(text));
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

import { CounterSeries, expositionText, GaugeSeries, HistogramSeries } from './series.ts';

test('the text is what the library for it would write', async () => {
  const bounds = [0.001, 0.5, 10];
  const amounts = [0.0005, 0.001, 0.0011, 0.5, 9.75, 10, 11];
  const odd = 'a "quoted" back\\slash\nand a line';

  const registers = [new Registry()];
  const counter = new Counter({
    name: 'requests_total',
    help: 'Requests.',
    labelNames: ['route', 'status'],
    registers,
  });
  for (const route of ['/', '/', odd]) counter.inc({ route, status: '200' });
  new Gauge({ name: 'temperature', help: 'Now.', labelNames: ['place'], registers }).set({ place: 'here' }, -1.5);
  new Gauge({ name: 'plain', help: 'No labels.', registers }).set(42);
  const bare = new Histogram({ name: 'bare_seconds', help: 'All.', buckets: bounds, registers });
  const labelNames = ['operation', 'result'];
  const labelled = new Histogram({ name: 'by_seconds', help: 'By labels.', buckets: bounds, labelNames, registers });
  for (const amount of amounts) bare.observe(amount);
  for (const amount of amounts) labelled.observe({ operation: 'query', result: 'NOERROR' }, amount);
  labelled.observe({ operation: 'update', result: 'REFUSED' }, 0.3);

  const ourCounter = new CounterSeries('requests_total', 'Requests.', ['route', 'status']);
  for (const route of ['/', '/', odd]) ourCounter.add(route, '200');
  const ourBare = new HistogramSeries('bare_seconds', 'All.', bounds);
  const ourLabelled = new HistogramSeries('by_seconds', 'By labels.', bounds, labelNames);
  for (const amount of amounts) ourBare.observe(amount);
  for (const amount of amounts) ourLabelled.observe(amount, 'query', 'NOERROR');
  ourLabelled.observe(0.3, 'update', 'REFUSED');

  const text = expositionText([
    ourCounter,
    new GaugeSeries('temperature', 'Now.', () => -1.5, [['place', 'here']]),
    new GaugeSeries('plain', 'No labels.', () => 42),
    ourBare,
    ourLabelled,
  ]);
  assert.equal(text, await registers[0]?.metrics());
});

test('a histogram without labels is there before anything was observed', async () => {
  const registry = new Registry();
  const histogram = new Histogram({ name: 'early', help: 'Early.', buckets: [1, 2], registers: [registry] });
  assert.ok(histogram);
  assert.equal(expositionText([new HistogramSeries('early', 'Early.', [1, 2])]), await registry.metrics());
});

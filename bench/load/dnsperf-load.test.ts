import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parseDnsperf, renderUpdates } from './dnsperf-load.ts';

/** What dnsperf 2.10.0 printed. */
const output = `Statistics:

  Updates sent:         5013
  Updates completed:    4857 (96.89%)
  Updates lost:         156 (3.11%)

  Response codes:       NOERROR 4857 (100.00%)
  Average packet size:  request 182, response 149
  Run time (s):         3.061084
  Updates per second:   1586.692819

  Average Latency (s):  0.062151 (min 0.002240, max 0.110580)
`;

test('the statistics are read', () => {
  const result = parseDnsperf(output);
  assert.deepEqual(result, {
    sent: 5013,
    completed: 4857,
    lost: 156,
    ratePerSecond: 1586.692819,
    seconds: 3.061084,
    meanMs: result.meanMs,
    responseCodes: 'NOERROR 4857 (100.00%)',
  });
  assert.equal(result.meanMs.toFixed(3), '62.151');
});

test('an output without statistics is an error that shows it', () => {
  assert.throws(() => parseDnsperf('Error: no servers'), /no "Updates sent".*\n.*no servers/);
});

test('each update takes a name and gives it its address in one message', () => {
  assert.equal(
    renderUpdates('bench.example', [{ name: 'n1', address: '10.0.0.1' }]),
    'bench.example\ndelete n1 A\nadd n1 300 A 10.0.0.1\nsend\n',
  );
});

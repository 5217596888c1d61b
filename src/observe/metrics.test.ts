import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Metrics } from './metrics.ts';

test('what is counted is told, and telling it twice counts nothing twice', async () => {
  const metrics = new Metrics({ version: '1.2.3', includeProcess: false });
  metrics.requestAnswered('/check', 200);
  metrics.requestAnswered('/check', 200);
  metrics.batchSent(7);
  metrics.primaryAnswered('update', 'NOERROR', 0.002);
  metrics.gauge('dyndns_test', 'A number.', () => 42);
  await metrics.text();
  const lines = (await metrics.text()).split('\n');
  for (const line of [
    'dyndns_http_requests_total{route="/check",status="200"} 2',
    'dyndns_update_message_transactions_sum 7',
    'dyndns_primary_request_duration_seconds_count{operation="update",result="NOERROR"} 1',
    'dyndns_build_info{version="1.2.3"} 1',
    'dyndns_test 42',
  ])
    assert.ok(lines.includes(line), line);
});

test('the process is measured where that is wanted', async () => {
  const metrics = new Metrics({ version: '1', includeProcess: true });
  assert.match(await metrics.text(), /^process_resident_memory_bytes \d+$/m);
  assert.match(await metrics.text(), /^nodejs_eventloop_lag_p99_seconds /m);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parseQueries } from './dnsperf-queries.ts';

test('the statistics of dnsperf 2.10.0 are read', () => {
  const output = `Statistics:

  Queries sent:         289754
  Queries completed:    289747 (100.00%)
  Queries lost:         7 (0.00%)

  Response codes:       NOERROR 289747 (100.00%)
  Average packet size:  request 39, response 55
  Run time (s):         3.002253
  Queries per second:   96509.854433
`;
  assert.deepEqual(parseQueries(output), {
    sent: 289_754,
    lost: 7,
    ratePerSecond: 96_509.854433,
    responseCodes: 'NOERROR 289747 (100.00%)',
  });
});

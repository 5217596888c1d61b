import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';

import { addRecords, configure, hostZones, startSeconds } from '../../../test/support/hosted-zones.ts';
import { createTemporaryDirectory } from '../../../test/support/temporary-directory.ts';
import { Rcode } from '../../dns/codes.ts';
import { Name } from '../../dns/name.ts';
import { openSqliteZoneStore } from '../../store/sqlite/sqlite-zone-store.ts';
import { historyEntry } from '../../updates/history-octets.ts';

test('however much one UPDATE changes, the history tells all of it', async () => {
  await using directory = await createTemporaryDirectory('history');
  const path = join(directory.path, 'dyndns.db');
  const opened = await openSqliteZoneStore({ path, unixSeconds: () => startSeconds });
  assert.ok(opened.kind === 'opened', JSON.stringify(opened));
  await using store = opened.store;
  await using zones = hostZones(store);
  await configure(zones);
  const decoys = Array.from({ length: 1000 }, (_, index) => [`d${index} A 192.0.2.1`, `d${index} TXT decoy`]).flat();
  assert.equal(await addRecords(zones, [...decoys, 'bank A 198.51.100.66']), Rcode.NOERROR);
  const told = await store.recentHistory({ atMost: 5000 });
  assert.ok(told.kind === 'history');
  assert.equal(told.rows.length, 2001);
  const bank = await store.history(Name.parse('bank.dyn.example.').wire, { atMost: 9 });
  assert.ok(bank.kind === 'history');
  assert.deepEqual(
    bank.rows.map((row) => historyEntry(row)?.after),
    [['198.51.100.66']],
  );
});

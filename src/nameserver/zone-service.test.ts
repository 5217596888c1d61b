import assert from 'node:assert/strict';
import { test } from 'node:test';

import { queryWire } from '../../test/support/ask.ts';
import { openZoneService } from '../../test/support/open-zone-service.ts';
import { serveInMemory } from '../../test/support/served-zones.ts';
import { TcpClient } from '../../test/support/tcp-client.ts';
import { makeTestKey } from '../../test/support/test-key.ts';
import { origin, tsigKey, zoneOf } from '../../test/support/transfer-fixture.ts';
import { Type } from '../dns/codes.ts';
import { receiveZone } from './receive-zone.ts';
import { defaultTransferLimits } from './transfer-places.ts';

/** So many that a transfer does not fit into what the kernel keeps for a client that does not read. */
const addressCount = 150_000;

test('clients that want the zone and do not read it keep it from nobody', async () => {
  const zone = serveInMemory(zoneOf(addressCount), tsigKey(makeTestKey('xfr-key')));
  await using server = await openZoneService([zone], ['127.0.0.0/8']);
  await using deaf = new AsyncDisposableStack();
  const axfr = queryWire(origin.toString(), Type.AXFR);
  for (let count = 0; count < defaultTransferLimits.maxConcurrent; count += 1) {
    const client = deaf.use(await TcpClient.open(server.port, '127.0.0.2'));
    client.socket.pause();
    client.send(axfr);
  }
  const source = { zone: origin, address: '127.0.0.1', port: server.port, key: undefined };
  let received = 0;
  for await (const event of receiveZone(source, () => 0)) {
    if (event.kind === 'records') received += event.records.length;
    else assert.deepEqual(event, { kind: 'complete', recordCount: addressCount + 2 });
  }
  assert.equal(received, addressCount + 2);
});

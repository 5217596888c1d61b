import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { ResourceRecord } from '../../src/dns/message.ts';
import { Name } from '../../src/dns/name.ts';
import type { TsigKey } from '../../src/dns/tsig.ts';
import { type ReceptionEvent, receiveZone } from '../../src/nameserver/receive-zone.ts';
import { makeNames, makes, type NameserverUnderTest, startNameserver } from '../support/nameserver/primary-server.ts';
import { requirePeer } from '../support/peers.ts';
import { makeTestKey } from '../support/test-key.ts';
import { recordLine, tsigKey } from '../support/transfer-fixture.ts';

const zone = 'xfr.example.test';
/** Several messages of 64 KiB each. */
const records = Array.from({ length: 12_000 }, (_, n) => `host-${n} IN A 192.0.2.${n % 256}`);
const now = () => Math.floor(Date.now() / 1000);

async function receive(server: NameserverUnderTest, key: TsigKey | undefined) {
  const source = { zone: Name.parse(zone), address: server.address, port: server.port, key };
  const received: ResourceRecord[] = [];
  let end: ReceptionEvent | undefined;
  for await (const event of receiveZone(source, now)) {
    if (event.kind === 'records') received.push(...event.records);
    else end = event;
  }
  return { received, end };
}

for (const make of makeNames) {
  test(`a zone comes from ${makes[make].title}, signed, in many messages`, async (t) => {
    if (!requirePeer(t, ...makes[make].peers)) return;
    for (const algorithm of ['hmac-sha256', 'hmac-sha512'] as const) {
      await using server = await startNameserver(make, {
        zones: [{ name: zone, records, key: makeTestKey(zone, algorithm) }],
      });
      const { received, end } = await receive(server, tsigKey(server.key(zone)));
      assert.deepEqual(end, { kind: 'complete', recordCount: records.length + 3 });
      const { answers } = await server.query(zone, 'AXFR', { key: server.key(zone), tcp: true });
      const theirs = answers.map(({ name, ttlSeconds, type, value }) => `${name} ${ttlSeconds} ${type} ${value}`);
      assert.deepEqual(received.map(recordLine).sort(), [...new Set(theirs)].sort());
    }
  });
}

for (const make of ['bind', 'knot'] as const) {
  test(`${makes[make].title} refuses: no key, a wrong key, a zone that it has not`, async (t) => {
    if (!requirePeer(t, ...makes[make].peers)) return;
    await using server = await startNameserver(make, { zones: [{ name: zone }] });
    const key = tsigKey(server.key(zone));
    const codes = [];
    for (const each of [undefined, { ...key, secret: Buffer.alloc(64) }, { ...key, name: Name.parse('nobody') }]) {
      const { received, end } = await receive(server, each);
      assert.deepEqual(received, []);
      assert.ok(end?.kind === 'failed');
      codes.push(end.fault.code);
    }
    assert.deepEqual(codes, ['refused', 'signature', 'signature']);
  });
}

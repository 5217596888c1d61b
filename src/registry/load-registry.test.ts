import assert from 'node:assert/strict';
import { test } from 'node:test';

import { hostnameOf, hostOf } from '../../test/support/host-books.ts';
import { MemoryLedger } from '../../test/support/memory-ledger.ts';
import { openRegistry } from '../../test/support/open-registry.ts';
import { changedValue, newToken } from '../../test/support/registry-fixture.ts';
import type { LedgerChanges } from '../store/ledger.ts';
import { ZoneDirectory } from '../updates/zone-directory.ts';
import { writeHost } from './host-document.ts';
import { defaultRegistryLimits } from './limits.ts';
import { Registry } from './registry.ts';
import { writeSighting } from './sighting-document.ts';

const zones = new ZoneDirectory([]);

test('documents that cannot be read are told, the first of them by name, and the others are there', async () => {
  const ledger = new MemoryLedger();
  const hosts = ['a', 'b', 'c'].map((label) => hostOf(`${label}.example.com`));
  const documents: LedgerChanges['documents'] = [
    ...hosts.map((host) => ({ kind: 'host' as const, key: host.name.wire, body: writeHost(host) })),
    { kind: 'host', key: hostnameOf('bad.example.com').wire, body: Buffer.from('{"v":9}') },
    { kind: 'host', key: Buffer.from([200, 1]), body: Buffer.from('{"v":1}') },
    { kind: 'token', key: Buffer.from('aaaaaaaaaa'), body: Buffer.from('\u0007') },
    { kind: 'sighting', key: hosts[0]!.name.wire, body: Buffer.from('nothing') },
    {
      kind: 'sighting',
      key: Buffer.from('bbbbbbbbbb'),
      body: writeSighting({ atMs: 1, dialect: 'seed', source: undefined, credential: 'secret', outcome: 'changed' }),
    },
  ];
  await ledger.write({ documents, history: [] });
  const limits = { ...defaultRegistryLimits, toldDocuments: 2 };
  await using opened = await openRegistry({ ledger, zones, limits });
  const { registry, warnings } = opened;
  assert.deepEqual(
    registry.hosts({ atMost: 9 }).hosts.map(({ name }) => name.toString()),
    ['a.example.com.', 'b.example.com.', 'c.example.com.'],
  );
  assert.deepEqual(warnings, [
    'The token aaaaaaaaaa in the database is left out: it is no JSON.',
    'The host bad.example.com. in the database is left out: it has format 9 of a newer dyndns, and this one knows format 1.',
    '1 more tokens and hosts in the database are left out, since they cannot be read.',
  ]);
  assert.equal(registry.lastSeen(hosts[0]!.name), undefined);
  assert.equal(registry.lastUse('bbbbbbbbbb'), undefined);
});

test('tokens come in the order in which they were made', async () => {
  const ledger = new MemoryLedger();
  let nowMs = 1_000_000;
  const made: string[] = [];
  {
    await using opened = await openRegistry({ ledger, zones, unixMs: () => (nowMs += 1000) });
    for (let count = 0; count < 10; count += 1)
      made.push(changedValue(await opened.registry.createToken(newToken())).token.id);
    assert.deepEqual(
      Array.from(opened.registry.tokens, ({ id }) => id),
      made,
    );
  }
  await using opened = await openRegistry({ ledger, zones });
  assert.deepEqual(
    Array.from(opened.registry.tokens, ({ id }) => id),
    made,
  );
});

test('where the ledger cannot be read, there is no registry', async () => {
  const ledger = new MemoryLedger();
  ledger.fault = { code: 'io', path: 'dyndns.db', detail: 'disk I/O error' };
  const opened = await Registry.open({
    ledger,
    keyFile: '/nowhere/token.key',
    surroundings: () => assert.fail('nobody asks'),
    unixMs: () => 0,
    monotonicMs: () => 0,
    observer: { lateWritesFault: () => {}, historyDropped: () => {} },
  });
  assert.deepEqual(opened, { kind: 'failed', fault: ledger.fault });
});

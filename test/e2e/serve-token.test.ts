import assert from 'node:assert/strict';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { Type } from '../../src/dns/codes.ts';
import { Name } from '../../src/dns/name.ts';
import type { Registry } from '../../src/registry/registry.ts';
import { openSqliteZoneStore } from '../../src/store/sqlite/sqlite-zone-store.ts';
import { ZoneDirectory } from '../../src/updates/zone-directory.ts';
import { launchEmbedded } from '../support/embedded-service.ts';
import { hostnameOf } from '../support/host-books.ts';
import { openRegistry } from '../support/open-registry.ts';
import { changedValue, hostDescription, newToken, scopeOf } from '../support/registry-fixture.ts';
import { createTemporaryDirectory } from '../support/temporary-directory.ts';
import { MemoryPrimary } from './memory-primary.ts';

const zone = 'home.example';
const zones = new ZoneDirectory([{ name: Name.parse(zone), primary: new MemoryPrimary(Name.parse(zone)) }]);

test('the service lets a token change what it may, knows hosts and their TTL, and keeps what it learns over restarts', async () => {
  await using directory = await createTemporaryDirectory('token');
  const database = join(directory.path, 'dyndns.db');
  const { token, secret } = await withRegistry(database, async (registry) => {
    await registry.putHost(hostnameOf(`nas.${zone}`), hostDescription({ ttlSeconds: 77 }));
    return changedValue(await registry.createToken(newToken({ scope: scopeOf(`zone:${zone}`), maxNames: 1 })));
  });
  await using embedded = await launchEmbedded(zone, { database });
  const { service } = embedded;
  const update = async (name: string) => {
    const { status, body } = await service.get(`/update-by-path/${secret}/${name}/192.0.2.1`);
    return [status, body.split(':')[0]];
  };
  assert.deepEqual(await update(`nas.${zone}`), [200, 'UPDATED']);
  const answer = await embedded.query(`nas.${zone}`, 'A');
  assert.deepEqual(
    answer.answers.map(({ ttlSeconds }) => ttlSeconds),
    [77],
  );
  // One name of its own, and no second.
  assert.deepEqual(await update(`one.${zone}`), [200, 'UPDATED']);
  assert.equal((await update(`two.${zone}`))[1], 'PARAMETER_ERROR');
  assert.equal((await update('elsewhere.example'))[0] === 200, false);
  service.signal('SIGHUP');
  await service.restart();
  assert.equal((await update(`two.${zone}`))[1], 'PARAMETER_ERROR');
  assert.deepEqual(await update(`one.${zone}`), [200, 'UNCHANGED']);
  assert.ok(!service.log().includes(secret));
  await service.stop();
  await withRegistry(database, async (registry) => {
    assert.equal(registry.host(hostnameOf(`one.${zone}`))?.madeBy, token.id);
    assert.equal(registry.lastSeen(hostnameOf(`one.${zone}`))?.outcome, 'unchanged');
    assert.equal(registry.lastUse(token.id)?.source, '127.0.0.1');
    const read = await registry.history(hostnameOf(`nas.${zone}`), { atMost: 9 });
    assert.ok(read.kind === 'history');
    assert.deepEqual(
      read.entries.map(({ type, outcome, after, credential, dialect }) => ({
        type,
        outcome,
        after,
        credential,
        dialect,
      })),
      [{ type: Type.A, outcome: 'changed', after: ['192.0.2.1'], credential: `token:${token.id}`, dialect: 'seed' }],
    );
  });
});

test('a key file that others may read is told at the start, and HTTP goes on', async () => {
  await using directory = await createTemporaryDirectory('token');
  const database = join(directory.path, 'dyndns.db');
  const keyFile = join(directory.path, 'token.key');
  const { secret } = await withRegistry(
    database,
    async (registry) =>
      changedValue(await registry.createToken(newToken({ scope: scopeOf(`zone:${zone}`), tsig: 'hmac-sha256' }))),
    keyFile,
  );
  await chmod(keyFile, 0o644);
  await using embedded = await launchEmbedded(zone, {
    database,
    process: { environment: { STATE_DIRECTORY: directory.path } },
  });
  const { service } = embedded;
  const { status } = await service.get(`/update-by-path/${secret}/nas.${zone}/192.0.2.1`);
  assert.equal(status, 200);
  await service.stop();
  assert.match(service.log(), /One TSIG key of tokens.*over HTTP the tokens go on: .*token\.key may be read by others/);
});

async function withRegistry<Value>(
  database: string,
  use: (registry: Registry) => Promise<Value>,
  keyFile?: string,
): Promise<Value> {
  const opened = await openSqliteZoneStore({ path: database, unixSeconds: () => Math.floor(Date.now() / 1000) });
  assert.ok(opened.kind === 'opened', JSON.stringify(opened));
  await using store = opened.store;
  await using own = await openRegistry({ ledger: store, zones, ...(keyFile === undefined ? {} : { keyFile }) });
  return await use(own.registry);
}

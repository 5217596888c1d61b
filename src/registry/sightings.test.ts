import assert from 'node:assert/strict';
import { test } from 'node:test';

import { MemoryPrimary } from '../../test/e2e/memory-primary.ts';
import { hostnameOf } from '../../test/support/host-books.ts';
import { MemoryLedger } from '../../test/support/memory-ledger.ts';
import { openRegistry } from '../../test/support/open-registry.ts';
import {
  askerOf,
  changedValue,
  done,
  failed,
  newToken,
  nothingBeside,
  setting,
  tokenAskerOf,
} from '../../test/support/registry-fixture.ts';
import { Type } from '../dns/codes.ts';
import { Name } from '../dns/name.ts';
import type { Fault } from '../updates/fault.ts';
import { ZoneDirectory } from '../updates/zone-directory.ts';

const zones = new ZoneDirectory([
  { name: Name.parse('example.com.'), primary: new MemoryPrimary(Name.parse('example.com.')) },
]);

test('a host has been heard of by those who may change it, and not by strangers', async () => {
  await using opened = await openRegistry({ ledger: new MemoryLedger(), zones });
  const { registry } = opened;
  const name = 'home.example.com';
  const stranger = tokenAskerOf(changedValue(await registry.createToken(newToken())).token.id);
  registry.settled(setting(askerOf({ kind: 'administrator' }), name), [done(name, Type.A, '192.0.2.1')], nothingBeside);
  const seen = registry.lastSeen(hostnameOf(name));
  assert.equal(seen?.credential, 'secret');
  const settle = (fault: Fault) => {
    registry.settled(setting(stranger, name), [failed(name, fault)], nothingBeside);
    return registry.lastSeen(hostnameOf(name));
  };
  assert.deepEqual(settle({ code: 'not-permitted', name, reason: 'its scope does not have this name' }), seen);
  assert.deepEqual(settle({ code: 'unknown-zone', name }), seen);
  assert.deepEqual(settle({ code: 'too-many-names', name, most: 1 }), seen);
  assert.equal(settle({ code: 'timeout', nameserver: 'x' })?.outcome, 'failed');
});

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Name } from '../dns/name.ts';
import { systemClock } from '../updates/clock.ts';
import type { Primary } from '../updates/ports.ts';
import { defaultPrimaryLimits } from './limits.ts';
import { PrimaryPool, type ZoneDescription } from './primary-pool.ts';

const observer = { batchSent: () => {}, primaryAnswered: () => {} };

function describeZone(zone: string, change: { port?: number; secret?: string; key?: string } = {}): ZoneDescription {
  const { port = 53, secret = 'secret', key = 'k.' } = change;
  return {
    name: Name.parse(zone),
    primary: {
      kind: 'rfc2136',
      nameserver: '127.0.0.1',
      port,
      key: { name: Name.parse(key), algorithm: 'hmac-sha256', secret: Buffer.from(secret) },
    },
  };
}

test('a zone of our own is where it is hosted, beside those of other nameservers', async () => {
  const primary: Primary = {
    keepsHistory: true,
    transact: () => Promise.reject(new Error('nobody asks')),
    probe: () => Promise.resolve(undefined),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const ours = Name.parse('ours.example.');
  const embedded = { primary: (zone: Name) => (zone.equals(ours) ? primary : undefined) };
  await using pool = new PrimaryPool({ clock: systemClock, limits: defaultPrimaryLimits, observer, embedded });
  const directory = pool.directory([describeZone('one.example.'), { name: ours, primary: { kind: 'embedded' } }]);
  assert.equal(directory.find(ours.prepend('www'))?.primary, primary);
  assert.equal(pool.nameservers.length, 1);
  assert.throws(() => pool.directory([{ name: Name.parse('nobodys.example.'), primary: { kind: 'embedded' } }]));
});

test('what a new configuration describes the same is kept, the rest is made anew', async () => {
  await using pool = new PrimaryPool({ clock: systemClock, limits: defaultPrimaryLimits, observer });
  const primaries = (...zones: ZoneDescription[]) => pool.directory(zones).zones.map(({ primary }) => primary);
  const [one, two] = primaries(describeZone('one.example.'), describeZone('two.example.'));
  assert.notEqual(one, two);
  assert.equal(pool.nameservers.length, 1, 'zones of one nameserver share its connections');
  const [nameserver] = pool.nameservers;
  assert.deepEqual(primaries(describeZone('two.example.'), describeZone('one.example.')), [two, one]);
  assert.equal(pool.nameservers[0], nameserver);
  for (const change of [{ port: 54 }, { secret: 'another' }, { key: 'other.' }]) {
    const [changed] = primaries(describeZone('one.example.', change));
    assert.notEqual(changed, one);
  }
});

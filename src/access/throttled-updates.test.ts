import assert from 'node:assert/strict';
import { test } from 'node:test';

import { MemoryPrimary } from '../../test/e2e/memory-primary.ts';
import { hostnameOf, hostOf, plainHostBook } from '../../test/support/host-books.ts';
import { Name } from '../dns/name.ts';
import { parseAddress } from '../updates/address.ts';
import { administrator, type Asker } from '../updates/asker.ts';
import { systemClock } from '../updates/clock.ts';
import type { Host } from '../updates/host.ts';
import { parsePrefix } from '../updates/prefix.ts';
import { exactAddresses, type NameRequest } from '../updates/request.ts';
import { Updater } from '../updates/updater.ts';
import { ZoneDirectory } from '../updates/zone-directory.ts';
import { ChangeThrottle } from './change-throttle.ts';

const token: Asker = {
  ...administrator({ kind: 'administrator' }, parseAddress('192.0.2.200')),
  credential: { kind: 'token', id: 't', description: '' },
};

/** A throttle whose clock stands still: each token has 60 changes. */
function open(hosts: readonly Host[] = []) {
  const primary = new MemoryPrimary(Name.parse('one.example.'));
  const throttle = new ChangeThrottle(
    () => 0,
    () => 0,
  );
  const updater = new Updater({
    zones: new ZoneDirectory([{ name: primary.zone, primary }]),
    ttl: { defaultSeconds: 300, minSeconds: 30, maxSeconds: 86_400 },
    clock: systemClock,
    observer: { settled: () => {} },
    timeoutMs: 1000,
    hosts: plainHostBook(hosts),
    throttle,
  });
  const update = async (request: Partial<NameRequest>, name = 'www.one.example') => {
    const names = [{ hostname: hostnameOf(name), intents: [], ...request }];
    const [outcome] = await updater.update({ dialect: 'test', asker: token, names });
    return outcome?.kind === 'failed' ? outcome.fault.code : 'done';
  };
  return { primary, throttle, update };
}

function address(number: number): Partial<NameRequest> {
  return { intents: exactAddresses(parseAddress(`192.0.2.${number}`), undefined) };
}

test('as many changes at once are no more than one after the other', async () => {
  for (const turnAtATime of [false, true]) {
    const { primary, update } = open();
    const codes: string[] = [];
    const all = Array.from({ length: 200 }, async (_, number) => {
      if (turnAtATime) for (let turn = 0; turn < number % 7; turn += 1) await new Promise(setImmediate);
      codes.push(await update(address(number)));
    });
    await Promise.all(all);
    assert.equal(codes.filter((code) => code === 'done').length, 60);
    assert.equal(codes.filter((code) => code === 'throttled').length, 140);
    assert.equal(primary.writes.length, 60);
  }
});

test('what a nameserver does not take is not spent', async () => {
  const { primary, throttle, update } = open();
  for (let round = 0; round < 3; round += 1) {
    primary.refusal = { code: 'not-applied', nameserver: 'memory', name: 'www.one.example.', reason: 'a test' };
    const failed = await Promise.all(Array.from({ length: 50 }, (_, number) => update(address(number))));
    assert.deepEqual(new Set(failed), new Set(['not-applied']));
  }
  primary.refusal = undefined;
  assert.equal(throttle.size, 0);
  for (let number = 0; number < 60; number += 1) assert.equal(await update(address(number)), 'done');
  assert.equal(await update(address(61)), 'throttled');
});

test('a whole home that follows its router is one change, and the router may go on', async () => {
  const follows = hostnameOf('gw.one.example');
  const home = Array.from({ length: 150 }, (_, index) =>
    hostOf(`f${index}.one.example`, { follows, interfaceId: parseAddress(`::${index + 1}`)!.octets }),
  );
  const { primary, update } = open(home);
  const codes: string[] = [];
  for (let turn = 1; turn <= 31; turn += 1) {
    const prefix = parsePrefix(`2001:db8:${turn}::/64`);
    assert.ok(prefix.kind === 'prefix');
    codes.push(await update({ ...address(turn), prefix: prefix.prefix }, 'gw.one.example'));
  }
  assert.deepEqual(codes, [...Array.from({ length: 30 }, () => 'done'), 'throttled']);
  assert.equal(primary.writes.length, 30 * 151);
});

test('a transaction that is planned anew spends once', async () => {
  const { primary, update } = open();
  primary.plannings = 3;
  for (let number = 0; number < 60; number += 1) assert.equal(await update(address(number)), 'done');
  assert.equal(await update(address(61)), 'throttled');
});

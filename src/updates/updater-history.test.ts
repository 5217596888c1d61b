import assert from 'node:assert/strict';
import { test } from 'node:test';

import { MemoryPrimary } from '../../test/e2e/memory-primary.ts';
import { hostnameOf, hostOf, plainHostBook } from '../../test/support/host-books.ts';
import { Name } from '../dns/name.ts';
import { parseAddress } from './address.ts';
import { administrator, type Asker, granted } from './asker.ts';
import type { HistoryEntry } from './history-entry.ts';
import { parsePrefix } from './prefix.ts';
import { exactAddresses } from './request.ts';
import { Updater } from './updater.ts';
import { ZoneDirectory } from './zone-directory.ts';

const home = hostnameOf('home.one.example');
const lab = hostnameOf('lab.one.example');
const root = administrator({ kind: 'administrator' }, parseAddress('192.0.2.200'));

/** A token's, for the home alone. */
function tokenOf(id: string): Asker {
  return {
    ...root,
    credential: { kind: 'token', id, description: '' },
    permission: (name) => (name.equals(home) ? granted : { kind: 'refused', reason: 'it is not in the scope' }),
  };
}

function open() {
  const primary = new MemoryPrimary(Name.parse('one.example.'));
  const history: HistoryEntry[] = [];
  const clock = { nowSeconds: 1_800_000_000 };
  const updater = new Updater({
    zones: new ZoneDirectory([{ name: primary.zone, primary }]),
    ttl: { defaultSeconds: 300, minSeconds: 30, maxSeconds: 86_400 },
    clock: { unixSeconds: () => clock.nowSeconds, monotonicMs: () => performance.now() },
    observer: { settled: () => {} },
    timeoutMs: 1000,
    hosts: plainHostBook([hostOf('lab.one.example', { follows: home, interfaceId: parseAddress('::a')!.octets })]),
    history: { append: (entries) => void history.push(...entries) },
  });
  const prefix = parsePrefix('2001:db8:1::/64');
  assert.ok(prefix.kind === 'prefix');
  return {
    primary,
    history,
    clock,
    moveHome: (dialect: string, asker: Asker) =>
      updater.update({ dialect, asker, names: [{ hostname: home, intents: [], prefix: prefix.prefix }] }),
    setLab: (number: number) => {
      const intents = exactAddresses(parseAddress(`192.0.2.${number}`), undefined);
      return updater.update({ dialect: 'a', asker: root, names: [{ hostname: lab, intents }] });
    },
  };
}

test('whoever may not change a follower is told of in its history once an hour, by whatever dialect he comes', async () => {
  const { history, clock, moveHome, setLab } = open();
  for (let minute = 0; minute < 180; minute += 1, clock.nowSeconds += 60) {
    await moveHome('a', tokenOf('one'));
    await moveHome('b', tokenOf('one'));
    await moveHome('a', tokenOf('two'));
    // That its owner changes it makes nobody else's failure news.
    if (minute % 60 === 30) await setLab(minute);
  }
  const told = history.map(({ outcome, credential }) => `${outcome} ${credential}`);
  const count = (text: string) => told.filter((each) => each === text).length;
  assert.deepEqual(
    [count('skipped token:one'), count('skipped token:two'), count('changed secret'), told.length],
    [3, 3, 3, 9],
  );
});

test('a failure is told once an hour to each who meets it, and again when it comes back', async () => {
  const { primary, history, clock, setLab } = open();
  const fault = { code: 'timeout', nameserver: 'memory' } as const;
  const other = { code: 'disconnected', nameserver: 'memory' } as const;
  for (const state of [fault, other, fault, other, undefined, fault]) {
    primary.fault = state;
    await setLab(1);
    clock.nowSeconds += 60;
  }
  clock.nowSeconds += 3600;
  await setLab(1);
  assert.deepEqual(
    history.map(({ outcome }) => outcome),
    ['failed', 'failed', 'changed', 'failed', 'failed'],
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parseAddress } from '../updates/address.ts';
import { administrator, type Asker, type CredentialIdentity, granted } from '../updates/asker.ts';
import { ChangeThrottle, defaultThrottleLimits } from './change-throttle.ts';

test('a credential that looks after 5,000 names may change each every five minutes, all day long', () => {
  const { throttle, clock } = throttleOf({ large: 5000 });
  const asker = askerOf('large', '192.0.2.1');
  for (; clock.nowMs < 24 * 3_600_000; clock.nowMs += 300_000)
    for (let name = 0; name < 5000; name += 1) {
      if (throttle.retryAfterSeconds(asker) !== 0) assert.fail(`throttled at ${clock.nowMs} ms, name ${name}`);
      throttle.take(asker, 1);
    }
});

test('one name in a tight loop is throttled within two minutes, and others of its network go on', () => {
  const { throttle, clock } = throttleOf({ loop: 1, other: 1 });
  const loop = askerOf('loop', '192.0.2.1');
  const other = askerOf('other', '192.0.2.1');
  let throttledAtMs: number | undefined;
  let made = 0;
  for (; clock.nowMs < 3_600_000; clock.nowMs += 500) {
    if (throttle.retryAfterSeconds(loop) === 0) {
      throttle.take(loop, 1);
      made += 1;
    } else throttledAtMs ??= clock.nowMs;
    if (clock.nowMs % 300_000 === 0) {
      assert.equal(throttle.retryAfterSeconds(other), 0);
      throttle.take(other, 1);
    }
  }
  assert.ok(throttledAtMs !== undefined && throttledAtMs < 120_000, String(throttledAtMs));
  // A burst of 70 at first, and six of them come back in an hour.
  assert.ok(made >= 480 && made <= 491, String(made));
});

test('as soon as Retry-After says, a change may be made', () => {
  const { throttle, clock } = throttleOf({ loop: 0 });
  const asker = askerOf('loop', '192.0.2.1');
  throttle.take(asker, 60);
  const seconds = throttle.retryAfterSeconds(asker);
  assert.equal(seconds, 10);
  clock.nowMs += 9000;
  assert.equal(throttle.retryAfterSeconds(asker), 1);
  clock.nowMs += 1000;
  assert.equal(throttle.retryAfterSeconds(asker), 0);
});

test('one large change is paid for within a refill or two', () => {
  const { throttle } = throttleOf({});
  const asker = askerOf('large', '192.0.2.1');
  throttle.take(asker, 1_000_000);
  assert.ok(throttle.retryAfterSeconds(asker) <= 610);
});

test('what is given back is what was taken, and no debt of before is forgiven with it', () => {
  const { throttle } = throttleOf({});
  const asker = askerOf('t', '192.0.2.1');
  throttle.take(asker, 59);
  const large = throttle.take(asker, 1_000_000);
  assert.ok(large.kind === 'taken');
  assert.deepEqual(throttle.take(asker, 1), { kind: 'wait', retryAfterSeconds: 610 });
  large.giveBack();
  large.giveBack();
  throttle.take(asker, 1);
  assert.deepEqual(throttle.take(asker, 1), { kind: 'wait', retryAfterSeconds: 10 });
});

test('many credentials of one network have together what ten have, and other networks do not notice', () => {
  const { throttle } = throttleOf({});
  for (let index = 0; index < 20; index += 1) throttle.take(askerOf(`t${index}`, `2001:db8:0:1::${index}`), 30);
  assert.ok(throttle.retryAfterSeconds(askerOf('new', '2001:db8:0:1:ffff::1')) > 0);
  assert.equal(throttle.retryAfterSeconds(askerOf('new', '2001:db8:0:2::1')), 0);
  assert.equal(throttle.retryAfterSeconds(askerOf('new', undefined)), 0);
});

test('a small credential does not wait for what a large one of its network may spend', () => {
  const { throttle } = throttleOf({ large: 5000, small: 1 });
  const [large, small] = [askerOf('large', '192.0.2.1'), askerOf('small', '192.0.2.1')];
  throttle.take(small, 1);
  throttle.take(large, 5000);
  assert.equal(throttle.retryAfterSeconds(small), 0);
  throttle.take(small, 1);
  assert.equal(throttle.retryAfterSeconds(large), 0);
});

test('the administrator, commands and keys of the configuration are never throttled', () => {
  const { throttle } = throttleOf({});
  const credentials: Exclude<CredentialIdentity, { kind: 'token' }>[] = [
    { kind: 'administrator' },
    { kind: 'command' },
    { kind: 'key', name: 'k.' },
  ];
  for (const credential of credentials) {
    const asker = administrator(credential, parseAddress('192.0.2.1'));
    throttle.take(asker, 1_000_000);
    assert.equal(throttle.retryAfterSeconds(asker), 0);
  }
  assert.equal(throttle.size, 0);
});

test('budgets that are whole again are forgotten, and no more than the bound are kept', () => {
  const { throttle, clock } = throttleOf({});
  for (let index = 0; index < 1000; index += 1) throttle.take(askerOf(`t${index}`, undefined), 1);
  assert.equal(throttle.size, 1000);
  clock.nowMs += 600_000;
  throttle.take(askerOf('late', undefined), 1);
  assert.equal(throttle.size, 1);
  for (let index = 0; index < 100_000; index += 1) throttle.take(askerOf(`u${index}`, undefined), 1);
  assert.equal(throttle.size, defaultThrottleLimits.budgets);
});

test('asking costs nothing', () => {
  const { throttle } = throttleOf({});
  for (let index = 0; index < 1000; index += 1) assert.equal(throttle.retryAfterSeconds(askerOf('t', '192.0.2.1')), 0);
  assert.equal(throttle.size, 0);
});

function throttleOf(names: Readonly<Record<string, number>>): { throttle: ChangeThrottle; clock: { nowMs: number } } {
  const clock = { nowMs: 0 };
  const namesOf = ({ credential }: Asker) => (credential.kind === 'token' ? (names[credential.id] ?? 0) : 0);
  return { throttle: new ChangeThrottle(namesOf, () => clock.nowMs), clock };
}

function askerOf(id: string, source: string | undefined): Asker {
  return {
    credential: { kind: 'token', id, description: '' },
    source: source === undefined ? undefined : parseAddress(source),
    permission: () => granted,
    addressPermission: () => granted,
    listedNames: undefined,
  };
}

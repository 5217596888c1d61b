import assert from 'node:assert/strict';
import { test } from 'node:test';

import { type Address, addressFromOctets, parseAddress } from '../updates/address.ts';
import { GuessGuard } from './guess-guard.ts';

const hourMs = 3_600_000;
const here = addressOf('192.0.2.1');
const elsewhere = addressOf('198.51.100.1');
const fair = { kind: 'fair', delayMs: 0 };

test('a forgotten device that sends the same old secret for years counts once', () => {
  const guard = newGuard();
  for (let atMs = 0; atMs < 24 * hourMs; atMs += 5000) assert.deepEqual(guard.wrong('old', here, atMs), fair);
});

test('four forgotten devices on one line are answered at once', () => {
  const guard = newGuard();
  for (let atMs = 0; atMs < 24 * hourMs; atMs += 10_000)
    for (const secret of ['a', 'b', 'c', 'd']) assert.deepEqual(guard.wrong(secret, here, atMs), fair);
});

test('from the fifth secret on answers are slower and slower, and from the twentieth on refused for ten minutes', () => {
  const guard = newGuard();
  const verdicts = Array.from({ length: 20 }, (_, index) => guard.wrong(`guess ${index}`, here, index));
  assert.deepEqual(verdicts.slice(0, 4), [fair, fair, fair, fair]);
  const delays = verdicts.slice(4, 19).map((verdict) => (verdict.kind === 'fair' ? verdict.delayMs : -1));
  assert.deepEqual(
    delays,
    delays.toSorted((a, b) => a - b),
  );
  assert.ok(delays[0]! > 0);
  assert.equal(delays.at(-1), 2000);
  assert.deepEqual(verdicts[19], { kind: 'guessing', retryAfterSeconds: 600 });
});

test('the refusal ends by itself, and further guesses put its end off', () => {
  const guard = newGuard();
  guess(guard, 20, here, 0);
  assert.deepEqual(guard.wrong('guess 3', here, 300_019), { kind: 'guessing', retryAfterSeconds: 300 });
  assert.deepEqual(guard.wrong('another', here, 300_000), { kind: 'guessing', retryAfterSeconds: 600 });
  assert.equal(guard.right('t', 'right', here, 899_999).kind, 'guessing');
  // Asked once more within the refusal, it has not put off its own end.
  assert.deepEqual(guard.right('t', 'right', here, 899_999 + 600_000), fair);
});

test('an hour after the last of them wrong secrets are forgotten', () => {
  const guard = newGuard();
  guess(guard, 19, here, 0);
  assert.deepEqual(guard.wrong('one more', here, hourMs + 20), fair);
});

test('a right secret that is new to a guessing network is answered exactly as a wrong one is', () => {
  const secrets = ['guess 7', 'new 1', 'guess 7', 'new 2', 'new 1', 'new 2', 'new 3', 'new 2'];
  const answers = (rightOne: string | undefined) => {
    const guard = newGuard();
    guess(guard, 25, here, 0);
    return secrets.map((secret, index) => {
      const atMs = 1000 + index * 7000;
      return secret === rightOne ? guard.right('t', secret, here, atMs) : guard.wrong(secret, here, atMs);
    });
  };
  for (const secret of ['new 1', 'new 2', 'new 3']) assert.deepEqual(answers(secret), answers(undefined));
});

test('a rightful device that goes on asking is let in ten minutes after the last guess', () => {
  const guard = newGuard();
  guess(guard, 30, here, 0);
  const letInMs = Array.from({ length: 40 }, (_, index) => 60_000 * (index + 1)).find(
    (atMs) => guard.right('t', 'right', here, atMs).kind === 'fair',
  );
  // The first time it is asked for counts as a guess.
  assert.equal(letInMs, 660_000);
  assert.deepEqual(guard.right('t', 'right', here, letInMs), fair);
});

test('whoever was right from there before, or comes from elsewhere, always passes', () => {
  const guard = newGuard();
  assert.deepEqual(guard.right('known', 's', here, 0), fair);
  for (let atMs = 1000; atMs < 6 * 24 * hourMs; atMs += 60_000) guard.wrong(`guess ${atMs}`, here, atMs);
  const laterMs = 6 * 24 * hourMs;
  assert.equal(guard.wrong('guess', here, laterMs).kind, 'guessing');
  assert.deepEqual(guard.right('known', 's', here, laterMs), fair);
  assert.equal(guard.right('unknown', 'u', here, laterMs).kind, 'guessing');
  assert.deepEqual(guard.right('unknown', 'u', elsewhere, laterMs), fair);
});

test('a week later a network has forgotten who was right there', () => {
  const guard = newGuard();
  guard.right('known', 's', here, 0);
  guess(guard, 20, here, 7 * 24 * hourMs);
  assert.equal(guard.right('known', 's', here, 7 * 24 * hourMs + 100).kind, 'guessing');
});

test('two hundred other tokens from his line do not put its owner out', () => {
  const guard = newGuard();
  guard.right('owner', 's', here, 0);
  for (let index = 0; index < 200; index += 1) guard.right(`t${index}`, `s${index}`, here, 1 + index);
  guess(guard, 21, here, 1000);
  assert.equal(guard.right('new', 'n', here, 2000).kind, 'guessing');
  assert.deepEqual(guard.right('owner', 's', here, 2000), fair);
});

test('while somebody guesses, newcomers displace nobody', () => {
  const guard = newGuard();
  for (let index = 0; index < 256; index += 1) guard.right(`t${index}`, `s${index}`, here, index);
  guard.wrong('guess', here, 1000);
  for (let index = 0; index < 300; index += 1) assert.deepEqual(guard.right(`n${index}`, 'x', here, 1001), fair);
  guess(guard, 20, here, 2000);
  for (let index = 0; index < 256; index += 1)
    assert.deepEqual(guard.right(`t${index}`, `s${index}`, here, 3000), fair);
  assert.equal(guard.right('n299', 'x', here, 3000).kind, 'guessing');
  // Of a guess that is an hour old nobody is afraid.
  const later = newGuard();
  later.wrong('guess', here, 0);
  for (let index = 0; index < 257; index += 1) later.right(`t${index}`, `s${index}`, here, hourMs + index);
  guess(later, 20, here, hourMs + 1000);
  assert.deepEqual(later.right('t256', 's256', here, hourMs + 2000), fair);
  assert.equal(later.right('t0', 's0', here, hourMs + 2000).kind, 'guessing');
});

test('whose week is over goes first, also while somebody guesses', () => {
  const guard = newGuard();
  for (let index = 0; index < 256; index += 1) guard.right(`t${index}`, `s${index}`, here, index);
  const nowMs = 7 * 24 * hourMs + 100;
  guard.wrong('guess', here, nowMs);
  guard.right('new', 'n', here, nowMs);
  guess(guard, 20, here, nowMs);
  assert.deepEqual(guard.right('new', 'n', here, nowMs), fair);
});

test('of a thousand credentials from each of a thousand networks, a bounded number is remembered', () => {
  const guard = newGuard();
  for (let network = 0; network < 1000; network += 1) {
    const source = addressFromOctets(Uint8Array.of(11, 0, network >> 8, network & 255));
    for (let index = 0; index < 1000; index += 1) guard.right(`t${index}`, 's', source, network);
    assert.ok(guard.trustedSize <= 100_000, `${guard.trustedSize}`);
  }
  assert.equal(guard.trustedSize, 390 * 256);
  const [first, last] = [0, 999].map((network) => addressFromOctets(Uint8Array.of(11, 0, network >> 8, network & 255)));
  for (const [source, kind] of [
    [first!, 'guessing'],
    [last!, 'fair'],
  ] as const) {
    guess(guard, 20, source, 2000);
    assert.equal(guard.right('t999', 's', source, 3000).kind, kind);
  }
});

test('of networks that are forgotten, so are their credentials', () => {
  const guard = newGuard();
  for (let index = 0; index < 30_000; index += 1) {
    const source = addressFromOctets(Uint8Array.of(11, index >> 16, (index >> 8) & 255, index & 255));
    for (const token of ['a', 'b', 'a']) guard.right(token, 's', source, index);
  }
  assert.deepEqual([guard.size, guard.trustedSize], [10_000, 20_000]);
});

test('the addresses of one IPv6 line are one network, and IPv4 neighbours are two', () => {
  const guard = newGuard();
  for (let index = 0; index < 20; index += 1)
    guard.wrong(`guess ${index}`, addressOf(`2001:db8:0:1::${index + 1}`), index);
  assert.equal(guard.wrong('x', addressOf('2001:db8:0:1:ffff::1'), 30).kind, 'guessing');
  assert.deepEqual(guard.wrong('x', addressOf('2001:db8:0:2::1'), 30), fair);
  guess(guard, 20, here, 0);
  assert.deepEqual(guard.wrong('x', addressOf('192.0.2.2'), 30), fair);
});

test('requests without an address are judged together', () => {
  const guard = newGuard();
  for (let index = 0; index < 20; index += 1) guard.wrong(`guess ${index}`, undefined, index);
  assert.equal(guard.wrong('x', undefined, 30).kind, 'guessing');
});

test('of 100,000 networks, with many right and wrong secrets each, a bounded number is remembered', () => {
  const guard = newGuard();
  for (let index = 0; index < 100_000; index += 1) {
    const source = addressFromOctets(Uint8Array.of(11, index >> 16, (index >> 8) & 255, index & 255));
    guard.wrong('a', source, index);
    guard.right('t', 's', source, index);
  }
  assert.equal(guard.size, 10_000);
});

test('a guesser with thousands of secrets is one network, and what was right there is trusted for the last of them', () => {
  const guard = newGuard();
  for (let index = 0; index < 50_000; index += 1) {
    guard.wrong(`guess ${index}`, here, index);
    guard.right(`t${index}`, `s${index}`, elsewhere, index);
  }
  assert.equal(guard.size, 2);
});

function newGuard(): GuessGuard {
  return new GuessGuard(new Uint8Array(32).fill(1));
}

function guess(guard: GuessGuard, count: number, source: Address, fromMs: number): void {
  for (let index = 0; index < count; index += 1) guard.wrong(`guess ${index}`, source, fromMs + index);
}

function addressOf(text: string): Address {
  const address = parseAddress(text);
  assert.ok(address);
  return address;
}

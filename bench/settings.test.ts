import assert from 'node:assert/strict';
import { test } from 'node:test';

import { noPinning } from './pinning.ts';
import { readInvocation } from './settings.ts';

test('a bench runs with the usual settings, or with those that are given', () => {
  assert.deepEqual(readInvocation(['update']), {
    kind: 'run',
    bench: 'update',
    settings: { rounds: 4, seconds: 5, pinning: noPinning },
  });
  assert.deepEqual(readInvocation(['update', '--quick', '--seconds', '2', '--pin', 'load=1']), {
    kind: 'run',
    bench: 'update',
    settings: { rounds: 3, seconds: 2, pinning: { ...noPinning, load: ['taskset', '--cpu-list', '1'] } },
  });
});

test('without a bench, help is given', () => {
  assert.equal(readInvocation([]).kind, 'help');
  assert.equal(readInvocation(['update', '--help']).kind, 'help');
});

test('mistakes are named', () => {
  const mistakes: readonly (readonly [readonly string[], RegExp])[] = [
    [['update', '--fast'], /--fast/],
    [['update', '--rounds', '0'], /--rounds wants/],
    [['update', '--seconds', '1.5'], /--seconds wants/],
    [['update', '--pin', 'x'], /--pin wants/],
    [['update', 'more'], /One bench at a time/],
  ];
  for (const [args, text] of mistakes) {
    const invocation = readInvocation(args);
    assert.equal(invocation.kind, 'mistake');
    assert.match(invocation.kind === 'mistake' ? invocation.text : '', text);
  }
});

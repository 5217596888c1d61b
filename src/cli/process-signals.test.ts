import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { signalsOf } from './process-signals.ts';

test('the first of SIGINT and SIGTERM stops, and the next has the system’s default again', () => {
  for (const signal of ['SIGINT', 'SIGTERM']) {
    const source = new EventEmitter();
    const heard: string[] = [];
    signalsOf(source).onStop((name) => heard.push(name));
    source.emit(signal);
    assert.deepEqual(heard, [signal]);
    assert.deepEqual(source.eventNames(), []);
  }
});

test('every SIGHUP reloads, until the subscription ends', () => {
  const source = new EventEmitter();
  let count = 0;
  const subscription = signalsOf(source).onReload(() => (count += 1));
  source.emit('SIGHUP');
  source.emit('SIGHUP');
  subscription[Symbol.dispose]();
  source.emit('SIGHUP');
  assert.equal(count, 2);
});

test('a subscription to the end of the process can be ended', () => {
  const source = new EventEmitter();
  const subscription = signalsOf(source).onStop(() => assert.fail('is not called'));
  subscription[Symbol.dispose]();
  source.emit('SIGINT');
  assert.deepEqual(source.eventNames(), []);
});

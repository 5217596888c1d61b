import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configPlace } from './search.ts';

const workingDirectory = '/home/user';
const ours = '/home/user/dyndns-data/dyndns.yml';
const usual = { kind: 'usual', paths: ['/home/user/.dyndns.yml', '/etc/dyndns.yml', ours] };

test('the flag comes before the environment', () => {
  const environment = { dyndns_CONFIG_FILE: '/a.yml', DYNDNS_CONFIG_FILE: '/b.yml' };
  assert.deepEqual(configPlace({ flag: 'c.yml', environment, workingDirectory }), {
    kind: 'named',
    path: '/home/user/c.yml',
    by: '--config',
  });
});

test('the original’s spelling of the variable comes before ours', () => {
  const environment = { dyndns_CONFIG_FILE: 'a.yml', DYNDNS_CONFIG_FILE: '/b.yml' };
  assert.deepEqual(configPlace({ flag: undefined, environment, workingDirectory }), {
    kind: 'named',
    path: '/home/user/a.yml',
    by: 'the environment variable dyndns_CONFIG_FILE',
  });
  assert.deepEqual(configPlace({ flag: undefined, environment: { DYNDNS_CONFIG_FILE: '/b.yml' }, workingDirectory }), {
    kind: 'named',
    path: '/b.yml',
    by: 'the environment variable DYNDNS_CONFIG_FILE',
  });
});

test('then the working directory, then /etc, then what a first start has made', () => {
  assert.deepEqual(configPlace({ flag: undefined, environment: {}, workingDirectory }), usual);
});

test('an empty variable is one that is not set', () => {
  assert.deepEqual(configPlace({ flag: undefined, environment: { dyndns_CONFIG_FILE: '' }, workingDirectory }), usual);
});

test('the first start makes its own in the state directory, and systemd says where that is', () => {
  const environment = { STATE_DIRECTORY: '/var/lib/dyndns:/var/lib/other' };
  const place = configPlace({ flag: undefined, environment, workingDirectory });
  assert.equal(place.kind === 'usual' && place.paths.at(-1), '/var/lib/dyndns/dyndns.yml');
});

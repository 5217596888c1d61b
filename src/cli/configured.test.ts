import assert from 'node:assert/strict';
import { test } from 'node:test';
import { externalOf, parseFixture } from '../../test/support/config-fixture.ts';
import { absentConfigHelp, minimalConfig } from './configured.ts';

test('the configuration that a first start suggests is a right one, and its secret a fresh one', async () => {
  const parsed = await parseFixture(minimalConfig('0123456789abcdef'));
  assert.ok(parsed.kind === 'config');
  assert.deepEqual(parsed.config.secrets, ['0123456789abcdef']);
  assert.equal(externalOf(parsed.config.zones[0]).nameserver, '127.0.0.1');
});

test('a first start is told where a configuration was looked for', () => {
  const help = absentConfigHelp(['/home/user/.dyndns.yml', '/etc/dyndns.yml'], '0123456789abcdef');
  assert.match(help, /^ {2}\/home\/user\/\.dyndns\.yml\n {2}\/etc\/dyndns\.yml$/m);
  assert.match(help, /--config FILE/);
  assert.ok(help.includes(minimalConfig('0123456789abcdef')));
  assert.match(help, /"dyndns serve" makes one, with the built-in nameserver/);
});

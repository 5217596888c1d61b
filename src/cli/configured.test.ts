import assert from 'node:assert/strict';
import { test } from 'node:test';
import { externalOf, parseFixture } from '../../test/support/config-fixture.ts';
import type { CliContext } from './command.ts';
import { absentConfigHelp, minimalConfig, withLoaded } from './configured.ts';
import { Output } from './output.ts';

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

test('a first start by a program is told it as data', async () => {
  let text = '';
  const output = new Output({ write: (written) => (text += written), on: () => undefined }, {});
  const context = { output, errors: output } satisfies Partial<CliContext> as unknown as CliContext;
  const loaded = { kind: 'absent', searched: ['/home/user/.dyndns.yml', '/etc/dyndns.yml'] } as const;
  const never = () => Promise.reject(new Error('there is nothing to use'));
  assert.equal(await withLoaded(loaded, context, never, true), 78);
  const { error } = JSON.parse(text);
  assert.equal(error.code, 'configuration');
  assert.match(error.text, /looked for here: \/home\/user\/\.dyndns\.yml, \/etc\/dyndns\.yml\.$/);
});

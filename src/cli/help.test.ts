import assert from 'node:assert/strict';
import { test } from 'node:test';

import { defaultRegistryLimits } from '../registry/limits.ts';
import { commands } from './commands.ts';
import { helpText } from './help.ts';

/** What `--help` of a command says of an option. */
function said(name: string, option: string): string {
  const command = commands.find((each) => each.name === name);
  assert.ok(command, name);
  const line = helpText(command, undefined, commands)
    .split('\n')
    .find((each) => each.startsWith(`      --${option} `));
  return line ?? '';
}

test('what is only kept is not promised to be done', () => {
  assert.match(
    said('host set', 'expires-after'),
    /is kept with the host; this version removes nothing by it yet: 30d$/,
  );
  assert.match(said('host set', 'no-expiry'), /undo --expires-after$/);
});

test('what is said of the options of a token is what the registry does', () => {
  const { maxOverlapSeconds } = defaultRegistryLimits;
  assert.match(said('token create', 'max-names'), /how many new names it may give records to \(100\)$/);
  assert.match(said('token create', 'expires'), /90d, 12h, 2w, .*\(UTC\)$/);
  assert.match(said('token create', 'type'), /\(A,AAAA,acme\)$/);
  assert.ok(said('token rotate', 'overlap').includes(`, ${maxOverlapSeconds / 86_400} days at most`));
  assert.match(
    helpText(undefined, undefined, commands),
    /^ {2}backup FILE +copy the database: .*tokens, hosts and history$/m,
  );
});

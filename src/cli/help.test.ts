import assert from 'node:assert/strict';
import { test } from 'node:test';

import { commands } from './commands.ts';
import { helpText } from './help.ts';

/** What `--help` of a command says of an option. */
function said(name: string, option: string): string {
  const command = commands.find((each) => each.name === name);
  assert.ok(command, name);
  const line = helpText(command, undefined, commands)
    .split('\n')
    .find((each) => each.includes(` --${option}`));
  return line ?? '';
}

test('what is only kept is not promised to be done', () => {
  assert.match(
    said('host set', 'expires-after'),
    /is kept with the host; this version removes nothing by it yet: 30d$/,
  );
  assert.match(said('host set', 'no-expiry'), /undo --expires-after$/);
});

import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { requirePeer } from '../support/peers.ts';
import { runCommand } from '../support/run-command.ts';
import { fencedBlocks } from './fenced-blocks.ts';
import { follow, sectionOf, succeed } from './follow-blocks.ts';
import { repositoryRoot, WalkThrough } from './walk-through.ts';

test('the way from npm start to the world can be walked, and cron makes backups at its end', async (t) => {
  if (!requirePeer(t, 'dig')) return;
  const page = await readFile(join(repositoryRoot, 'docs/operator/embedded.md'), 'utf8');
  await using machine = await WalkThrough.begin();
  const steps = fencedBlocks(sectionOf(page, '## From `npm start` to the world'));
  assert.ok(steps.length >= 7, `only ${steps.length} blocks were found`);
  for (const block of steps) await follow(block, machine);

  const backup = fencedBlocks(sectionOf(page, '## Backup and restore'));
  for (const block of backup) await follow(block, machine);
  const table = await readFile(machine.path('/etc/cron.d/dyndns-backup'), 'utf8');
  const [, command = ''] = /^17 3 \* \* \* dyndns (.+)$/m.exec(table) ?? [];
  // crontab(5): a percent sign ends the command unless it is escaped; and this is all that it is given.
  assert.doesNotMatch(command, /(?<!\\)%/);
  const environment = ['-i', 'PATH=/usr/bin:/bin', 'HOME=/nonexistent'];
  const named = `dyndns_CONFIG_FILE=${machine.path('/etc/dyndns.yml')}`;
  succeed(await runCommand('env', [...environment, named, '/bin/sh', '-c', command.replaceAll('\\%', '%')]));
  const copies = await readdir(machine.path('/var/backups/dyndns'));
  assert.match(copies.join(), /^\d{4}-\d\d-\d\d\.db$/);
});

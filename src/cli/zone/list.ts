import type { Command } from '../command.ts';
import { ExitCode } from '../exit-code.ts';

export const zoneListCommand: Command = {
  name: 'zone list',
  summary: 'show the zones of the configuration and of the database',
  operands: '',
  minOperands: 0,
  maxOperands: 0,
  description: `Shows every zone: where it is, its serial, how many names and records it has, and whether it is dormant, which is
what becomes of a zone that the configuration does not name any more. It only looks, beside a running service too.`,
  options: { json: { text: 'tell it as JSON' } },
  examples: [
    { line: 'dyndns zone list', text: 'all zones' },
    { line: `dyndns zone list --json | jq -r '.[] | select(.dormant) | .zone'`, text: 'those that are dormant' },
  ],
  exitCodes: [ExitCode.failed],
  // Loaded when it is needed: `--help` needs no database.
  run: async (invocation, context) => await (await import('./listing.ts')).runList(invocation, context),
};

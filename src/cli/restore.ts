import type { Command } from './command.ts';
import { ExitCode } from './exit-code.ts';

export const restoreCommand: Command = {
  name: 'restore',
  summary: 'put a backup in the place of the database',
  operands: 'FILE',
  minOperands: 1,
  maxOperands: 1,
  description: `Reads the backup from its beginning to its end, keeps the database that is there under another name, and puts the backup
in its place in one step. The service has to be stopped. Every zone gets a serial that is greater than those of the backup, of
the database before and of the secondaries, which are asked, so that they take what was restored for newer.`,
  options: {
    serial: { value: 'ZONE=N', text: 'give this zone this serial; several are separated by commas' },
    json: { text: 'tell it as JSON' },
  },
  examples: [
    { line: 'dyndns restore /var/backups/dyndns-monday.db', text: 'put it in place' },
    { line: 'dyndns restore old.db --serial dyndns.example.com=2026112601', text: 'with a serial of your own' },
  ],
  exitCodes: [ExitCode.failed],
  run: async (invocation, context) => await (await import('./restoring.ts')).runRestore(invocation, context),
};

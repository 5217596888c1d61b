import type { Command } from './command.ts';
import { ExitCode } from './exit-code.ts';

export const backupCommand: Command = {
  name: 'backup',
  summary: 'copy the database: hosted zones, tokens, hosts and history',
  operands: 'FILE',
  minOperands: 1,
  maxOperands: 1,
  description: `Copies the database as of one moment into a new file, which only its owner may read, and reads the copy from its
beginning to its end. The service goes on meanwhile, and everything that it had answered before is in the copy.`,
  options: { json: { text: 'tell it as JSON' } },
  examples: [
    { line: 'dyndns backup /var/backups/dyndns-monday.db', text: 'a copy' },
    { line: 'dyndns backup "/var/backups/dyndns-$(date +%F).db"', text: 'one a day, from cron' },
  ],
  exitCodes: [ExitCode.failed],
  // Loaded when it is needed: `--help` needs no database.
  run: async (invocation, context) => await (await import('./copying.ts')).runBackup(invocation, context),
};

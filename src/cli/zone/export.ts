import type { Command } from '../command.ts';
import { ExitCode } from '../exit-code.ts';

export const zoneExportCommand: Command = {
  name: 'zone export',
  summary: 'write a hosted zone as a zone file, as BIND and others read it',
  operands: 'ZONE [FILE]',
  minOperands: 1,
  maxOperands: 2,
  description: `Writes all records of a zone that is hosted here or dormant as a zone file (RFC 1035), to standard output or into a
file, which must not be there yet. "dyndns zone import" reads it back. It only looks into the database, beside a running
service too.`,
  options: { force: { text: 'take the place of a file that is there' } },
  examples: [
    { line: 'dyndns zone export dyndns.example.com', text: 'to standard output' },
    { line: 'dyndns zone export dyndns.example.com dyndns.zone', text: 'into a new file' },
  ],
  exitCodes: [ExitCode.failed],
  run: async (invocation, context) => await (await import('./exporting.ts')).runExport(invocation, context),
};

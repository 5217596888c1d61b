import type { Command } from '../command.ts';
import { ExitCode } from '../exit-code.ts';

export const zoneShowCommand: Command = {
  name: 'zone show',
  summary: 'show the records of a hosted zone, and which of them are static',
  operands: 'ZONE',
  minOperands: 1,
  maxOperands: 1,
  description: `Shows every record of a zone that is hosted here or dormant. Static is what the configuration says; dynamic is
what updates or an import have set. It only looks, beside a running service too.`,
  options: { json: { text: 'tell it as JSON' } },
  examples: [
    { line: 'dyndns zone show dyndns.example.com', text: 'all records' },
    { line: 'dyndns zone show dyndns.example.com | grep dynamic', text: 'what clients have set' },
  ],
  exitCodes: [ExitCode.failed],
  run: async (invocation, context) => await (await import('./showing.ts')).runShow(invocation, context),
};

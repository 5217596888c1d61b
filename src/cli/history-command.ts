import type { Command } from './command.ts';
import { ExitCode } from './exit-code.ts';

export const historyCommand: Command = {
  name: 'history',
  summary: 'show what became of updates',
  operands: '[NAME]',
  minOperands: 0,
  maxOperands: 1,
  description: `Shows the last updates of a name, or of all: what it had before and has now, when, by whose word, how and from where; what was
asked for and not done; and what else is to be known, such as two machines that fight over a name.`,
  options: { limit: { value: 'COUNT', text: 'so many entries at most (50)' }, json: { text: 'tell it as JSON' } },
  examples: [
    { line: 'dyndns history home.example.com', text: 'of one name' },
    { line: 'dyndns history --limit 500 --json', text: 'of all, for programs' },
  ],
  exitCodes: [ExitCode.failed, ExitCode.unreachable],
  run: async (invocation, context) => await (await import('./history.ts')).runHistory(invocation, context),
};

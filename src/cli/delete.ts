import { readName } from '../http/dialects/seed-request.ts';
import { deleteAnswer } from '../http/dialects/seed-words.ts';
import { noAddresses } from '../updates/request.ts';
import { change } from './change.ts';
import { ExitCode } from './exit-code.ts';
import type { Command } from './command.ts';

export const deleteCommand: Command = {
  name: 'delete',
  summary: 'remove the addresses of a name',
  operands: 'FQDN',
  minOperands: 1,
  maxOperands: 1,
  description: 'Removes the A and AAAA records of a name. Other records of that name stay.',
  options: { json: { text: 'tell the outcome as JSON' } },
  examples: [{ line: 'dyndns delete home.dyndns.example.com', text: 'remove its A and AAAA records' }],
  exitCodes: [ExitCode.failed, ExitCode.unreachable, ExitCode.unconfirmed],
  run: async (invocation, context) => {
    const [fqdn] = invocation.operands;
    const lookup = { get: (name: string): string | undefined => (name === 'fqdn' ? fqdn : undefined) };
    return await change(
      {
        read: (zones) => {
          const name = readName(lookup, zones);
          return name.kind === 'refused'
            ? name
            : { kind: 'read', value: { hostname: name.value, intents: noAddresses } };
        },
        word: deleteAnswer,
      },
      invocation,
      context,
    );
  },
};

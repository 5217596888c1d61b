import type { Command } from './command.ts';
import { ExitCode } from './exit-code.ts';

export const checkCommand: Command = {
  name: 'check',
  summary: 'try an update in every zone, and say what is wrong and what to do',
  operands: '',
  minOperands: 0,
  maxOperands: 0,
  description: `Connects to the primary of every zone, compares zone, key and clock, writes a TXT record with random content at a name
of its own, reads it back, removes it, and compares the serial at every nameserver of the zone. Every fault is told
with its cause and its remedy. Of a zone that is hosted here it looks at the service, its database and disk, tries an update where
there is a key, and sees whether the world gets through to port 53, what the zone above says, and how far the secondaries are;
and it prints the records that the zone above needs. On a terminal it shows every step; else one line a zone, as the original did:
"INFO: The update check passed: …" or "CHECK_ERROR: …", and "WARNING: …" for what does not stop updates.
It ends with 0 when updates work in every zone, warnings or not, and with 1 otherwise, also
where no nameserver could be reached, or the service that hosts a zone does not run.`,
  options: {
    json: { text: 'tell everything as JSON: {passed, zones: [{zone, status, steps: [{step, status, findings}], …}]}' },
  },
  examples: [
    { line: 'dyndns check', text: 'examine all zones' },
    { line: 'dyndns --config new.yml check', text: 'before a new configuration is put in place' },
    {
      line: `dyndns check --json | jq -r '.zones[].steps[].findings[].code'`,
      text: 'only the codes of what was found',
    },
  ],
  exitCodes: [ExitCode.failed],
  // Loaded when it is needed: no other command examines anything.
  run: async (invocation, context) => await (await import('./examination.ts')).runExamination(invocation, context),
};

import type { Command } from '../command.ts';
import { ExitCode } from '../exit-code.ts';

export const zoneImportCommand: Command = {
  name: 'zone import',
  summary: 'bring a zone from a zone file or from another nameserver to the built-in one',
  operands: 'ZONE [FILE]',
  minOperands: 1,
  maxOperands: 2,
  description: `Reads a zone file as BIND has it, or transfers the zone from a running nameserver (AXFR), and makes all of it the
dynamic content of a hosted zone, in one step. What the configuration says of the zone stays: SOA, NS, static records; what
differs is told. The serial becomes greater than both, so that secondaries of the old server go on following. A zone that
holds records of clients already is changed with --replace or --merge only. Records of DNSSEC are left out. Beside a
running service, the service does it; it needs no restart.`,
  options: {
    from: {
      value: 'HOST[:PORT]',
      text: 'transfer the zone from this nameserver, signed with the key of the zone if it takes it',
    },
    'key-file': { value: 'FILE', text: 'sign the transfer with the key in this file, as tsig-keygen prints it' },
    replace: { text: 'remove what clients have set before' },
    merge: { text: 'replace only RRsets of the same name and type' },
    'dry-run': { text: 'change nothing, and tell what would be changed' },
    json: { text: 'tell the outcome as JSON' },
  },
  examples: [
    { line: 'dyndns zone import dyndns.example.com /var/lib/bind/dyndns.example.com.zone', text: 'a zone file' },
    { line: 'dyndns zone import dyndns.example.com --from 192.0.2.53 --dry-run', text: 'what a transfer would bring' },
    { line: 'dyndns zone import dyndns.example.com --from [2001:db8::53]:5300 --key-file old.key', text: 'with a key' },
  ],
  exitCodes: [ExitCode.failed, ExitCode.unreachable, ExitCode.unconfirmed],
  run: async (invocation, context) => await (await import('./importing.ts')).runImport(invocation, context),
};

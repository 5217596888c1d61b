import type { Command, CommandOption } from '../command.ts';
import { ExitCode } from '../exit-code.ts';

const json: Readonly<Record<string, CommandOption>> = { json: { text: 'tell it as JSON' } };
const nameOperand = { operands: 'NAME', minOperands: 1, maxOperands: 1 } as const;
const exitCodes = [ExitCode.failed, ExitCode.unreachable];

const set: Command = {
  name: 'host set',
  summary: 'say what is to be known of a name besides its records',
  ...nameOperand,
  description: `Makes a host, or changes one: what is given changes, everything else stays. A host that follows another gets its AAAA
record rewritten when that one reports a new IPv6 prefix: the bits behind the prefix come from its interface ID, or from
the record that it has.`,
  options: {
    ttl: { value: 'SECONDS', text: 'the TTL of new records; `default` for that of the configuration' },
    'interface-id': { value: 'ADDRESS', text: 'its own bits of IPv6 addresses, such as ::1234:5678' },
    'no-interface-id': { text: 'forget its own bits' },
    follows: { value: 'HOST', text: 'follow the prefix of that host, which is usually the router' },
    'no-follows': { text: 'follow nobody' },
    'expires-after': { value: 'TIME', text: 'is kept with the host; this version removes nothing by it yet: 30d' },
    'no-expiry': { text: 'undo --expires-after' },
    wildcard: { text: 'give *.NAME the same addresses' },
    'no-wildcard': { text: 'leave *.NAME alone' },
    description: { value: 'TEXT', text: 'for people' },
    ...json,
  },
  examples: [
    { line: 'dyndns host set nas.example.com --follows router.example.com', text: 'its prefix comes from the router' },
    {
      line: 'dyndns host set tv.example.com --follows router.example.com --interface-id ::5:0:0:0:a',
      text: 'subnet 5',
    },
    { line: 'dyndns host set home.example.com --ttl 60 --wildcard', text: 'and *.home.example.com' },
  ],
  exitCodes,
  run: async (invocation, context) => await (await import('./running.ts')).runSet(invocation, context),
};

const list: Command = {
  name: 'host list',
  summary: 'show the names that are looked after',
  operands: '',
  minOperands: 0,
  maxOperands: 0,
  description: 'Shows every host in the order of the names: what it follows, and when it was last heard of.',
  options: { text: { value: 'PART', text: 'only names with this in them' }, ...json },
  examples: [{ line: 'dyndns host list --text home', text: 'those of one home' }],
  exitCodes,
  run: async (invocation, context) => await (await import('./running.ts')).runList(invocation, context),
};

const show: Command = {
  name: 'host show',
  summary: 'show one host, who follows it, and its last updates',
  ...nameOperand,
  description: 'Shows what is known of a host besides its records, and what became of its last updates.',
  options: json,
  examples: [{ line: 'dyndns host show home.example.com', text: 'one name' }],
  exitCodes,
  run: async (invocation, context) => await (await import('./running.ts')).runShow(invocation, context),
};

const remove: Command = {
  name: 'host delete',
  summary: 'forget a host; its records stay',
  ...nameOperand,
  description: `Forgets what is known of a name besides its records. The records stay, and \`dyndns delete NAME\` removes them; the next
update of the name makes a host of it again.`,
  options: json,
  examples: [{ line: 'dyndns host delete old.example.com', text: 'one name' }],
  exitCodes,
  run: async (invocation, context) => await (await import('./running.ts')).runDelete(invocation, context),
};

/** What becomes of hosts. */
export const hostCommands: readonly Command[] = [set, list, show, remove];

import type { Command, CommandOption } from '../command.ts';
import { ExitCode } from '../exit-code.ts';

const json: Readonly<Record<string, CommandOption>> = { json: { text: 'tell it as JSON' } };

const scopeOptions: Readonly<Record<string, CommandOption>> = {
  name: {
    value: 'NAMES',
    text: 'the names it may change: home.example.com, or *.home.example.com for all below; several with commas',
  },
  zone: { value: 'ZONES', text: 'all names of these zones' },
  type: {
    value: 'TYPES',
    text: 'the types of records: A, AAAA, TXT …, and acme for the challenges of certificates (A,AAAA,acme)',
  },
  network: { value: 'NETWORKS', text: 'where it may be used from, such as 192.0.2.0/24,2001:db8::/32' },
  expires: { value: 'WHEN', text: 'when it ends: 90d, 12h, 2w, or at the beginning of a day such as 2027-12-31 (UTC)' },
  'max-names': { value: 'COUNT', text: 'how many new names it may give records to (100)' },
  'https-only': { text: 'refuse it over plain HTTP' },
  'public-addresses': { text: 'refuse addresses that not everybody can reach' },
  description: { value: 'TEXT', text: 'for people: whose it is, and in which device' },
};

const idOperand = { operands: 'ID', minOperands: 1, maxOperands: 1 } as const;
const exitCodes = [ExitCode.failed, ExitCode.unreachable];

const create: Command = {
  name: 'token create',
  summary: 'make a token, which may change some names',
  operands: '',
  minOperands: 0,
  maxOperands: 0,
  description: `Makes a secret that stands for some names, types of records, networks and time, and shows it once: only its digest is
kept. It is the password in routers and scripts, and works wherever the administrator's secret does, within its scope.
Without --type it may change addresses and the challenges of certificates. With --tsig it is a key for DNS UPDATE, too.`,
  options: {
    ...scopeOptions,
    tsig: { value: 'ALGORITHM', text: 'also make a TSIG key: hmac-sha256, hmac-sha512 …' },
    ...json,
  },
  examples: [
    { line: 'dyndns token create --name home.example.com --description "router in the cellar"', text: 'one name' },
    { line: 'dyndns token create --name home.example.com,*.home.example.com --expires 90d', text: 'and all below it' },
    { line: 'dyndns token create --zone example.com --type acme --tsig hmac-sha256', text: 'for certbot' },
  ],
  exitCodes,
  run: async (invocation, context) => await (await import('./changing.ts')).runCreate(invocation, context),
};

const list: Command = {
  name: 'token list',
  summary: 'show all tokens, what they may do and when they were used last',
  operands: '',
  minOperands: 0,
  maxOperands: 0,
  description:
    'Shows every token that was ever made, those that have ended among them. No secret is shown: none is kept.',
  options: json,
  examples: [{ line: `dyndns token list --json | jq -r '.[] | select(.state == "good") | .id'`, text: 'those in use' }],
  exitCodes,
  run: async (invocation, context) => await (await import('./showing.ts')).runList(invocation, context),
};

const show: Command = {
  name: 'token show',
  summary: 'show one token',
  ...idOperand,
  description: 'Shows what a token may do, its keys, and when, from where and how it was used last.',
  options: json,
  examples: [{ line: 'dyndns token show k3j5n2xqpa', text: 'one of those that `dyndns token list` has' }],
  exitCodes,
  run: async (invocation, context) => await (await import('./showing.ts')).runShow(invocation, context),
};

const edit: Command = {
  name: 'token edit',
  summary: 'change what a token may do',
  ...idOperand,
  description: `Changes what is given, and leaves everything else. A list takes the place of the one before: --name names all names
that the token is for from now on. Its secret stays.`,
  options: {
    ...scopeOptions,
    'any-network': { text: 'let it be used from anywhere' },
    'no-expiry': { text: 'let it never end' },
    'plain-http': { text: 'take it over plain HTTP' },
    'all-addresses': { text: 'take private addresses, too' },
    ...json,
  },
  examples: [{ line: 'dyndns token edit k3j5n2xqpa --name home.example.com,nas.example.com', text: 'two names' }],
  exitCodes,
  run: async (invocation, context) => await (await import('./changing.ts')).runEdit(invocation, context),
};

const rotate: Command = {
  name: 'token rotate',
  summary: 'give a token a new secret',
  ...idOperand,
  description: `Makes a new secret, and a new TSIG key where there was one, and shows them once. The old ones go on working for the time
of the overlap, so that devices can be changed one after the other.`,
  options: {
    overlap: { value: 'TIME', text: 'how long the old secret works still: 7d, 12h …, 30 days at most (not at all)' },
    ...json,
  },
  examples: [{ line: 'dyndns token rotate k3j5n2xqpa --overlap 7d', text: 'a week to change the devices' }],
  exitCodes,
  run: async (invocation, context) => await (await import('./changing.ts')).runRotate(invocation, context),
};

const revoke: Command = {
  name: 'token revoke',
  summary: 'end a token for good',
  ...idOperand,
  description: 'Ends a token at once and for good. What it has set stays.',
  options: json,
  examples: [{ line: 'dyndns token revoke k3j5n2xqpa', text: 'a device that was lost' }],
  exitCodes,
  run: async (invocation, context) => await (await import('./changing.ts')).runRevoke(invocation, context),
};

const block: Command = {
  name: 'token block',
  summary: 'have clients with this token give up',
  ...idOperand,
  description: `Refuses a token with the word abuse where the dialect has it, after which well-behaved clients stop until a person looks.
\`dyndns token unblock\` takes it back.`,
  options: json,
  examples: [{ line: 'dyndns token block k3j5n2xqpa', text: 'a client that does not behave' }],
  exitCodes,
  run: async (invocation, context) => await (await import('./changing.ts')).runBlock(invocation, context, true),
};

const unblock: Command = {
  name: 'token unblock',
  summary: 'let a token that was blocked work again',
  ...idOperand,
  description: 'Takes `dyndns token block` back.',
  options: json,
  examples: [{ line: 'dyndns token unblock k3j5n2xqpa', text: 'when the client has been mended' }],
  exitCodes,
  run: async (invocation, context) => await (await import('./changing.ts')).runBlock(invocation, context, false),
};

/** What becomes of tokens. */
export const tokenCommands: readonly Command[] = [create, list, show, edit, rotate, revoke, block, unblock];

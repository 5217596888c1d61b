import type { Command, CommandOption } from './command.ts';
import { commonExitCodes, exitCodeMeanings } from './exit-code.ts';
import { commandsOf, commonOptions } from './options.ts';

/** Of a command, of those that begin with the same word, or of all. */
export function helpText(
  command: Command | undefined,
  group: string | undefined,
  commands: readonly Command[],
): string {
  if (command) return commandHelp(command);
  return group === undefined ? programHelp(commands) : groupHelp(group, commandsOf(group, commands));
}

/** `dyndns zone --help` */
function groupHelp(group: string, commands: readonly Command[]): string {
  return [
    `Usage: dyndns ${group} COMMAND [OPTION…]`,
    '',
    'Commands:',
    ...commandLines(commands),
    '',
    'Examples:',
    ...exampleLines(commands.flatMap(({ examples }) => examples.slice(0, 1))),
    '',
    `"dyndns ${group} COMMAND --help" tells more about a command.`,
  ].join('\n');
}

function commandLines(commands: readonly Command[]): string[] {
  return twoColumns(commands.map(({ name, operands, summary }) => [operands ? `${name} ${operands}` : name, summary]));
}

/** `dyndns --help` */
function programHelp(commands: readonly Command[]): string {
  return [
    'dyndns: names that follow changing addresses. HTTP in, signed DNS updates out, or a nameserver of its own.',
    '',
    'Usage: dyndns COMMAND [OPTION…]',
    '',
    'Commands:',
    ...commandLines(commands),
    '',
    'Options:',
    ...optionLines(commonOptions),
    '',
    'Examples:',
    ...exampleLines(commands.flatMap(({ examples }) => examples.slice(0, 1))),
    '',
    'The configuration is the first of these that is there: --config FILE, the environment variables',
    'dyndns_CONFIG_FILE and DYNDNS_CONFIG_FILE, ./.dyndns.yml, /etc/dyndns.yml, and dyndns.yml in the state',
    'directory, which is $STATE_DIRECTORY, else ./dyndns-data.',
    '',
    'Exit codes:',
    ...exitCodeLines(exitCodeMeanings),
    '',
    '"dyndns COMMAND --help" tells more about a command.',
  ].join('\n');
}

/** `dyndns COMMAND --help` */
function commandHelp(command: Command): string {
  const { name, operands, description, options, examples, exitCodes } = command;
  return [
    `Usage: dyndns ${name} [OPTION…]${operands ? ` ${operands}` : ''}`,
    '',
    description,
    '',
    'Options:',
    ...optionLines({ ...options, ...commonOptions }),
    '',
    'Examples:',
    ...exampleLines(examples),
    '',
    'Exit codes:',
    ...exitCodeLines(exitCodeMeanings.filter(([code]) => [...commonExitCodes, ...exitCodes].includes(code))),
  ].join('\n');
}

function optionLines(options: Readonly<Record<string, CommandOption>>): string[] {
  const rows = Object.entries(options).map(([name, { short, value, text }]): [string, string] => {
    const long = value === undefined ? `--${name}` : `--${name} ${value}`;
    return [short === undefined ? `    ${long}` : `-${short}, ${long}`, text];
  });
  return twoColumns(rows);
}

function exampleLines(examples: readonly { line: string; text: string }[]): string[] {
  return twoColumns(examples.map(({ line, text }) => [line, text]));
}

function exitCodeLines(meanings: typeof exitCodeMeanings): string[] {
  return twoColumns(meanings.map(([code, meaning]) => [String(code), meaning]));
}

function twoColumns(rows: readonly (readonly [left: string, right: string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}

import type { Command, CommandOption } from './command.ts';
import { commonExitCodes, exitCodeMeanings } from './exit-code.ts';
import { commonOptions } from './options.ts';

/** `dyndns --help` */
export function programHelp(commands: readonly Command[]): string {
  return [
    'dyndns: names that follow changing addresses. HTTP in, signed DNS updates out.',
    '',
    'Usage: dyndns COMMAND [OPTION…]',
    '',
    'Commands:',
    ...twoColumns(commands.map(({ name, operands, summary }) => [operands ? `${name} ${operands}` : name, summary])),
    '',
    'Options:',
    ...optionLines(commonOptions),
    '',
    'Examples:',
    ...exampleLines(commands.flatMap(({ examples }) => examples.slice(0, 1))),
    '',
    'The configuration is the first of these that is there: --config FILE, the environment variables',
    'dyndns_CONFIG_FILE and DYNDNS_CONFIG_FILE, ./.dyndns.yml, /etc/dyndns.yml.',
    '',
    'Exit codes:',
    ...exitCodeLines(exitCodeMeanings),
    '',
    '"dyndns COMMAND --help" tells more about a command.',
  ].join('\n');
}

/** `dyndns COMMAND --help` */
export function commandHelp(command: Command): string {
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

import { parseArgs } from 'node:util';
import { nearestWord } from '../config/nearest.ts';
import type { Command, CommandOption, Invocation } from './command.ts';

/** Options that every command has. */
export const commonOptions: Readonly<Record<string, CommandOption>> = {
  config: { short: 'c', value: 'FILE', text: 'read the configuration from FILE' },
  help: { short: 'h', text: 'show this help' },
  version: { short: 'v', text: 'show the version' },
};

export type ParsedCommandLine =
  | { readonly kind: 'help'; readonly command: Command | undefined }
  | { readonly kind: 'version' }
  | { readonly kind: 'command'; readonly command: Command; readonly invocation: Invocation }
  | { readonly kind: 'wrong'; readonly message: string; readonly command: Command | undefined };

/** Understands the arguments after the program's name; options may stand before and after the command. */
export function parseCommandLine(args: readonly string[], commands: readonly Command[]): ParsedCommandLine {
  const everyOption = Object.assign(
    {},
    commonOptions,
    ...commands.map(({ options }) => options),
  ) as typeof commonOptions;
  const [name, index] = firstOperand(args, everyOption);
  // `dyndns help update` is what many type first.
  const isHelp = name === 'help';
  const rest = name === undefined ? args : args.toSpliced(index, 1);
  const [wanted, wantedIndex] = isHelp ? firstOperand(rest, everyOption) : [name, index];
  const command = commands.find((one) => one.name === wanted);
  if (wanted !== undefined && !command) return { kind: 'wrong', message: unknownCommand(wanted, commands), command };
  if (isHelp) return { kind: 'help', command };
  return wantedIndex >= 0 && command ? parseFor(command, rest) : parseFor(undefined, rest);
}

function firstOperand(
  args: readonly string[],
  options: Readonly<Record<string, CommandOption>>,
): [string | undefined, number] {
  const { tokens } = parseArgs({
    args: [...args],
    options: parserOptions(options),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const operand = tokens.find((token) => token.kind === 'positional');
  return operand ? [operand.value, operand.index] : [undefined, -1];
}

function parseFor(command: Command | undefined, args: readonly string[]): ParsedCommandLine {
  const options = { ...commonOptions, ...command?.options };
  const { tokens } = parseArgs({
    args: [...args],
    options: parserOptions(options),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const operands: string[] = [];
  const values: Record<string, string> = {};
  const switches = new Set<string>();
  let mistake: string | undefined;
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value);
    if (token.kind !== 'option') continue;
    const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
    mistake ??= optionMistake(token, option, options, values);
    if (token.value === undefined) switches.add(token.name);
    else values[token.name] = token.value;
  }
  if (switches.has('help')) return { kind: 'help', command };
  if (switches.has('version')) return { kind: 'version' };
  if (!command) return { kind: 'wrong', message: mistake ?? 'a command is missing', command };
  mistake ??= operandMistake(command, operands);
  if (mistake !== undefined) return { kind: 'wrong', message: mistake, command };
  return { kind: 'command', command, invocation: { operands, values, switches } };
}

function parserOptions(options: Readonly<Record<string, CommandOption>>) {
  const entries = Object.entries(options).map(([name, { short, value }]) => {
    const type = value === undefined ? ('boolean' as const) : ('string' as const);
    return [name, short === undefined ? { type } : { type, short }] as const;
  });
  return Object.fromEntries(entries);
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function optionMistake(
  { name, rawName, value, inlineValue }: OptionToken,
  option: CommandOption | undefined,
  options: Readonly<Record<string, CommandOption>>,
  earlier: Readonly<Record<string, string>>,
): string | undefined {
  if (!option) {
    const nearest = rawName.startsWith('--') ? nearestWord(name, Object.keys(options)) : undefined;
    return `there is no option ${rawName}${nearest === undefined ? '' : `; did you mean --${nearest}?`}`;
  }
  if (option.value === undefined) return value === undefined ? undefined : `${rawName} takes no value`;
  // What follows is an option of its own; a value that begins with a hyphen is written behind an equals sign.
  const isMissing = value === undefined || (inlineValue !== true && value.startsWith('-'));
  if (isMissing) return `${rawName} needs a value: ${rawName} ${option.value}`;
  if (value === '') return `${rawName} needs a value that is not empty`;
  return Object.hasOwn(earlier, name) ? `${rawName} stands here twice; give it once` : undefined;
}

function operandMistake(command: Command, operands: readonly string[]): string | undefined {
  if (operands.length < command.minOperands) return `${command.name} needs ${command.operands}`;
  const extra = operands[command.maxOperands];
  if (extra === undefined) return undefined;
  return command.maxOperands === 0
    ? `${command.name} takes no argument, but ${JSON.stringify(extra)} stands here`
    : `${command.name} takes ${command.operands}; ${JSON.stringify(extra)} is one too many`;
}

function unknownCommand(written: string, commands: readonly Command[]): string {
  const names = commands.map(({ name }) => name);
  const nearest = nearestWord(written, names);
  const remedy = nearest === undefined ? `the commands are ${names.join(', ')}` : `did you mean ${nearest}?`;
  return `there is no command ${JSON.stringify(written)}; ${remedy}`;
}

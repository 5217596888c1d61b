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
  /** Of a command, of those that begin with the same word, or of all. */
  | { readonly kind: 'help'; readonly command: Command | undefined; readonly group?: string }
  | { readonly kind: 'version' }
  | { readonly kind: 'command'; readonly command: Command; readonly invocation: Invocation }
  | {
      readonly kind: 'wrong';
      readonly message: string;
      readonly command: Command | undefined;
      readonly group?: string;
    };

/** Understands the arguments after the program's name; options may stand before and after the command. */
export function parseCommandLine(args: readonly string[], commands: readonly Command[]): ParsedCommandLine {
  const everyOption = Object.assign(
    {},
    commonOptions,
    ...commands.map(({ options }) => options),
  ) as typeof commonOptions;
  const [first, afterFirst] = takeOperand(args, everyOption);
  // `dyndns help update` is what many type first.
  const isHelp = first === 'help';
  const [word, afterWord] = isHelp ? takeOperand(afterFirst, everyOption) : [first, afterFirst];
  if (word !== undefined && isGroup(word, commands)) {
    const [second, afterSecond] = takeOperand(afterWord, everyOption);
    if (second === undefined) return parseGroup(word, afterWord, isHelp, commands);
    const command = commands.find((one) => one.name === `${word} ${second}`);
    if (!command)
      return { kind: 'wrong', message: unknownCommand(second, commandsOf(word, commands), word), command, group: word };
    return isHelp ? { kind: 'help', command } : parseFor(command, afterSecond);
  }
  const command = commands.find((one) => one.name === word);
  if (word !== undefined && !command) return { kind: 'wrong', message: unknownCommand(word, commands), command };
  return isHelp ? { kind: 'help', command } : parseFor(command, afterWord);
}

function isGroup(word: string, commands: readonly Command[]): boolean {
  return commandsOf(word, commands).length > 0;
}

/** Those that have the word in common. */
export function commandsOf(word: string, commands: readonly Command[]): readonly Command[] {
  return commands.filter(({ name }) => name.startsWith(`${word} `));
}

/** The word alone, which is half a command. */
function parseGroup(
  word: string,
  args: readonly string[],
  isHelp: boolean,
  commands: readonly Command[],
): ParsedCommandLine {
  const parsed = parseFor(undefined, args);
  if (isHelp || parsed.kind === 'help') return { kind: 'help', command: undefined, group: word };
  if (parsed.kind === 'version') return parsed;
  const names = commandsOf(word, commands).map(({ name }) => name.slice(word.length + 1));
  return { kind: 'wrong', message: `${word} needs one of ${names.join(', ')}`, command: undefined, group: word };
}

/** The first operand, and the arguments without it. */
function takeOperand(
  args: readonly string[],
  options: Readonly<Record<string, CommandOption>>,
): [string | undefined, readonly string[]] {
  const { tokens } = parseArgs({
    args: [...args],
    options: parserOptions(options),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const operand = tokens.find((token) => token.kind === 'positional');
  return operand ? [operand.value, args.toSpliced(operand.index, 1)] : [undefined, args];
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
  return { kind: 'command', command, invocation: { command: command.name, operands, values, switches } };
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

function unknownCommand(written: string, commands: readonly Command[], group?: string): string {
  const words = commands.map(({ name }) =>
    group === undefined ? name.split(' ', 1).join() : name.slice(group.length + 1),
  );
  const names = [...new Set(words)];
  const nearest = nearestWord(written, names);
  const whole = (word: string) => (group === undefined ? word : `${group} ${word}`);
  const remedy = nearest === undefined ? `the commands are ${names.join(', ')}` : `did you mean ${whole(nearest)}?`;
  return `there is no command ${JSON.stringify(whole(written))}; ${remedy}`;
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { Command } from './command.ts';
import { parseCommandLine } from './options.ts';

function command(
  name: string,
  operands: readonly [min: number, max: number],
  options: Command['options'] = {},
): Command {
  return {
    name,
    summary: '',
    operands: operands[1] > 0 ? 'FQDN [IP…]' : '',
    minOperands: operands[0],
    maxOperands: operands[1],
    description: '',
    options,
    examples: [],
    exitCodes: [],
    run: () => Promise.reject(new Error('is not run here')),
  };
}

const commands = [
  command('serve', [0, 0], { port: { short: 'p', value: 'N', text: '' } }),
  command('update', [1, 3], { ttl: { value: 'N', text: '' }, json: { text: '' } }),
];

const understood: readonly (readonly [
  line: string,
  name: string,
  operands: string[],
  values: object,
  switches: string[],
])[] = [
  ['serve', 'serve', [], {}, []],
  ['serve --port 80', 'serve', [], { port: '80' }, []],
  ['serve -p80', 'serve', [], { port: '80' }, []],
  ['--port 80 serve', 'serve', [], { port: '80' }, []],
  ['-c a.yml serve', 'serve', [], { config: 'a.yml' }, []],
  ['serve --config=a.yml', 'serve', [], { config: 'a.yml' }, []],
  ['--config serve serve', 'serve', [], { config: 'serve' }, []],
  ['update a', 'update', ['a'], {}, []],
  ['update a 1 2 --json --ttl 5', 'update', ['a', '1', '2'], { ttl: '5' }, ['json']],
  ['update --json a ::1', 'update', ['a', '::1'], {}, ['json']],
  ['update -- -a', 'update', ['-a'], {}, []],
  ['update update', 'update', ['update'], {}, []],
];
for (const [line, name, operands, values, switches] of understood) {
  test(`dyndns ${line}`, () => {
    const parsed = parseCommandLine(line.split(' '), commands);
    assert.ok(parsed.kind === 'command', JSON.stringify(parsed));
    assert.equal(parsed.command.name, name);
    assert.deepEqual(
      { ...parsed.invocation, switches: [...parsed.invocation.switches] },
      { command: name, operands, values, switches },
    );
  });
}

for (const line of ['--help', '-h', 'help', '--help --config x']) {
  test(`dyndns ${line} shows the program's help`, () => {
    assert.deepEqual(parseCommandLine(line.split(' '), commands), { kind: 'help', command: undefined });
  });
}

for (const line of ['update --help', '-h update', 'help update', 'update a b c d --help', 'update --colour -h']) {
  test(`dyndns ${line} shows the command's help`, () => {
    assert.deepEqual(parseCommandLine(line.split(' '), commands), { kind: 'help', command: commands[1] });
  });
}

for (const line of ['--version', '-v', 'serve -v']) {
  test(`dyndns ${line} shows the version`, () => {
    assert.deepEqual(parseCommandLine(line.split(' '), commands), { kind: 'version' });
  });
}

const wrong: readonly (readonly [line: string, message: RegExp])[] = [
  ['--json', /no option --json/],
  ['--config x', /a command is missing/],
  ['upadte', /no command "upadte"; did you mean update\?/],
  ['frobnicate', /no command "frobnicate"; the commands are serve, update/],
  ['help frobnicate', /no command "frobnicate"/],
  ['update', /update needs FQDN/],
  ['update a b c d', /"d" is one too many/],
  ['serve x', /serve takes no argument, but "x"/],
  ['serve --json', /no option --json/],
  ['serve --prot 80', /no option --prot; did you mean --port\?/],
  ['serve -x', /no option -x/],
  ['serve --port', /--port needs a value: --port N/],
  ['serve --port=', /not empty/],
  ['serve --port --version', /--port needs a value/],
  ['serve -p 1 --port 2', /stands here twice/],
  ['update a --json=yes', /--json takes no value/],
  ['serve --__proto__ x', /no option --__proto__/],
];
for (const [line, message] of wrong) {
  test(`refused: dyndns ${line}`, () => {
    const parsed = parseCommandLine(line.split(' '), commands);
    assert.ok(parsed.kind === 'wrong', JSON.stringify(parsed));
    assert.match(parsed.message, message);
  });
}

test('no arguments at all: a command is missing', () => {
  assert.deepEqual(parseCommandLine([], commands), {
    kind: 'wrong',
    message: 'a command is missing',
    command: undefined,
  });
});

test('whatever is typed, it never throws', () => {
  const word = fc.constantFrom(
    'serve',
    'update',
    'help',
    '-',
    '--',
    '-p',
    '-pp',
    '--port',
    '--port=1',
    '--no-json',
    '-hv',
    'a',
    '',
    '--=',
    '-c',
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 6 }), (args) => {
      const { kind } = parseCommandLine(args, commands);
      assert.ok(['help', 'version', 'command', 'wrong'].includes(kind));
    }),
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Output, type OutputStream } from './output.ts';

class MemoryStream implements OutputStream {
  readonly isTTY: boolean;
  text = '';
  fail: (error: Error) => void = () => {};

  constructor(isTTY: boolean) {
    this.isTTY = isTTY;
  }

  write(text: string): boolean {
    this.text += text;
    return true;
  }

  on(_event: 'error', listener: (error: Error) => void): void {
    this.fail = listener;
  }
}

test('colours on a terminal', () => {
  const output = new Output(new MemoryStream(true), {});
  assert.equal(output.paint('good', 'UPDATED'), '\u001B[32mUPDATED\u001B[39m');
});

const plain: readonly (readonly [name: string, isTTY: boolean, environment: Record<string, string>])[] = [
  ['in a pipe', false, {}],
  ['with NO_COLOR', true, { NO_COLOR: '1' }],
  ['on a terminal that cannot', true, { TERM: 'dumb' }],
];
for (const [name, isTTY, environment] of plain) {
  test(`no colours ${name}`, () => {
    assert.equal(new Output(new MemoryStream(isTTY), environment).paint('bad', 'x'), 'x');
  });
}

test('lines end once', () => {
  const stream = new MemoryStream(false);
  const output = new Output(stream, {});
  output.print('a');
  output.print('b\n');
  assert.equal(stream.text, 'a\nb\n');
});

test('JSON is one line in a pipe and readable on a terminal', () => {
  for (const [isTTY, text] of [
    [false, '{"a":[1]}\n'],
    [true, '{\n  "a": [\n    1\n  ]\n}\n'],
  ] as const) {
    const stream = new MemoryStream(isTTY);
    new Output(stream, {}).printJson({ a: [1] });
    assert.equal(stream.text, text);
  }
});

test('after the reader has gone, nothing more is written', () => {
  const stream = new MemoryStream(false);
  const output = new Output(stream, {});
  stream.fail(new Error('EPIPE'));
  output.print('a');
  assert.equal(stream.text, '');
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JsonLog, type LogWord, logWeights } from './log.ts';
import { Redactor } from './redactor.ts';

function capture(level: number, secrets: readonly string[] = []) {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  return { log: new JsonLog({ level, redactor: new Redactor(secrets), destination }), lines };
}

test('a line has its word, its time, its fields and its message', () => {
  const { log, lines } = capture(20);
  log.write('UPDATED', 'www.example.com. A None -> 192.0.2.1', { dialect: 'seed', nothing: undefined });
  const line = JSON.parse(lines[0] ?? '') as Record<string, unknown>;
  assert.match(String(line['time']), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.deepEqual(
    { ...line, time: undefined },
    { level: 'UPDATED', time: undefined, dialect: 'seed', msg: 'www.example.com. A None -> 192.0.2.1' },
  );
  assert.match(lines[0] ?? '', /\n$/);
});

const shown: readonly (readonly [level: number, from: LogWord])[] = [
  [0, 'DEBUG'],
  [11, 'UNCHANGED'],
  [12, 'INFO'],
  [20, 'INFO'],
  [21, 'UPDATED'],
  [22, 'WARNING'],
  [40, 'ERROR'],
  [45, 'DNS_SERVER_ERROR'],
  [47, 'CRITICAL'],
  [50, 'CRITICAL'],
];
for (const [level, from] of shown) {
  test(`log_level ${level} shows ${from} and what weighs more, and hides the rest`, () => {
    const { log, lines } = capture(level);
    const words = Object.keys(logWeights) as LogWord[];
    for (const word of words) log.write(word, 'x');
    const written = lines.map((line) => (JSON.parse(line) as { level: string }).level);
    assert.deepEqual(written, words.slice(words.indexOf(from)));
    for (const word of words) assert.equal(log.isEnabled(word), written.includes(word));
  });
}

test('the level can be changed while it runs', () => {
  const { log, lines } = capture(20);
  log.write('UNCHANGED', 'hidden');
  log.setLevel(10);
  log.write('UNCHANGED', 'shown');
  assert.equal(lines.length, 1);
});

test('a secret is taken out of the message and of every field', () => {
  const { log, lines } = capture(20, ['12345678']);
  log.write('ERROR', 'GET /update-by-path/12345678/x', { url: '/%3112345678', client: '192.0.2.1' });
  assert.equal(lines.join('').includes('12345678'), false);
  assert.match(lines[0] ?? '', /GET \/update-by-path\/\*\*\*\/x/);
});

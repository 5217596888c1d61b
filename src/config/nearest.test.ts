import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearestWord } from './nearest.ts';

const known = ['secret', 'secret_file', 'nameserver', 'port', 'log_level', 'tsig_key', 'tsig_key_name', 'zones', 'ttl'];
const guesses: readonly (readonly [written: string, meant: string | undefined])[] = [
  ['secert', 'secret'],
  ['Secret', 'secret'],
  ['tsig-key', 'tsig_key'],
  ['tsigkey', 'tsig_key'],
  ['TsigKeyName', 'tsig_key_name'],
  ['name_server', 'nameserver'],
  ['loglevel', 'log_level'],
  ['zone', 'zones'],
  ['prot', 'port'],
  ['tll', 'ttl'],
  ['colour', undefined],
  ['', undefined],
  ['x'.repeat(100_000), undefined],
];
for (const [written, meant] of guesses) {
  test(`${JSON.stringify(written.slice(0, 20))} is taken for ${meant ?? 'nothing'}`, () => {
    assert.equal(nearestWord(written, known), meant);
  });
}

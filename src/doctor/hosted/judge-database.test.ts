import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { DatabaseLook } from '../../store/database-look.ts';
import { judgeDatabase } from './judge-database.ts';

const path = 'zones.db';
const least = 64 * 1024 * 1024;
const sound = {
  kind: 'readable',
  path,
  fault: undefined,
  complaints: [],
  freeOctets: least,
  serials: new Map<string, number>(),
} as const satisfies DatabaseLook;

function codesOf(look: DatabaseLook): readonly string[] {
  return judgeDatabase(look, false, least).findings.map(({ code }) => code);
}

test('all is well, as seen from outside and as the service knows it', () => {
  assert.deepEqual(judgeDatabase(sound, false, least), {
    note: 'zones.db can be written, is sound, and its disk has 64 MiB free.',
    findings: [],
  });
  assert.match(judgeDatabase(sound, true, least).note ?? '', /^zones\.db takes changes, is sound/);
});

test('what was not seen is not claimed', () => {
  const half = { ...sound, complaints: undefined, freeOctets: undefined };
  const { note, findings } = judgeDatabase(half, false, least);
  assert.equal(note, 'zones.db can be written, is too large to be looked through in the time for it.');
  assert.deepEqual(findings, []);
  assert.equal(judgeDatabase({ kind: 'hidden', path }, false, least).note, undefined);
});

test('everything that is wrong is told at once', () => {
  const fault = { code: 'full', path, detail: 'SQLite 13' } as const;
  assert.deepEqual(codesOf({ ...sound, fault, complaints: ['row 3 is missing'], freeOctets: least - 1 }), [
    'database-fault',
    'database-damaged',
    'disk-nearly-full',
  ]);
  assert.deepEqual(codesOf({ kind: 'absent', path }), ['database-absent']);
  assert.deepEqual(codesOf({ kind: 'hidden', path }), ['database-hidden']);
  assert.deepEqual(codesOf({ kind: 'unusable', path, fault }), ['database-fault']);
});

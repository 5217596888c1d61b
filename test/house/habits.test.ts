import assert from 'node:assert/strict';
import { test } from 'node:test';

import { habitComplaints } from './habits.ts';
import { readSourceFiles } from './source-files.ts';

test('our files keep to our habits', () => {
  const files = readSourceFiles('{src,test,fuzz,bench,packaging}/**/*.ts');
  assert.ok(files.length > 100, `only ${files.length} files were found`);
  assert.deepEqual(files.flatMap(habitComplaints), []);
});

test('the checker sees what is against them', () => {
  const complaints = (text: string, path = 'src/dns/name.ts') => habitComplaints({ path, text }).length;
  // Put together here, lest this file be against them itself.
  const word = (...parts: string[]) => parts.join('');
  for (const text of [
    `// ${word('TO', 'DO')}: later`,
    `  const a = 1; // ${word('FIX', 'ME')}`,
    ` * see ${word('is', 'sue')} 12`,
    `// fixed in (${word('#', '12')})`,
    `/** ${word('ticket')} ${word('#', '7')} */`,
    `// ${word('ox', 'lint')}-disable-next-line`,
    `// ${word('@ts', '-ignore')}`,
    '// @ts-expect-error: it is no key',
    'export default function parse() {}',
    'const parse = 1;\nexport { parse as default };',
    'const line = 0;\n'.repeat(401),
  ])
    assert.equal(complaints(text), 1, text);
  for (const name of ['index.ts', 'utils.ts', 'types.ts', 'helpers.ts', 'common.ts', 'misc.ts', 'utils.test.ts'])
    assert.equal(complaints('', `src/dns/${name}`), 1, name);
  for (const text of ["const colour = '#123';", '// RFC 2136 §3.4.2.2: the SOA stays.', "const url = 'http://a#12';"])
    assert.equal(complaints(text), 0, text);
  assert.equal(complaints('// @ts-expect-error: it is no key', 'src/dns/tsig.test.ts'), 0);
  assert.equal(complaints('const line = 0;\n'.repeat(500), 'test/vectors/names.ts'), 0);
});

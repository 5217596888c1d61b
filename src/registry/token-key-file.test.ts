import assert from 'node:assert/strict';
import { chmod, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { createTemporaryDirectory } from '../../test/support/temporary-directory.ts';
import { TokenKeyFile } from './token-key-file.ts';

const secret = Buffer.from('the secret of a key');
const about = 'aaaaaaaaaa.token.dyndns.';

test('the file is made when it is needed first, for its owner alone, and opens what was sealed after a restart', async () => {
  await using directory = await createTemporaryDirectory('token-key');
  const path = join(directory.path, 'token.key');
  const encrypted = await sealed(new TokenKeyFile(path));
  const { mode, size } = await stat(path);
  assert.deepEqual([mode & 0o777, size], [0o600, 32]);
  const again = new TokenKeyFile(path);
  assert.equal(again.unseal(encrypted, about), undefined);
  await again.open({ encrypted, about });
  assert.equal(again.fault, undefined);
  assert.deepEqual(again.unseal(encrypted, about), secret);
  assert.equal(again.unseal(encrypted, 'bbbbbbbbbb.token.dyndns.'), undefined);
});

test('two that seal for the first time at once have the same key', async () => {
  await using directory = await createTemporaryDirectory('token-key');
  const path = join(directory.path, 'token.key');
  const file = new TokenKeyFile(path);
  const [first, second] = await Promise.all([sealed(file), sealed(new TokenKeyFile(path))]);
  const again = new TokenKeyFile(path);
  await again.open({ encrypted: first, about });
  assert.deepEqual([again.unseal(first, about), again.unseal(second, about)], [secret, secret]);
});

const spoilt: Record<string, readonly [spoil: (path: string) => Promise<unknown>, words: RegExp, mayBeLost: boolean]> =
  {
    'others may read it': [(path) => chmod(path, 0o640), /token\.key may be read by others.*chmod 600/, false],
    'it has another length': [(path) => writeFile(path, Buffer.alloc(31)), /has 31 octets and not 32/, true],
    'it is missing': [(path) => rm(path), /token\.key is missing/, true],
    'it is another key': [
      (path) => writeFile(path, Buffer.alloc(32, 7)),
      /is another key than the one that the TSIG keys of tokens are encrypted under/,
      true,
    ],
  };

for (const [how, [spoil, words, mayBeLost]] of Object.entries(spoilt))
  test(`where ${how}, that is told, nothing is opened or sealed, and the file stays as it is`, async () => {
    await using directory = await createTemporaryDirectory('token-key');
    const path = join(directory.path, 'token.key');
    const encrypted = await sealed(new TokenKeyFile(path));
    await spoil(path);
    const before = await readFile(path).catch(() => undefined);
    const file = new TokenKeyFile(path);
    await file.open({ encrypted, about });
    assert.match(file.fault ?? '', words);
    assert.equal(file.mayBeLost, mayBeLost);
    assert.equal(file.unseal(encrypted, about), undefined);
    const answer = await file.seal(secret, about);
    assert.match(answer.kind === 'failed' ? answer.reason : '', words);
    assert.deepEqual(await readFile(path).catch(() => undefined), before);
  });

test('where it cannot be made, that is told', async () => {
  const file = new TokenKeyFile('/nowhere/token.key');
  const answer = await file.seal(secret, about);
  assert.match(
    answer.kind === 'failed' ? answer.reason : '',
    /\/nowhere\/token\.key cannot be made: its directory is missing; make it, .*\(install -d -m 700 -o USER \/nowhere\)$/,
  );
});

async function sealed(file: TokenKeyFile): Promise<string> {
  const answer = await file.seal(secret, about);
  assert.ok(answer.kind === 'sealed', JSON.stringify(answer));
  return answer.encrypted;
}

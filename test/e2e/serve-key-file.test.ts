import assert from 'node:assert/strict';
import { chmod, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import type { CreatedTokenView } from '../../src/door/administration-orders.ts';
import { nsupdate } from '../support/nsupdate.ts';
import { requirePeer } from '../support/peers.ts';
import type { TestKey } from '../support/test-key.ts';
import { launchTokenService, type TokenService } from '../support/token-service.ts';
import { dyndns } from './cli-process.ts';

const zone = 'dyn.example.test';

interface Case {
  readonly title: string;
  readonly spoil: (path: string) => Promise<unknown>;
  /** Of the key file, in what is told; `PATH` stands for it. */
  readonly words: string;
  readonly mayBeLost: boolean;
}

const cases: readonly Case[] = [
  {
    title: 'is missing',
    spoil: (path) => rm(path),
    words: 'PATH is missing; put it back from where it was kept',
    mayBeLost: true,
  },
  {
    title: 'may be read by others',
    spoil: (path) => chmod(path, 0o644),
    words: 'PATH may be read by others than its owner; chmod 600 PATH',
    mayBeLost: false,
  },
  {
    title: 'was cut off',
    spoil: (path) => writeFile(path, Buffer.alloc(31, 7)),
    words: 'PATH has 31 octets and not 32; put the right one back',
    mayBeLost: true,
  },
  {
    title: 'is another one',
    spoil: (path) => writeFile(path, Buffer.alloc(32, 7)),
    words: 'PATH is another key than the one that the TSIG keys of tokens are encrypted under; put that one back',
    mayBeLost: true,
  },
];

for (const { title, spoil, words, mayBeLost } of cases)
  test(`the key file ${title}: that is told at the start, tokens go on over HTTP, and their keys work when it is back`, async (t) => {
    if (!requirePeer(t, 'nsupdate')) return;
    await using tokens = await launchTokenService('embedded', zone, { token_key_file: 'token.key' });
    const { service } = tokens;
    const path = join(service.directory, 'token.key');
    const plain = await tokens.token('--zone', zone);
    const withKey = await tokens.token('--zone', zone, '--tsig', 'hmac-sha256');
    assert.equal(await updateByKey(tokens, withKey), 'NOERROR');
    const kept = await readFile(path);
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    await service.stop();
    await spoil(path);
    const spoilt = await readFile(path).catch(() => undefined);

    await service.restart();
    const told = words.replaceAll('PATH', path);
    for (const each of [plain, withKey]) assert.equal(await updateByHttp(tokens, each), 200);
    assert.match(await updateByKey(tokens, withKey), /^(?:REFUSED|NOTAUTH\(BADKEY\))$/);
    // Another key beside it would leave those that there are behind for good.
    const refused = await create(tokens, '--tsig', 'hmac-sha256');
    assert.deepEqual(refused, { exitCode: 1, text: `dyndns: No TSIG key can be made: ${told}.\n` });
    assert.equal((await create(tokens)).exitCode, 0);
    assert.deepEqual(await readFile(path).catch(() => undefined), spoilt);

    await service.stop();
    const sentence = `One TSIG key of tokens does not work, and over HTTP the tokens go on: ${told}.${mayBeLost ? ' Where it is lost for good, revoke those tokens and start again.' : ''}"`;
    assert.ok(service.log().includes(sentence), service.log());
    await writeFile(path, kept, { mode: 0o600 });
    await chmod(path, 0o600);
    await service.restart();
    assert.equal(await updateByKey(tokens, withKey), 'NOERROR');
  });

test('a key file that is lost for good: what was encrypted under it is revoked, and then another one is made', async (t) => {
  if (!requirePeer(t, 'nsupdate')) return;
  await using tokens = await launchTokenService('embedded', zone, { token_key_file: 'token.key' });
  const { service } = tokens;
  const lost = await tokens.token('--zone', zone, '--tsig', 'hmac-sha256');
  await service.stop();
  await rm(join(service.directory, 'token.key'));
  await service.restart();
  await tokens.cli('token', 'revoke', lost.token.id);
  await service.restart();
  const later = await tokens.token('--zone', zone, '--tsig', 'hmac-sha256');
  assert.equal(await updateByKey(tokens, later), 'NOERROR');
  assert.notEqual(await updateByKey(tokens, lost), 'NOERROR');
  await service.restart();
  assert.equal(await updateByKey(tokens, later), 'NOERROR');
});

async function create(tokens: TokenService, ...more: readonly string[]) {
  const { configurationFile, directory } = tokens.service;
  const args = ['token', 'create', '--zone', zone, ...more, '-c', configurationFile];
  const { exitCode, stdout, stderr } = await dyndns(args, { directory });
  return { exitCode, text: stdout + stderr };
}

async function updateByHttp({ service }: TokenService, { secret }: CreatedTokenView): Promise<number> {
  return (await service.get(`/update-by-path/${secret}/nas.${zone}/192.0.2.1`)).status;
}

async function updateByKey({ dnsPort: port }: TokenService, { tsig }: CreatedTokenView): Promise<string> {
  assert.ok(tsig);
  const key = { name: tsig.key_name, algorithm: tsig.algorithm as TestKey['algorithm'], secret: tsig.secret };
  const commands = [`update delete nas.${zone} A`, `update add nas.${zone} 60 A 192.0.2.2`];
  return (await nsupdate({ port, zone, key, commands })).status;
}

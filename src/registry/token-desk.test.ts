import assert from 'node:assert/strict';
import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { MemoryLedger } from '../../test/support/memory-ledger.ts';
import { openRegistry } from '../../test/support/open-registry.ts';
import {
  changedValue,
  type LedgerHome,
  newToken,
  refusalReason,
  scopeOf,
  testOnLedgers,
} from '../../test/support/registry-fixture.ts';
import { createTemporaryDirectory } from '../../test/support/temporary-directory.ts';
import { digestOf, secretShape } from '../access/token-secret.ts';
import { Type } from '../dns/codes.ts';
import { Name } from '../dns/name.ts';
import type { StoreFault } from '../store/store-fault.ts';
import { parseAddress } from '../updates/address.ts';
import { ZoneDirectory } from '../updates/zone-directory.ts';
import { defaultRegistryLimits } from './limits.ts';

const zones = new ZoneDirectory([]);
const full: StoreFault = { code: 'full', path: 'dyndns.db', detail: 'no space' };

testOnLedgers(
  'a token is known by its secret, is changed by its versions, and is there after a restart',
  async (home) => {
    const made = await withRegistry(home, async (registry) => {
      const { token, secret } = changedValue(await registry.createToken(newToken()));
      assert.match(token.id, /^[a-z2-7]{10}$/);
      assert.match(secret, secretShape);
      assert.equal(registry.directory.withDigest(digestOf(secret)), token);
      assert.deepEqual(await registry.editToken(token.id, { description: 'x' }, 7), {
        kind: 'other-version',
        version: 1,
      });
      const edited = changedValue(await registry.editToken(token.id, { description: 'the new router' }, 1));
      assert.deepEqual([edited.version, edited.description, edited.maxNames], [2, 'the new router', 100]);
      const blocked = changedValue(await registry.editToken(token.id, { isBlocked: true, maxNames: 3 }));
      assert.deepEqual([blocked.version, blocked.isBlocked, blocked.maxNames], [3, true, 3]);
      assert.equal((await registry.editToken('aaaaaaaaaa', {})).kind, 'unknown');
      assert.deepEqual(await registry.rotateToken(token.id, 0, 2), { kind: 'other-version', version: 3 });
      return { token, secret };
    });
    await withRegistry(home, async (registry) => {
      const found = registry.directory.withDigest(digestOf(made.secret));
      assert.deepEqual([found?.id, found?.version, found?.description], [made.token.id, 3, 'the new router']);
      const revoked = changedValue(await registry.revokeToken(made.token.id));
      assert.equal(changedValue(await registry.revokeToken(made.token.id)), revoked);
      assert.match(refusalReason(await registry.rotateToken(made.token.id, 0)), /revoked, for good/);
      for (const edit of [{ description: 'x' }, { isBlocked: false }])
        assert.match(refusalReason(await registry.editToken(made.token.id, edit)), /revoked, for good/);
      assert.equal(registry.token(made.token.id), revoked);
    });
    await withRegistry(home, async (registry) => {
      assert.equal(typeof registry.token(made.token.id)?.revokedAtSeconds, 'number');
    });
  },
);

testOnLedgers('changes at the same time follow one another', async (home) => {
  await withRegistry(home, async (registry) => {
    const { token } = changedValue(await registry.createToken(newToken()));
    const results = await Promise.all([
      ...Array.from({ length: 5 }, (_, index) => registry.editToken(token.id, { description: `${index}` }, 1)),
      registry.editToken(token.id, { maxNames: 1 }),
    ]);
    assert.deepEqual(
      results.map(({ kind }) => kind),
      ['changed', ...Array<string>(4).fill('other-version'), 'changed'],
    );
    const { version, description, maxNames } = registry.token(token.id)!;
    assert.deepEqual([version, description, maxNames], [3, '0', 1]);
  });
});

test('what the database does not take has not happened', async () => {
  const ledger = new MemoryLedger();
  await using opened = await openRegistry({ ledger, zones });
  const { registry } = opened;
  const { token } = changedValue(await registry.createToken(newToken()));
  ledger.fault = full;
  assert.deepEqual(await registry.revokeToken(token.id), { kind: 'failed', fault: full });
  assert.deepEqual(await registry.createToken(newToken()), { kind: 'failed', fault: full });
  assert.equal(registry.token(token.id), token);
  assert.deepEqual([...registry.tokens], [token]);
  ledger.fault = undefined;
  assert.equal((await registry.revokeToken(token.id)).kind, 'changed');
});

test('with an overlap both secrets are kept, each once, and the third rotation leaves the first behind', async () => {
  await using opened = await openRegistry({ ledger: new MemoryLedger(), zones, unixMs: () => 1_000_000_000 });
  const { registry } = opened;
  const first = changedValue(await registry.createToken(newToken({ tsig: 'hmac-sha512' })));
  const { id } = first.token;
  const second = changedValue(await registry.rotateToken(id, 3600));
  assert.deepEqual(
    [first, second].map(({ tsig }) => tsig?.keyName),
    [`${id}.token.dyndns.`, `${id}-2.token.dyndns.`],
  );
  assert.equal(Buffer.from(second.tsig!.secret, 'base64').length, 64);
  for (const { tsig } of [first, second]) {
    const found = registry.tsigKey(Name.parse(tsig!.keyName.toUpperCase()));
    assert.equal(Buffer.from(found!.key.secret).toString('base64'), tsig?.secret);
    assert.equal(registry.tsigKey(Name.parse(tsig!.keyName))?.key, found?.key);
  }
  assert.deepEqual(
    second.token.secrets.map(({ kind, expiresAtSeconds }) => [kind, expiresAtSeconds]),
    [
      ['digest', undefined],
      ['tsig', undefined],
      ['digest', 1_003_600],
      ['tsig', 1_003_600],
    ],
  );
  const third = changedValue(await registry.rotateToken(id, 60));
  assert.equal(third.tsig?.keyName, `${id}-3.token.dyndns.`);
  assert.equal(third.token.secrets.length, 4);
  assert.equal(registry.directory.withDigest(digestOf(first.secret)), undefined);
  assert.equal(registry.directory.withDigest(digestOf(second.secret)), third.token);
  assert.equal(registry.tsigKey(Name.parse(first.tsig!.keyName)), undefined);
  assert.match(refusalReason(await registry.rotateToken(id, 31 * 86_400)), /0 to 2592000 seconds/);
});

test('a token that cannot be is refused with the reason', async () => {
  const limits = { ...defaultRegistryLimits, tokens: 1 };
  await using opened = await openRegistry({ ledger: new MemoryLedger(), zones, limits, unixMs: () => 5_000_000 });
  const { registry } = opened;
  const scope = scopeOf('home.example.com');
  const refused: readonly (readonly [Parameters<typeof newToken>[0], RegExp])[] = [
    [{ description: 'x'.repeat(201) }, /at most 200 characters/],
    [{ description: 'bell \u0007' }, /printable/],
    [{ description: 'turned \u202E round' }, /printable/],
    [{ scope: { ...scope, patterns: [] } }, /needs a name/],
    [{ scope: { ...scope, types: [], allowsAcme: false } }, /needs a type/],
    [{ scope: { ...scope, types: [Type.A, Type.NS] } }, /no token changes NS records/],
    [{ scope: { ...scope, patterns: Array(101).fill(scope.patterns[0]) } }, /at most 100 patterns/],
    [
      { scope: { ...scope, networks: [{ address: parseAddress('192.0.2.1')!, length: 24 }] } },
      /a network that is none/,
    ],
    [{ maxNames: -1 }, /0 to 1000000 names/],
    [{ expiresAtSeconds: 5000 }, /lies ahead/],
  ];
  for (const [special, words] of refused)
    assert.match(refusalReason(await registry.createToken(newToken(special))), words);
  const both = await Promise.all([registry.createToken(newToken()), registry.createToken(newToken())]);
  assert.equal(
    (await registry.editToken(changedValue(both[0]).token.id, { scope: { ...scope, patterns: [] } })).kind,
    'refused',
  );
  assert.match(refusalReason(both[1]), /there are 1 tokens, and that is the most/);
});

test('the secrets are nowhere in the database, and without the key file HTTP goes on and that is told', async () => {
  await using directory = await createTemporaryDirectory('registry');
  const keyFile = join(directory.path, 'token.key');
  const ledger = new MemoryLedger();
  await using before = await openRegistry({ ledger, zones, keyFile });
  const http = changedValue(await before.registry.createToken(newToken()));
  await assert.rejects(stat(keyFile), /ENOENT/);
  const dns = changedValue(await before.registry.createToken(newToken({ tsig: 'hmac-sha256' })));
  const written = JSON.stringify(ledger.writes, (_key, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString() : value,
  );
  const key = await readFile(keyFile);
  for (const text of [http.secret, dns.secret, dns.tsig!.secret, key.toString('base64'), key.toString('hex')])
    assert.ok(!written.includes(text));
  await rm(keyFile);
  await using after = await openRegistry({ ledger, zones, keyFile });
  assert.match(
    after.warnings.join(),
    /^One TSIG key of tokens do.* not work, and over HTTP the tokens go on: .*token\.key is missing/,
  );
  assert.equal(after.registry.directory.withDigest(digestOf(dns.secret))?.id, dns.token.id);
  assert.equal(after.registry.tsigKey(Name.parse(dns.tsig!.keyName)), undefined);
  assert.match(
    refusalReason(await after.registry.createToken(newToken({ tsig: 'hmac-sha256' }))),
    /no TSIG key can be made: .*is missing/,
  );
  await assert.rejects(stat(keyFile), /ENOENT/);
  assert.equal((await after.registry.createToken(newToken())).kind, 'changed');
});

async function withRegistry<Value>(
  home: LedgerHome,
  use: (registry: Awaited<ReturnType<typeof openRegistry>>['registry']) => Promise<Value>,
): Promise<Value> {
  const { ledger, close } = await home.open();
  try {
    await using opened = await openRegistry({ ledger, zones });
    assert.deepEqual(opened.warnings, []);
    return await use(opened.registry);
  } finally {
    await close();
  }
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { debianPackages, missingPackages, packageOf } from './debian-packages.ts';
import { runCommand } from './run-command.ts';
import { createTemporaryDirectory } from './temporary-directory.ts';

const peers = fileURLToPath(new URL('./peers.ts', import.meta.url));

test('the table knows what is there and what is not', () => {
  const invented = { name: 'invented', purpose: 'nothing', evidence: ['no-such-program-anywhere'] };
  const shell = { name: 'dash', purpose: 'a shell', evidence: ['sh', '/bin/*'] };
  assert.deepEqual(missingPackages([invented, shell]), [invented]);
  assert.equal(packageOf('knotd'), 'knot');
  assert.throws(() => packageOf('nonesuch'), /add it to/);
  assert.equal(new Set(debianPackages.map(({ name }) => name)).size, debianPackages.length);
});

test('a missing peer skips the test with the reason, and fails it with CI=true', async () => {
  await using directory = await createTemporaryDirectory('peers');
  const file = await directory.write(
    'planted.test.ts',
    `import { test } from 'node:test';
     import { requirePeer } from ${JSON.stringify(peers)};
     test('needs a nameserver', (t) => {
       process.env['PATH'] = '/nowhere';
       if (!requirePeer(t, 'dnsperf')) return;
       throw new Error('it went on');
     });`,
  );
  const run = async (environment: Record<string, string | undefined>) =>
    runCommand(process.execPath, ['--test', '--test-reporter=spec', file], {
      environment: {
        CI: undefined,
        NODE_TEST_CONTEXT: undefined,
        DYNDNS_TEST_PROVISIONING_FAULT: 'no network',
        ...environment,
      },
    });
  const lenient = await run({});
  assert.equal(lenient.exitCode, 0, lenient.stdout);
  assert.match(lenient.stdout, /# dnsperf \(Debian package dnsperf\) not installed: no network/);
  const strict = await run({ CI: 'true' });
  assert.equal(strict.exitCode, 1);
  assert.match(strict.stdout, /dnsperf \(Debian package dnsperf\) not installed: no network/);
});

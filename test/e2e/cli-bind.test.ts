import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTsigAlgorithm } from '../../src/dns/tsig.ts';
import { parseKeyFile } from '../../src/config/key-file.ts';
import { startNameserver } from '../support/nameserver/primary-server.ts';
import { requirePeer } from '../support/peers.ts';
import { runCommand } from '../support/run-command.ts';
import { createTemporaryDirectory } from '../support/temporary-directory.ts';
import { dyndns } from './cli-process.ts';

test('a key as tsig-keygen prints it, a BIND, and the command line', async (t) => {
  if (!requirePeer(t, 'named', 'tsig-keygen', 'dig')) return;
  const { stdout: keyText } = await runCommand('tsig-keygen', ['-a', 'hmac-sha384', 'updates.of.example']);
  const parsed = parseKeyFile(keyText);
  assert.ok(parsed.kind === 'keys');
  const [written] = parsed.keys;
  const algorithm = parseTsigAlgorithm(written?.algorithm ?? '');
  assert.ok(written && algorithm === 'hmac-sha384');
  const key = { name: written.name, algorithm, secret: written.secret };
  await using bind = await startNameserver('bind', { zones: [{ name: 'dyn.example', key }] });
  await using home = await createTemporaryDirectory('cli-bind');
  await home.write('bind.key', keyText, 0o600);
  const text = `secret: abcdefgh
nameserver: 127.0.0.1
port: ${bind.port}
zones: [{name: dyn.example, tsig_key_file: bind.key}]
`;
  const path = await home.write('dyndns.yml', text, 0o600);

  const updated = await dyndns(['-c', path, 'update', '*.home.dyn.example', '192.0.2.1', '2001:db8::1', '--ttl', '60']);
  assert.deepEqual(
    [updated.exitCode, updated.stdout],
    [0, 'UPDATED: *.home.dyn.example. A None -> 192.0.2.1\nUPDATED: *.home.dyn.example. AAAA None -> 2001:db8::1\n'],
    updated.stderr,
  );
  assert.deepEqual(await bind.values('any.home.dyn.example', 'A'), ['192.0.2.1']);
  const deleted = await dyndns(['-c', path, 'delete', '*.home.dyn.example']);
  assert.equal(deleted.exitCode, 0, deleted.stderr);
  assert.deepEqual(await bind.values('any.home.dyn.example', 'A'), []);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Opcode } from '../../src/dns/codes.ts';
import { checkLabel } from '../../src/doctor/check-record.ts';
import { dyndns, startDyndns } from '../e2e/cli-process.ts';
import { type NameserverUnderTest, startNameserver, makes } from '../support/nameserver/primary-server.ts';
import { requirePeer } from '../support/peers.ts';
import { startProxy } from '../support/proxy.ts';
import { createTemporaryDirectory } from '../support/temporary-directory.ts';
import { makeTestKey } from '../support/test-key.ts';

const good = 'good.example.test';
const bad = 'bad.example.test';

/** A configuration of both zones, the second of them with a secret that is wrong. */
async function configure(nameserver: NameserverUnderTest, port: number, zones: readonly string[]) {
  const directory = await createTemporaryDirectory('doctor');
  const keys = zones.map((zone) => ({
    name: zone,
    tsig_key: zone === bad ? makeTestKey(bad).secret : nameserver.key(zone).secret,
  }));
  const configuration = { secret: '12345678', nameserver: '127.0.0.1', port, zones: keys };
  const file = await directory.write('dyndns.yml', JSON.stringify(configuration), 0o600);
  return { file, [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose]() };
}

/**
 * The command asks the zone's nameservers at port 53, where none of ours can listen. So the zone names one at an address
 * where nobody does, and the warning about that is part of what is expected.
 */
const records = ['@ IN SOA ns hostmaster 1 3600 600 1209600 60', '@ IN NS ns', 'ns IN A 127.53.53.53'];

test('dyndns check tells of every zone, and its exit code tells whether updates work', async (t) => {
  if (!requirePeer(t, ...makes.bind.peers)) return;
  await using nameserver = await startNameserver('bind', {
    zones: [
      { name: good, records },
      { name: bad, records },
    ],
  });
  await using healthy = await configure(nameserver, nameserver.port, [good]);
  await using ailing = await configure(nameserver, nameserver.port, [good, bad]);

  await t.test('all is well but for a warning: 0', async () => {
    const { exitCode, stdout, stderr } = await dyndns(['--config', healthy.file, 'check']);
    assert.match(
      stdout,
      /^INFO: The update check passed: A TXT record 'dyndns-check-tmp-\S+' with the content '[A-Z0-9]{8}' could be updated on the zone 'good\.example\.test\.'\.\nWARNING: The zone 'good\.example\.test\.': The nameserver ns\.good\.example\.test\. \(127\.53\.53\.53\) .*\n$/,
    );
    assert.equal(stderr, '');
    assert.equal(exitCode, 0);
  });

  await t.test('one zone of two fails: 1', async () => {
    const { exitCode, stdout } = await dyndns(['check', '--config', ailing.file]);
    const lines = stdout.split('\n');
    assert.match(lines[0] ?? '', /^INFO: /);
    assert.match(
      lines[1] ?? '',
      /^CHECK_ERROR: The update check of the zone 'bad\.example\.test\.' failed: .*BADSIG.*tsig_key/,
    );
    assert.equal(exitCode, 1);
  });

  await t.test('--json is the report as data', async () => {
    const { exitCode, stdout } = await dyndns(['check', '--json', '--config', ailing.file]);
    const report = JSON.parse(stdout) as {
      passed: boolean;
      zones: {
        zone: string;
        status: string;
        steps: { step: string; status: string; findings: { code: string }[] }[];
      }[];
    };
    assert.equal(report.passed, false);
    assert.deepEqual(
      report.zones.map(({ zone, status }) => `${zone} ${status}`),
      ['good.example.test. warning', 'bad.example.test. failed'],
    );
    const codes = report.zones.flatMap(({ steps }) =>
      steps.flatMap(({ findings }) => findings.map(({ code }) => code)),
    );
    assert.match(codes.join(' '), /^nameserver-(silent|lame) wrong-secret$/);
    assert.equal(exitCode, 1);
    assert.ok(!stdout.includes(nameserver.key(good).secret));
  });
});

test('Ctrl-C in the middle of a check leaves nothing in the zone', async (t) => {
  if (!requirePeer(t, ...makes.bind.peers)) return;
  await using nameserver = await startNameserver('bind', { zones: [{ name: good, records }] });
  await using proxy = await startProxy(nameserver.port);
  proxy.impair({
    onRequest: (wire) => {
      // From here on there is time to look.
      if ((((wire[2] ?? 0) >> 3) & 0xf) === Opcode.UPDATE) proxy.impair({ delayResponsesMs: 2_000 });
      return 'pass';
    },
  });
  await using configuration = await configure(nameserver, proxy.port, [good]);
  await using check = startDyndns(['--config', configuration.file, 'check']);
  const isStanding = async () => (await nameserver.values(`${checkLabel}.${good}`, 'TXT')).length === 1;
  await check.waitUntil(isStanding, 20_000);
  check.signal('SIGINT');
  proxy.impair({});
  const { exitCode } = await check.exited;
  assert.match(check.output(), /CHECK_ERROR: .* was stopped before its end/);
  assert.equal(exitCode, 1);
  assert.deepEqual(await nameserver.values(`${checkLabel}.${good}`, 'TXT'), []);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import type { TsigAlgorithm } from '../../src/dns/tsig.ts';
import { makeNames, makes, startNameserver } from '../support/nameserver/primary-server.ts';
import { requirePeer } from '../support/peers.ts';
import { runCommand } from '../support/run-command.ts';
import { createTemporaryDirectory } from '../support/temporary-directory.ts';
import { makeTestKey, type TestKey } from '../support/test-key.ts';
import { ask, expectAddresses, expectAnswer, serveZones, updatePath, zoneOf } from './seed-service.ts';

const algorithms: readonly TsigAlgorithm[] = [
  'hmac-md5',
  'hmac-sha1',
  'hmac-sha224',
  'hmac-sha256',
  'hmac-sha384',
  'hmac-sha512',
];

function newAddress(name: string, address: string): readonly string[] {
  return [`UPDATED: ${name}. A None -> ${address}`, `UNCHANGED: ${name}. AAAA None`];
}

for (const make of makeNames)
  test(`${makes[make].title}: each zone with a key of its own, in every algorithm`, async (t) => {
    if (!requirePeer(t, ...makes[make].peers)) return;
    const zones = algorithms.map((algorithm) => ({
      name: `${algorithm}.test`,
      key: makeTestKey(`Key-of.${algorithm}.Example`, algorithm),
    }));
    await using nameserver = await startNameserver(make, { zones });
    await using service = await serveZones(zones.map(({ name }) => zoneOf(nameserver, name)));
    await Promise.all(
      zones.map(async ({ name }) => {
        await expectAnswer(service, updatePath(`www.${name}`, '192.0.2.1'), newAddress(`www.${name}`, '192.0.2.1'));
        await expectAddresses(nameserver, `www.${name}`, { ipv4: ['192.0.2.1'] });
      }),
    );
  });

test('keys come from the files that tsig-keygen prints', async (t) => {
  if (!requirePeer(t, ...makes.bind.peers)) return;
  await using directory = await createTemporaryDirectory('keys');
  const printed = await Promise.all(
    ['hmac-sha256', 'hmac-sha512'].map(async (algorithm) => {
      const { stdout } = await runCommand('tsig-keygen', ['-a', algorithm, `dyndns-${algorithm}`]);
      return { text: stdout, key: parseKeyFile(stdout) };
    }),
  );
  const [first, second] = printed;
  assert.ok(first && second);
  await using nameserver = await startNameserver('bind', {
    zones: [
      { name: 'first.test', key: first.key },
      { name: 'second.test', key: second.key },
    ],
  });
  const alone = await directory.write('alone.key', first.text, 0o600);
  const both = await directory.write('both.key', printed.map(({ text }) => text).join(''), 0o600);
  const place = { nameserver: nameserver.address, port: nameserver.port };
  await using service = await serveZones([
    { name: 'first.test', ...place, tsig_key_file: alone },
    { name: 'second.test', ...place, tsig_key_file: both, tsig_key_name: second.key.name },
  ]);
  for (const zone of ['first.test', 'second.test']) {
    await expectAnswer(service, updatePath(`www.${zone}`, '192.0.2.1'), newAddress(`www.${zone}`, '192.0.2.1'));
    await expectAddresses(nameserver, `www.${zone}`, { ipv4: ['192.0.2.1'] });
  }
});

function parseKeyFile(text: string): TestKey {
  const [, name] = /key "([^"]+)"/.exec(text) ?? [];
  const [, algorithm] = /algorithm ([^;]+);/.exec(text) ?? [];
  const [, secret] = /secret "([^"]+)";/.exec(text) ?? [];
  assert.ok(name !== undefined && algorithm !== undefined && secret !== undefined, text);
  return { name, algorithm: algorithm as TsigAlgorithm, secret };
}

test('zones on primaries of different makes are changed at the same time by one service', async (t) => {
  if (!makeNames.every((make) => requirePeer(t, ...makes[make].peers))) return;
  const hostsPerZone = 20;
  await using stack = new AsyncDisposableStack();
  const primaries = await Promise.all(
    makeNames.map(async (make) => {
      const zone = `${make}.test`;
      return { zone, nameserver: stack.use(await startNameserver(make, { zones: [{ name: zone }] })) };
    }),
  );
  const service = stack.use(await serveZones(primaries.map(({ zone, nameserver }) => zoneOf(nameserver, zone))));

  await t.test('every name gets into the zone that it belongs to', async () => {
    const requests = Array.from({ length: hostsPerZone }, (_, index) =>
      primaries.map(async ({ zone }) => {
        const name = `host${index}.${zone}`;
        await expectAnswer(service, updatePath(name, `192.0.2.${index}`), newAddress(name, `192.0.2.${index}`));
      }),
    );
    await Promise.all(requests.flat());
    for (const { zone, nameserver } of primaries)
      for (const index of [0, hostsPerZone - 1])
        await expectAddresses(nameserver, `host${index}.${zone}`, { ipv4: [`192.0.2.${index}`] });
  });

  await t.test('one of them is down: its zone says so, the others do not notice', async () => {
    const [down, ...up] = primaries;
    assert.ok(down);
    await down.nameserver.stop();
    const asked = primaries.map(({ zone }) => ask(service, updatePath(`later.${zone}`, '192.0.2.9')));
    const statuses = (await Promise.all(asked)).map(({ status }) => status);
    assert.deepEqual(statuses, [503, 200, 200]);
    for (const { zone, nameserver } of up) await expectAddresses(nameserver, `later.${zone}`, { ipv4: ['192.0.2.9'] });
    // From this machine: a client behind the proxy would not be told which zone it is.
    const look = () => service.get('/readyz');
    let readiness = await look();
    // What it has found out once, it may tell for a second.
    for (let tries = 0; readiness.status === 200 && tries < 50; tries += 1) {
      await sleep(100);
      readiness = await look();
    }
    assert.equal(readiness.status, 503);
    assert.match(readiness.body, new RegExp(`^${down.zone}\\. [^\n]+\n$`));
  });
});

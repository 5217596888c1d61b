import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { Name } from '../../src/dns/name.ts';
import { type DigQuestion, dig, digValues } from '../support/dig.ts';
import { nsupdate } from '../support/nsupdate.ts';
import { openTestNameserver } from '../support/open-nameserver.ts';
import { parseRecordLines } from '../support/record-lines.ts';
import { runCommand } from '../support/run-command.ts';
import { MemoryServedZone, MemoryServedZones, tsigKeyOf } from '../support/served-zones.ts';
import { keyArgument, makeTestKey } from '../support/test-key.ts';

const zone = 'dyn.example';
const key = makeTestKey('updater', 'hmac-sha256');
const stranger = makeTestKey('stranger', 'hmac-sha256');

function makeZones() {
  const records = parseRecordLines([
    `${zone}. SOA 1`,
    `${zone}. NS ns.${zone}.`,
    `ns.${zone}. A 192.0.2.53`,
    `www.${zone}. A 192.0.2.1`,
    `alias.${zone}. CNAME www.${zone}.`,
    ...Array.from({ length: 90 }, (_, index) => `big.${zone}. TXT ${'x'.repeat(50)}${index}`),
  ]);
  return new MemoryServedZones([new MemoryServedZone({ origin: Name.parse(zone), records, keys: [tsigKeyOf(key)] })]);
}

const transports: readonly Pick<DigQuestion, 'tool' | 'tcp'>[] = [
  { tool: 'dig', tcp: false },
  { tool: 'dig', tcp: true },
  { tool: 'kdig', tcp: false },
  { tool: 'kdig', tcp: true },
];

describe('dig and kdig, over UDP and TCP', () => {
  for (const transport of transports)
    test(`${transport.tool} over ${transport.tcp ? 'TCP' : 'UDP'}`, async () => {
      await using server = await openTestNameserver({
        zones: makeZones(),
        cookies: { current: new Uint8Array(16).fill(5) },
      });
      const ask = (name: string, type: string, more: Partial<DigQuestion> = {}) =>
        dig({ ...transport, port: server.port, name, type, ...more });
      const www = await ask(`www.${zone}`, 'A');
      assert.deepEqual([www.status, www.answers[0]?.value], ['NOERROR', '192.0.2.1']);
      assert.ok(www.flags.includes('aa'), www.text);
      const alias = await ask(`alias.${zone}`, 'A');
      assert.deepEqual(
        alias.answers.map(({ type }) => type),
        ['CNAME', 'A'],
      );
      const missing = await ask(`missing.${zone}`, 'A');
      assert.deepEqual([missing.status, missing.authorities[0]?.ttlSeconds], ['NXDOMAIN', 60]);
      assert.equal((await ask('elsewhere.test', 'A')).status, 'REFUSED');
      // Both come again over TCP when TC is set.
      assert.equal((await ask(`big.${zone}`, 'TXT')).answers.length, 90);
      const signed = await ask(`www.${zone}`, 'A', { key });
      assert.deepEqual([signed.status, signed.answers.length], ['NOERROR', 1]);
      assert.doesNotMatch(signed.text, /verify|failed|Couldn't/i);
      assert.match((await ask(`www.${zone}`, 'A', { key: stranger })).text, /BADKEY|NOTAUTH/);
      const version = await ask('version.bind', 'TXT', { more: [transport.tool === 'dig' ? '-c' : '-c', 'CH'] });
      assert.equal(version.status, 'REFUSED');
    });

  test('dig learns a cookie and sends it again', async () => {
    await using server = await openTestNameserver({
      zones: makeZones(),
      cookies: { current: new Uint8Array(16).fill(5) },
    });
    const { text } = await dig({ port: server.port, name: `www.${zone}`, type: 'A' });
    assert.match(text, /COOKIE: [0-9a-f]{48} \(good\)/);
  });

  test('a transfer is REFUSED where nobody serves it', async () => {
    await using server = await openTestNameserver({ zones: makeZones() });
    assert.match((await dig({ port: server.port, name: zone, type: 'AXFR' })).text, /Transfer failed/);
  });
});

describe('nsupdate and knsupdate, over UDP and TCP', () => {
  const clients: readonly (readonly [string, readonly string[]])[] = [
    ['nsupdate', []],
    ['nsupdate', ['-v']],
    ['knsupdate', []],
    ['knsupdate', ['-v']],
  ];
  for (const [tool, options] of clients)
    test(`${tool} ${options.join(' ')}`, async () => {
      await using server = await openTestNameserver({ zones: makeZones() });
      const script = [
        `server 127.0.0.1 ${server.port}`,
        `zone ${zone}.`,
        `update add new.${zone}. 300 A 192.0.2.200`,
        'send',
        '',
      ].join('\n');
      const { stdout, stderr } = await runCommand(tool, [...options, '-y', keyArgument(key)], { input: script });
      assert.doesNotMatch(stdout + stderr, /fail|error|REFUSED/i);
      const values = await digValues({ port: server.port, name: `new.${zone}`, type: 'A' });
      assert.deepEqual(values, ['192.0.2.200']);
    });

  test('without a zone line nsupdate finds the zone by asking for its SOA record', async () => {
    await using server = await openTestNameserver({ zones: makeZones() });
    const script = `server 127.0.0.1 ${server.port}\nupdate add deep.new.${zone}. 300 A 192.0.2.200\nsend\n`;
    const { stdout, stderr } = await runCommand('nsupdate', ['-y', keyArgument(key)], { input: script });
    assert.equal(stdout + stderr, '');
    const values = await digValues({ port: server.port, name: `deep.new.${zone}`, type: 'A' });
    assert.deepEqual(values, ['192.0.2.200']);
  });

  test('who may not is told so', async () => {
    await using server = await openTestNameserver({ zones: makeZones() });
    const commands = [`update add new.${zone}. 300 A 192.0.2.200`];
    const update = (more: object) => nsupdate({ port: server.port, zone, commands, ...more });
    assert.equal((await update({})).status, 'REFUSED');
    assert.match((await update({ key: stranger })).text, /BADKEY/);
    assert.match((await update({ key: { ...key, secret: stranger.secret } })).text, /BADSIG/);
    assert.equal((await update({ key, zone: 'other.example' })).status, 'NOTAUTH');
    const prerequisite = [`prereq nxdomain www.${zone}.`, ...commands];
    assert.equal((await update({ key, commands: prerequisite })).status, 'YXDOMAIN');
  });
});

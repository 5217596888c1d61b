import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';

import { dig } from './dig.ts';
import { makeNames, makes, startNameserver } from './nameserver/primary-server.ts';
import { requirePeer } from './peers.ts';
import { makeTestKey } from './test-key.ts';
import { wrongClock } from './wrong-clock.ts';

const parent = 'example.test';
const child = 'dyn.example.test';

for (const make of makeNames)
  test(`${makes[make].title}, started for tests, is a primary that keeps what it was told`, async (t) => {
    if (!requirePeer(t, ...makes[make].peers)) return;
    const stranger = makeTestKey('stranger', 'hmac-sha256');
    await using nameserver = await startNameserver(make, {
      zones: [{ name: parent, records: ['www 60 IN A 192.0.2.1', '*.wild 60 IN A 192.0.2.7'] }, { name: `${child}.` }],
      keys: [stranger],
    });

    await t.test('it answers for its zones', async () => {
      assert.equal(await nameserver.serial(parent), 1);
      assert.equal(await nameserver.serial(child), 1);
      assert.deepEqual(await nameserver.values(`www.${parent}`, 'A'), ['192.0.2.1']);
      const signed = await nameserver.query(`some.wild.${parent}`, 'A', { key: nameserver.key(parent), tcp: true });
      assert.equal(signed.status, 'NOERROR');
      assert.ok(signed.flags.includes('aa'), signed.text);
      assert.equal(signed.answers[0]?.value, '192.0.2.7');
      assert.ok(existsSync(nameserver.zoneFile(parent)));
    });

    await t.test('it takes an update with the right key', async () => {
      const { status, text } = await nameserver.update(child, [`update add home.${child}. 60 A 192.0.2.2`]);
      assert.equal(status, 'NOERROR', text);
      assert.deepEqual(await nameserver.values(`home.${child}`, 'A'), ['192.0.2.2']);
      assert.equal(await nameserver.serial(child), 2);
    });

    await t.test('it refuses other keys, wrong secrets and none', async () => {
      const command = [`update add evil.${child}. 60 A 192.0.2.3`];
      const forged = { ...nameserver.key(child), secret: stranger.secret };
      const unknown = makeTestKey('unknown');
      for (const key of [stranger, forged, unknown, nameserver.key(parent), 'unsigned'] as const) {
        const { status, text } = await nameserver.update(child, command, key);
        assert.match(status, /^(REFUSED|NOTAUTH|NO ANSWER)/, text);
      }
      assert.equal((await nameserver.query(`evil.${child}`, 'A')).status, 'NXDOMAIN');
    });

    await t.test('what it took survives kill -9', async () => {
      const { pid } = nameserver;
      await nameserver.update(child, [`update add late.${child}. 60 A 192.0.2.4`]);
      await nameserver.kill9();
      assert.equal((await dig({ port: nameserver.port, name: child, type: 'SOA' })).status, 'NO ANSWER');
      await nameserver.restart();
      assert.notEqual(nameserver.pid, pid);
      assert.deepEqual(await nameserver.values(`late.${child}`, 'A'), ['192.0.2.4']);
      assert.equal(await nameserver.serial(child), 3);
    });
  });

test('every algorithm of TSIG is spoken by every make', async (t) => {
  const algorithms = ['hmac-md5', 'hmac-sha1', 'hmac-sha224', 'hmac-sha256', 'hmac-sha384', 'hmac-sha512'] as const;
  for (const make of makeNames) {
    if (!requirePeer(t, ...makes[make].peers)) return;
    const zones = algorithms.map((algorithm) => ({
      name: `${algorithm}.test`,
      key: makeTestKey(`key-of-${algorithm}`, algorithm),
    }));
    await using nameserver = await startNameserver(make, { zones });
    for (const { name } of zones) {
      const { status, text } = await nameserver.update(name, [`update add www.${name}. 60 A 192.0.2.1`]);
      assert.equal(status, 'NOERROR', `${make}: ${text}`);
    }
  }
});

test('a zone can refuse updates though it knows the key', async (t) => {
  for (const make of makeNames) {
    if (!requirePeer(t, ...makes[make].peers)) return;
    await using closed = await startNameserver(make, { zones: [{ name: parent, refusesUpdates: true }] });
    const { status } = await closed.update(parent, [`update add www.${parent}. 60 A 192.0.2.1`]);
    // Knot says of a known key that its rules do not name what it says of an unknown one.
    assert.match(status, /^(REFUSED|NOTAUTH\(BADKEY\))$/, make);
  }
});

test('a nameserver can have a wrong clock', async (t) => {
  // PowerDNS does not say what it minds.
  const answers = { knot: /^NOTAUTH\(BADTIME\)$/, powerdns: /^REFUSED$/ } as const;
  for (const make of ['knot', 'powerdns'] as const) {
    if (!requirePeer(t, ...makes[make].peers, 'faketime')) return;
    await using late = await startNameserver(make, { zones: [{ name: parent }], under: wrongClock(-3600) });
    const { status, text } = await late.update(parent, [`update add www.${parent}. 60 A 192.0.2.1`]);
    assert.match(status, answers[make], text);
  }
});

test('BIND can be composed into views that are chosen by key', async (t) => {
  if (!requirePeer(t, ...makes.bind.peers)) return;
  const inside = makeTestKey('inside');
  await using nameserver = await startNameserver('bind', {
    zones: [{ name: parent, key: inside, records: ['www 60 IN A 192.0.2.1'] }],
    readyWhen: 'answering',
    composeBindConfiguration: ({ keys, options, zones }) =>
      `${keys}\n${options}\nview "inside" { match-clients { key inside; }; ${zones.join('\n')} };`,
  });
  assert.equal((await nameserver.query(parent, 'SOA')).status, 'REFUSED');
  assert.deepEqual(await nameserver.values(`www.${parent}`, 'A', { key: inside }), ['192.0.2.1']);
});

test('what dig prints and what kdig prints is understood alike', async (t) => {
  if (!requirePeer(t, ...makes.knot.peers, 'kdig')) return;
  await using nameserver = await startNameserver('knot', {
    zones: [{ name: parent, records: ['www 60 IN A 192.0.2.1', 'www 60 IN TXT "two words" "a;b"'] }],
  });
  for (const tool of ['dig', 'kdig'] as const) {
    const answer = await nameserver.query(`www.${parent}`, 'TXT', { tool, tcp: true, key: nameserver.key(parent) });
    assert.equal(answer.status, 'NOERROR', answer.text);
    assert.ok(answer.flags.includes('aa'), answer.text);
    assert.deepEqual(answer.answers, [
      { name: `www.${parent}.`, ttlSeconds: 60, class: 'IN', type: 'TXT', value: '"two words" "a;b"' },
    ]);
    const none = await nameserver.query(`none.${parent}`, 'A', { tool });
    assert.equal(none.status, 'NXDOMAIN');
    assert.equal(none.authorities[0]?.type, 'SOA');
    const transfer = await nameserver.query(parent, 'AXFR', { tool, key: nameserver.key(parent) });
    assert.equal(transfer.answers.filter(({ type }) => type === 'SOA').length, 2, transfer.text);
  }
});

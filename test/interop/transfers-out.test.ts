import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import { dig, type DigAnswer } from '../support/dig.ts';
import { requirePeer } from '../support/peers.ts';
import { keyArgument, makeTestKey } from '../support/test-key.ts';
import { additionOf, origin, tsigKey, zoneOf } from '../support/transfer-fixture.ts';
import { openZoneService } from '../support/open-zone-service.ts';
import { serveInMemory } from '../support/served-zones.ts';
import { perform, zoneLines } from '../support/zone-fixture.ts';

const name = origin.toString();
const testKey = makeTestKey('xfr-key', 'hmac-sha256');

/** How the tools say that a signature is wrong or a transfer ended early. */
const complaint = /^;+ ?(?:Couldn't|Transfer failed|WARNING|ERROR)/im;

/** A zone that takes several messages, with a difference. */
async function serve(networks: readonly string[] = []) {
  const key = tsigKey(testKey);
  const zone = zoneOf(3000);
  perform(zone, additionOf(`new.${name} TXT x`));
  return { zone, server: await openZoneService([serveInMemory(zone, key)], networks) };
}

/** All lines but the repeated SOA record. */
function lines({ answers }: DigAnswer): string[] {
  const all = answers.map(({ name: owner, ttlSeconds, type, value }) => `${owner} ${ttlSeconds} ${type} ${value}`);
  return [...new Set(all)].sort();
}

for (const tool of ['dig', 'kdig'] as const) {
  const ask = (port: number, type: string, key = testKey) => dig({ tool, port, name, type, key, tcp: true });

  test(`${tool} verifies a signed AXFR of several messages, and reads the zone`, async (t: TestContext) => {
    if (!requirePeer(t, tool)) return;
    const { zone, server } = await serve();
    await using _ = server;
    const answer = await ask(server.port, 'AXFR');
    assert.deepEqual(lines(answer), zoneLines(zone));
    assert.doesNotMatch(answer.text, complaint);
  });

  test(`${tool} verifies a signed IXFR`, async (t: TestContext) => {
    if (!requirePeer(t, tool)) return;
    const { server } = await serve();
    await using _ = server;
    const answer = await ask(server.port, 'IXFR=1');
    const said = answer.answers.map(({ type, value }) => (type === 'SOA' ? value.split(' ')[2] : type));
    assert.deepEqual(said, ['2', '1', '2', 'TXT', '2'], answer.text);
    assert.doesNotMatch(answer.text, complaint);
  });

  test(`${tool} is refused without a key, and with a wrong one`, async (t: TestContext) => {
    if (!requirePeer(t, tool)) return;
    const { server } = await serve();
    await using _ = server;
    const { answers, text } = await dig({ tool, port: server.port, name, type: 'AXFR', tcp: true });
    assert.deepEqual(answers, []);
    assert.match(text, /failed|REFUSED/);
    const wrong = await ask(server.port, 'AXFR', makeTestKey(testKey.name, testKey.algorithm));
    assert.deepEqual(wrong.answers, []);
    assert.match(wrong.text, /BADSIG|NOTAUTH/);
    assert.ok(!wrong.text.includes(keyArgument(testKey)));
  });

  test(`${tool} may have the zone from a network that is allowed`, async (t: TestContext) => {
    if (!requirePeer(t, tool)) return;
    const { zone, server } = await serve(['127.0.0.0/8']);
    await using _ = server;
    const answer = await dig({ tool, port: server.port, name, type: 'AXFR', tcp: true });
    assert.deepEqual(lines(answer), zoneLines(zone));
  });
}

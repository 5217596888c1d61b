import assert from 'node:assert/strict';
import { after, before as beforeAll, test } from 'node:test';
import { canary } from '../vectors/hostile/hostile-request.ts';
import { hostileRequests } from '../vectors/hostile/hostile-requests.ts';
import { exchangeRaw, type ListeningFixture, listenFixture, parseAnswer } from './http-fixture.ts';

const secret = 'k7Zq0mN5rT2w';
const otherSecret = 'Xb93LpQ8vC41';
const zone = 'dyndns1.dev';
const requests = hostileRequests({ secret, otherSecret, zone });

let fixture: ListeningFixture;
let checks = 0;

beforeAll(async () => {
  fixture = await listenFixture({
    zones: [zone, 'other.example'],
    secrets: [secret, otherSecret],
    trustedProxies: ['127.0.0.0/8', '::1'],
    limits: { loggedRefusalsPerSecond: 100_000 },
    check: () => {
      checks += 1;
      return Promise.resolve({ lines: [], passed: true });
    },
  });
});

after(() => fixture[Symbol.asyncDispose]());

test('there are enough of them, and no two have the same name', () => {
  assert.ok(requests.length >= 200, String(requests.length));
  assert.deepEqual(
    requests.map(({ name }) => name).filter((name, index, names) => names.indexOf(name) !== index),
    [],
  );
});

for (const { name, octets, status, line } of requests) {
  test(name, async () => {
    const before = transactions();
    const answer = parseAnswer(await exchangeRaw(fixture.port, Buffer.from(octets, 'latin1')));
    assert.deepEqual(
      { status: answer.status, body: answer.body },
      { status, body: line === undefined ? '' : `${line}\n` },
    );
    assert.equal(answer.headers.get('content-type'), 'text/plain; charset=utf-8');
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    assert.equal(answer.headers.get('referrer-policy'), 'no-referrer');
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
    assert.equal(answer.headers.has('transfer-encoding'), false);
    assert.equal(answer.headers.has('allow'), status === 405);
    if (line !== undefined) assert.equal(answer.headers.get('content-length'), String(Buffer.byteLength(`${line}\n`)));
    assert.equal(transactions(), before, 'the primary was asked');
    assert.equal(checks, 0);
    for (const never of [secret, otherSecret, canary]) assert.equal(answer.body.includes(never), false);
  });
}

test('after all of them neither log nor metrics know a secret, and nothing has failed inside', async () => {
  const written = [...fixture.logLines, await fixture.services.metrics.text()].join('');
  assert.ok(fixture.logLines.length > 200);
  for (const never of [secret, otherSecret, canary, encodeAll(secret), encodeAll(secret).replaceAll('%', '%25')])
    assert.equal(written.toLowerCase().includes(never.toLowerCase()), false, never);
  assert.doesNotMatch(written, /"level":"(?:CRITICAL|ERROR)"/);
});

test('after all of them the server still does its work', async () => {
  const target = `/update-by-path/${secret}/www.${zone}/192.0.2.1`;
  const octets = `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;
  const answer = parseAnswer(await exchangeRaw(fixture.port, octets));
  assert.equal(answer.body, `UPDATED: www.${zone}. A None -> 192.0.2.1\nUNCHANGED: www.${zone}. AAAA None\n`);
});

/** Not even a read may get as far as a primary. */
function transactions(): number {
  return fixture.primaries.reduce((count, primary) => count + primary.transactions, 0);
}

function encodeAll(text: string): string {
  return Array.from(text, (character) => `%${character.charCodeAt(0).toString(16)}`).join('');
}

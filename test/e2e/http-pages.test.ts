import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { exchangeRaw, type ListeningFixture, listenFixture, parseAnswer, request, secret } from './http-fixture.ts';

const host = 'Host: dyndns.example.com';

function get({ port }: ListeningFixture, target: string, ...headers: string[]) {
  return request(port, [`GET ${target} HTTP/1.1`, host, ...headers]);
}

test('alive is who answers at all; ready is who can do the work', async () => {
  let isReachable = false;
  await using fixture = await listenFixture({
    limits: { readinessMaxAgeMs: 0 },
    readiness: () =>
      Promise.resolve(
        isReachable
          ? { ready: true, lines: [] }
          : { ready: false, lines: ['The primary of the zone dyndns1.dev. could not be reached.'] },
      ),
  });
  const alive = await get(fixture, '/healthz');
  assert.deepEqual([alive.status, alive.body], [200, 'ok\n']);
  const unready = await get(fixture, '/readyz');
  assert.deepEqual(
    [unready.status, unready.body],
    [503, 'The primary of the zone dyndns1.dev. could not be reached.\n'],
  );
  isReachable = true;
  const ready = await get(fixture, '/readyz');
  assert.deepEqual([ready.status, ready.body], [200, 'ready\n']);
});

test('what keeps it from being ready is told to this machine and to who knows the secret, and to nobody else', async () => {
  const line = 'The primary 192.0.2.53 of the zone dyndns1.dev. could not be reached.';
  await using fixture = await listenFixture({ readiness: () => Promise.resolve({ ready: false, lines: [line] }) });
  const forwarded = 'X-Forwarded-For: 198.51.100.1';
  for (const [text, target, ...headers] of [
    [line, '/readyz'],
    [line, `/readyz?secret=${secret}`, forwarded],
    [line, '/readyz', forwarded, `Authorization: Bearer ${secret}`],
    ['not ready', '/readyz', forwarded],
    ['not ready', '/readyz', 'Via: 1.1 proxy'],
    ['not ready', '/readyz?secret=wrongwrong', forwarded],
    ['not ready', '/readyz', 'Authorization: Bearer wrongwrong'],
  ] as const) {
    const { status, body } = await get(fixture, target, ...headers);
    assert.deepEqual([status, body], [503, `${text}\n`], [target, ...headers].join(' '));
  }
});

test('however many ask whether it is ready, the primaries are looked at once a while', async () => {
  let asked = 0;
  await using fixture = await listenFixture({
    limits: { readinessMaxAgeMs: 60_000 },
    readiness: async () => {
      asked += 1;
      await delay(20);
      return { ready: true, lines: [] };
    },
  });
  await Promise.all(Array.from({ length: 10 }, () => get(fixture, '/readyz')));
  assert.equal((await get(fixture, '/readyz')).status, 200);
  assert.equal(asked, 1);
});

const checkLine =
  "INFO: The update check passed: A TXT record 'NAME' with the content 'RANDOM' could be updated on the zone 'dyndns1.dev.'.";

test('a check tells its lines, by query, by form and by bearer', async () => {
  await using fixture = await listenFixture({ check: () => Promise.resolve({ lines: [checkLine], passed: true }) });
  const form = `POST /check HTTP/1.1\r\n${host}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 15\r\nConnection: close\r\n\r\nsecret=${secret}`;
  for (const answer of [
    await get(fixture, `/check?secret=${secret}`),
    await get(fixture, '/check', `Authorization: Bearer ${secret}`),
    parseAnswer(await exchangeRaw(fixture.port, form)),
  ])
    assert.deepEqual([answer.status, answer.body], [200, `${checkLine}\n`]);
});

test('a check that fails has the status of its fault, 502 without one, and keeps secrets', async () => {
  const line = 'CHECK_ERROR: The zone dyndns1.dev. could not be updated.';
  let fault = {};
  await using fixture = await listenFixture({
    check: () => Promise.resolve({ lines: [line, `CHECK_ERROR: ${secret}`], passed: false, ...fault }),
  });
  const target = `/check?secret=${secret}`;
  assert.deepEqual(
    [(await get(fixture, target)).status, (await get(fixture, target)).body],
    [502, `${line}\nCHECK_ERROR: ***\n`],
  );
  fault = { fault: { code: 'timeout', nameserver: '192.0.2.53' } };
  assert.equal((await get(fixture, target)).status, 504);
});

test('however many ask for a check, it runs once at a time, and not for ever', async () => {
  let running = 0;
  let most = 0;
  let started = 0;
  await using fixture = await listenFixture({
    limits: { checkTimeoutMs: 300 },
    check: async (signal) => {
      started += 1;
      running += 1;
      most = Math.max(most, running);
      await delay(10_000, undefined, { signal }).catch(() => {});
      running -= 1;
      return { lines: ['CHECK_ERROR: It took too long.'], passed: false };
    },
  });
  const answers = await Promise.all(Array.from({ length: 5 }, () => get(fixture, `/check?secret=${secret}`)));
  assert.deepEqual([...new Set(answers.map(({ body }) => body))], ['CHECK_ERROR: It took too long.\n']);
  assert.equal(most, 1);
  assert.ok(started < 5, String(started));
});

test('metrics: requests by route and status, outcomes, what is under way; open to this machine', async () => {
  await using fixture = await listenFixture();
  const update = `/update-by-path/${secret}/www.dyndns1.dev/192.0.2.1`;
  await get(fixture, update);
  await get(fixture, update);
  await get(fixture, '/update-by-path/wrongwrong/www.dyndns1.dev/192.0.2.1');
  await get(fixture, '/nothing/here');
  for (const primary of fixture.primaries) primary.fault = { code: 'timeout', nameserver: '192.0.2.53' };
  await get(fixture, update);
  const answer = await get(fixture, '/metrics');
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
  for (const line of [
    'dyndns_http_requests_total{route="/update-by-path",status="200"} 2',
    'dyndns_http_requests_total{route="/update-by-path",status="403"} 1',
    'dyndns_http_requests_total{route="/update-by-path",status="504"} 1',
    'dyndns_http_requests_total{route="none",status="404"} 1',
    'dyndns_update_outcomes_total{dialect="seed",outcome="changed"} 1',
    'dyndns_update_outcomes_total{dialect="seed",outcome="unchanged"} 1',
    'dyndns_update_outcomes_total{dialect="seed",outcome="timeout"} 1',
    'dyndns_http_update_duration_seconds_count 3',
    'dyndns_http_updates_in_flight 0',
    'dyndns_build_info{version="0.1.0"} 1',
  ])
    assert.ok(answer.body.split('\n').includes(line), `${line}\n${answer.body}`);
  assert.doesNotMatch(answer.body, /12345678|wrongwrong|www\.dyndns1/);
});

test('metrics: with the secret also through a proxy', async () => {
  await using fixture = await listenFixture();
  const proxied = 'X-Forwarded-For: 198.51.100.1';
  const statusOf = async (target: string, ...headers: string[]) => (await get(fixture, target, ...headers)).status;
  assert.equal(await statusOf('/metrics', proxied), 400);
  assert.equal(await statusOf(`/metrics?secret=${secret}`, proxied), 200);
  assert.equal(await statusOf('/metrics', proxied, `Authorization: Bearer ${secret}`), 200);
  assert.equal(await statusOf('/metrics', proxied, 'Authorization: Bearer wrongwrong'), 403);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { hostnameOf } from '../support/host-books.ts';
import { makeToken } from '../support/make-token.ts';
import { MemoryLedger } from '../support/memory-ledger.ts';
import { listenFixture, type ListeningFixture, request, secret as administrator } from './http-fixture.ts';

/** What each dialect says to an address that cannot be used, and what history and log tell of it. */
const requests: readonly (readonly [title: string, target: string, answer: string, told: string])[] = [
  [
    'dyndns2, a multicast address',
    '/nic/update?hostname=home.example.com&myip=224.0.0.1&password=TOKEN',
    '200 dnserr',
    'The address 224.0.0.1 cannot be used: ',
  ],
  [
    'dyndns2, nobody’s address',
    '/nic/update?hostname=home.example.com&myip=0.0.0.0&password=TOKEN',
    '200 dnserr',
    'The address 0.0.0.0 cannot be used: ',
  ],
  [
    'dyndns2, the address of a proxy that is not trusted',
    '/nic/update?hostname=home.example.com&password=TOKEN',
    '200 dnserr',
    'The address 127.0.0.1 cannot be used: ',
  ],
  ['DuckDNS', '/update?domains=home&token=TOKEN&ip=224.0.0.1', '200 KO', 'The address 224.0.0.1 cannot be used: '],
  [
    'dynv6',
    '/api/update?hostname=home.example.com&token=TOKEN&ipv4=224.0.0.1',
    '400 PARAMETER_ERROR',
    'The addresses cannot be taken: the address 224.0.0.1 cannot be used: ',
  ],
];

for (const [title, target, answer, text] of requests)
  test(`an address that cannot be used is told of in history and log: ${title}`, async () => {
    await using fixture = await listenFixture({ zones: ['example.com'], ledger: new MemoryLedger() });
    const { token, secret } = await makeToken(fixture.registry!, { patterns: ['home.example.com'] });
    for (let time = 0; time < 3; time += 1) assert.equal(await get(fixture, target.replace('TOKEN', secret)), answer);
    const [entry, ...others] = await historyOf(fixture, 'home.example.com');
    assert.ok(entry && others.length === 0);
    assert.ok(entry.detail?.startsWith(text), entry?.detail);
    assert.deepEqual([entry.outcome, entry.credential], ['failed', `token:${token.id}`]);
    const lines = fixture.logLines.map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.equal(lines.length, 3);
    assert.deepEqual(
      [lines[0]?.['msg'], lines[0]?.['name'], lines[0]?.['credential'], lines[0]?.['status']],
      [entry.detail, 'home.example.com.', `token:${token.id}`, Number(answer.split(' ')[0])],
    );
  });

test('whoever may not change a name writes nothing into its history', async () => {
  await using fixture = await listenFixture({ zones: ['example.com'], ledger: new MemoryLedger() });
  const { secret } = await makeToken(fixture.registry!, { patterns: ['home.example.com'] });
  for (const target of [
    '/nic/update?hostname=lab.example.com,home.example.com&myip=224.0.0.1&password=TOKEN',
    '/update?domains=lab.example.com,home&token=TOKEN&ip=224.0.0.1',
    '/api/update?hostname=lab.example.com&token=TOKEN&ipv4=224.0.0.1',
  ])
    await get(fixture, target.replace('TOKEN', secret));
  assert.deepEqual(await historyOf(fixture, 'lab.example.com'), []);
  assert.equal((await historyOf(fixture, 'home.example.com')).length, 1);
  await get(fixture, `/nic/update?hostname=lab.example.com&myip=224.0.0.1&password=${administrator}`);
  assert.equal((await historyOf(fixture, 'lab.example.com')).length, 1);
});

async function get({ port }: ListeningFixture, target: string): Promise<string> {
  const { status, body } = await request(port, [`GET ${target} HTTP/1.1`, 'Host: x']);
  return `${status} ${body.split(/[\s:]/)[0]}`;
}

async function historyOf({ registry }: ListeningFixture, name: string) {
  const read = await registry!.history(hostnameOf(name), { atMost: 9 });
  assert.ok(read.kind === 'history');
  return read.entries;
}

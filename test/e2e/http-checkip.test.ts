import assert from 'node:assert/strict';
import { test } from 'node:test';

import { listenFixture, request } from './http-fixture.ts';

const client = 'X-Forwarded-For: 198.51.100.7';

test('whoever asks is told his own address, in the form that he likes', async () => {
  await using fixture = await listenFixture({ trustedProxies: ['127.0.0.1'] });
  for (const path of ['/nic/checkip', '/checkip', '/myip', '/nic//checkip/']) {
    const ask = async (...headers: readonly string[]) => {
      const answer = await request(fixture.port, [`GET ${path} HTTP/1.1`, 'Host: x', client, ...headers]);
      assert.equal(answer.status, 200, path);
      return [answer.body, answer.headers.get('content-type')];
    };
    assert.deepEqual(await ask(), ['198.51.100.7\n', 'text/plain; charset=utf-8']);
    assert.deepEqual(await ask('Accept: application/json'), [
      '{"ip":"198.51.100.7"}\n',
      'application/json; charset=utf-8',
    ]);
    const [page] = await ask('Accept: text/html,*/*');
    assert.match(page ?? '', /Current IP Address: 198\.51\.100\.7</);
  }
  const direct = await request(fixture.port, ['GET /checkip HTTP/1.1', 'Host: x']);
  assert.equal(direct.body, '127.0.0.1\n');
  const posted = await request(fixture.port, ['POST /nic/checkip HTTP/1.1', 'Host: x', 'Content-Length: 0']);
  assert.deepEqual([posted.status, posted.headers.get('allow')], [405, 'GET, HEAD']);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { exchangeKept } from '../e2e/http-fixture.ts';
import { requirePeer } from '../support/peers.ts';
import { launchTokenService, primaryKinds } from '../support/token-service.ts';
import { routerRequests } from '../vectors/router-requests.ts';

const zone = 'dyndns.example.test';

for (const kind of primaryKinds)
  test(`what routers send, octet for octet, on ${kind}`, async (t) => {
    if (!requirePeer(t, 'named', 'dig')) return;
    await using opened = await launchTokenService(kind, zone);
    const { port } = opened.service;
    const { secret } = await opened.token('--zone', zone);
    await opened.host(`fritz.${zone}`);
    await opened.host(`nas.${zone}`, '--follows', `fritz.${zone}`, '--interface-id', '::5:0:0:0:a');
    const basic = Buffer.from(`router:${secret}`).toString('base64');
    const filled = (text: string) =>
      text
        .replaceAll('TOKEN', secret)
        .replaceAll('BASIC', basic)
        .replaceAll('ZONE', zone)
        .replaceAll('HOST', `127.0.0.1:${port}`);
    for (const { device, lines, body = '', status, answer, holds } of routerRequests)
      await t.test(device, async () => {
        const head = [...lines.map(filled), 'X-Forwarded-For: 198.51.100.7'].join('\r\n');
        const told = await exchangeKept(port, `${head}\r\n\r\n${filled(body)}`);
        const [top = '', text = ''] = told.split('\r\n\r\n');
        assert.match(top, new RegExp(`^HTTP/1\\.1 ${status} `));
        assert.match(top, /^content-length: \d+$/im);
        assert.doesNotMatch(top, /^(?:transfer-encoding|location):/im);
        if (status === 401) assert.match(top, /^www-authenticate: Basic realm="dyndns"/im);
        assert.equal(text, filled(answer));
        for (const [label, values] of Object.entries(holds)) {
          const name = `${label}.${zone}`;
          const held = [await opened.values(name, 'A'), await opened.values(name, 'AAAA')].flat();
          assert.equal(held.join(' '), values, name);
        }
      });
  });

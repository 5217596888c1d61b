import assert from 'node:assert/strict';
import { test } from 'node:test';

import { digSerial } from '../support/dig.ts';
import { requirePeer } from '../support/peers.ts';
import { launchTokenService, primaryKinds } from '../support/token-service.ts';

const zone = 'dyndns.example.test';
const followers = 60;

for (const kind of primaryKinds)
  test(`one request of the router renumbers the whole home in one UPDATE, on ${kind}`, async (t) => {
    if (!requirePeer(t, 'named', 'dig')) return;
    await using opened = await launchTokenService(kind, zone);
    const { service, dnsPort } = opened;
    const { secret } = await opened.token('--zone', zone);
    const ask = async (path: string, init: RequestInit = {}) => {
      const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' };
      const answer = await fetch(`${service.baseUrl}${path}`, { headers, ...init });
      return `${answer.status} ${await answer.text()}`;
    };
    const put = (name: string, host: object) =>
      ask(`/api/v1/hosts/${name}.${zone}`, { method: 'PUT', body: JSON.stringify(host) });
    assert.match(await put('router', {}), /^201 /);
    const own = (index: number) => (index + 1).toString(16);
    for (let index = 0; index < followers; index += 1) {
      const host = { follows: `router.${zone}`, interface_id: `::5:0:0:0:${own(index)}`, wildcard: index === 0 };
      assert.match(await put(`m${index}`, host), /^201 /);
    }
    // This one has learned its own bits from its record, and keeps them when that goes.
    await ask(`/nic/update?hostname=nas.${zone}&myip=2001:db8:0:7::beef`);
    assert.match(await put('nas', { follows: `router.${zone}` }), /^200 /);
    assert.equal(await ask(`/nic/delete?hostname=nas.${zone}`), '200 good');
    const before = await digSerial({ port: dnsPort, name: zone });
    const fritz = `/nic/update?hostname=router.${zone}&myip=203.0.113.7&myipv6=2001:db8:ffff::1&ip6lanprefix=2001:db8:1:200::/56`;
    assert.equal(await ask(fritz), '200 good 203.0.113.7\ngood 2001:db8:ffff::1'.replace('\ngood ', ','));
    assert.equal(await digSerial({ port: dnsPort, name: zone }), before + 1);
    assert.deepEqual(await opened.values(`router.${zone}`, 'AAAA'), ['2001:db8:ffff::1']);
    for (let index = 0; index < followers; index += 1)
      assert.deepEqual(await opened.values(`m${index}.${zone}`, 'AAAA'), [`2001:db8:1:205::${own(index)}`]);
    assert.deepEqual(await opened.values(`x.m0.${zone}`, 'AAAA'), ['2001:db8:1:205::1']);
    assert.deepEqual(await opened.values(`nas.${zone}`, 'AAAA'), ['2001:db8:1:207::beef']);
    // Asked again, nothing is written.
    assert.match(await ask(fritz), /^200 nochg/);
    assert.equal(await digSerial({ port: dnsPort, name: zone }), before + 1);
  });

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { notifySource } from './notify-source.ts';

const cases = [
  { title: 'the only address', listen: ['192.0.2.53'], target: '198.51.100.7', source: '192.0.2.53' },
  { title: 'of its family', listen: ['192.0.2.53', '2001:db8::53'], target: '2001:db8:1::7', source: '2001:db8::53' },
  { title: 'besides loopback', listen: ['127.0.0.1', '192.0.2.53'], target: '198.51.100.7', source: '192.0.2.53' },
  { title: 'at two ports', listen: ['192.0.2.53', '192.0.2.53'], target: '198.51.100.7', source: '192.0.2.53' },
  { title: 'loopback, for loopback', listen: ['127.0.0.1', '::1'], target: '127.0.0.9', source: '127.0.0.1' },
  { title: 'loopback of IPv6', listen: ['::1'], target: '0:0:0:0:0:0:0:1', source: '::1' },
  { title: 'an address for loopback', listen: ['192.0.2.53'], target: '127.0.0.1', source: '192.0.2.53' },
  { title: 'loopback, for another machine', listen: ['127.0.0.1'], target: '198.51.100.7', source: undefined },
  { title: 'loopback of IPv6 for another', listen: ['::1'], target: '2001:db8:1::7', source: undefined },
  { title: 'several', listen: ['192.0.2.53', '192.0.2.54'], target: '198.51.100.7', source: undefined },
  { title: 'a wildcard', listen: ['0.0.0.0'], target: '198.51.100.7', source: undefined },
  { title: 'a wildcard besides', listen: ['192.0.2.53', '0.0.0.0'], target: '198.51.100.7', source: undefined },
  { title: 'the wildcard of IPv6', listen: ['::'], target: '2001:db8:1::7', source: undefined },
  { title: 'none of the family', listen: ['192.0.2.53'], target: '2001:db8:1::7', source: undefined },
  { title: 'sockets that were handed over', listen: [], target: '198.51.100.7', source: undefined },
];

for (const { title, listen, target, source } of cases)
  test(`NOTIFY comes from ${source ?? 'where the kernel chooses'}: ${title}`, () => {
    const places = listen.map((address, index) => ({ address, port: 53 + index }));
    assert.equal(notifySource(target, places), source);
  });

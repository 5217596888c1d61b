import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parseFixture } from '../../test/support/config-fixture.ts';
import { listenAddressText } from './network-address.ts';
import { configuredSecondaries } from './secondaries.ts';

async function secondaries(dns: object): Promise<readonly string[]> {
  const parsed = await parseFixture(JSON.stringify({ secret: 'abcdefgh', dns, zones: [{ name: 'a.example' }] }));
  assert.ok(parsed.kind === 'config', JSON.stringify(parsed));
  return configuredSecondaries(parsed.config.dns).map(listenAddressText);
}

test('those who are told of changes are in dns.notify, and the nameservers after the first, each once', async () => {
  const ns = ['ns1.a.example 192.0.2.1', 'ns2.a.example 192.0.2.2 2001:db8::2', 'ns3.example.net'];
  assert.deepEqual(await secondaries({ ns }), ['192.0.2.2:53', '[2001:db8::2]:53']);
  assert.deepEqual(await secondaries({ ns, notify: ['192.0.2.2', '192.0.2.2:5353'] }), [
    '192.0.2.2:53',
    '192.0.2.2:5353',
    '[2001:db8::2]:53',
  ]);
  assert.deepEqual(await secondaries({}), []);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { openTestNameserver } from '../../test/support/open-nameserver.ts';
import { parseRecordLines } from '../../test/support/record-lines.ts';
import { MemoryServedZone, MemoryServedZones } from '../../test/support/served-zones.ts';
import { Name } from '../dns/name.ts';
import { resolverAt, systemResolver } from './system-resolver.ts';

/** Zones by their name, with the nameservers that they name. */
const nameservers: Readonly<Record<string, readonly string[]>> = {
  'usual.': ['ns1.example.', 'NS2.example.'],
  'rootless.': ['.'],
  'mixed.': ['.', 'ns.example.'],
  'odd.': ['a\\.b\\032c.example.', 'a\\009\\255.example.'],
};

const cases: readonly (readonly [zone: string, names: readonly string[]])[] = [
  ['usual.', ['ns1.example.', 'ns2.example.']],
  ['rootless.', ['.']],
  ['mixed.', ['.', 'ns.example.']],
];

async function withResolver(use: (resolver: ReturnType<typeof resolverAt>) => Promise<void>): Promise<void> {
  const zones = Object.entries(nameservers).map(([zone, targets]) => {
    const records = parseRecordLines([`${zone} SOA 1`, ...targets.map((target) => `${zone} NS ${target}`)]);
    return new MemoryServedZone({ origin: Name.parse(zone), records });
  });
  await using nameserver = await openTestNameserver({ zones: new MemoryServedZones(zones) });
  await use(resolverAt([{ address: '127.0.0.1', port: nameserver.port }]));
}

for (const [zone, names] of cases)
  test(`the nameservers of ${zone} are ${names.join(' and ')}`, async () => {
    await withResolver(async ({ findNameservers }) => {
      const found = await findNameservers(Name.parse(zone));
      assert.ok(found.kind === 'names', JSON.stringify(found));
      assert.deepEqual(found.names.map((name) => name.toString()).toSorted(), names.toSorted());
    });
  });

test('whatever a nameserver is called, it is told, or it is told that nothing is', async () => {
  await withResolver(async ({ findNameservers }) => {
    const found = await findNameservers(Name.parse('odd.'));
    assert.notEqual(found.kind, 'none');
  });
});

test('the root has no address', async () => {
  assert.deepEqual(await systemResolver.resolveAddresses(Name.root), []);
  await withResolver(async ({ resolveAddresses }) => assert.deepEqual(await resolveAddresses(Name.root), []));
});

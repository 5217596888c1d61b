import assert from 'node:assert/strict';
import { test } from 'node:test';

import { origin, staticRecords } from '../../test/support/hosted-zones.ts';
import { zoneLines } from '../../test/support/zone-fixture.ts';
import { packZone } from './pack-zone.ts';
import { inOneGo, namesInPiece } from './pieces.ts';
import { Zone } from './zone.ts';

test('a zone that is built piece by piece is the one that is built at once, and pauses as often as it is large', () => {
  const lines = Array.from({ length: 3 * namesInPiece }, (_, number) => `deep.h${number} 60 A 192.0.2.1`);
  const records = staticRecords([...lines, 'sub 60 NS ns.elsewhere.']).map(({ record }) => record);
  const packed = packZone(origin, records);
  assert.ok(packed.kind === 'packed');
  const { content } = packed;
  const atOnce = new Zone(origin, content, 10);
  const pieces = Zone.build(origin, content, 10);
  let pauses = 0;
  let step = pieces.next();
  for (; step.done !== true; step = pieces.next()) pauses += 1;
  assert.equal(pauses, 3);
  assert.deepEqual(zoneLines(step.value), zoneLines(atOnce));
  assert.deepEqual(step.value.delegations, atOnce.delegations);
  for (const key of [origin.key, origin.prepend('h7').key])
    assert.equal(step.value.childCount(key), atOnce.childCount(key));
  const withoutApex = content.filter(({ owner }) => owner !== origin.key);
  assert.throws(() => inOneGo(Zone.build(origin, withoutApex, 10)), /no SOA record/);
});

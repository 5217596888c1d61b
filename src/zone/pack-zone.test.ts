import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { parseRecordLines } from '../../test/support/record-lines.ts';
import { makeZone, zoneLines } from '../../test/support/zone-fixture.ts';
import { Class } from '../dns/codes.ts';
import { Name } from '../dns/name.ts';
import { packZone } from './pack-zone.ts';
import { Zone } from './zone.ts';

const origin = Name.parse('example.');
const apex = ['example. SOA 1', 'example. NS ns.elsewhere.test.'];

describe('records from outside', () => {
  const refused: Readonly<Record<string, readonly string[]>> = {
    'has no SOA record': ['example. NS ns.elsewhere.test.'],
    'has no NS record': ['example. SOA 1'],
    'is not in the zone': [...apex, 'www.elsewhere.test. A 192.0.2.1'],
    'is not at the apex': [...apex, 'www.example. SOA 1'],
    'is there twice with different data': [...apex, 'example. SOA 2'],
    'stands beside others at www.example.': [...apex, 'www.example. CNAME a.', 'WWW.example. TXT x'],
  };
  for (const [reason, lines] of Object.entries(refused))
    test(`no zone: ${reason}`, () => {
      const packed = packZone(origin, parseRecordLines(lines));
      assert.ok(packed.kind === 'invalid' && packed.reason.includes(reason), JSON.stringify(packed));
    });

  test('no zone: of another class', () => {
    const [soa] = parseRecordLines(apex);
    assert.equal(packZone(origin, [{ ...soa!, class: Class.CH }]).kind, 'invalid');
  });

  test('what is there twice counts once, as the SOA that ends a transfer; one RRset has one TTL', () => {
    const records = parseRecordLines([...apex, 'www.example. A 192.0.2.1', 'www.example. A 192.0.2.2', ...apex]);
    const zone = makeZone(
      origin,
      records.map((record, index) => Object.assign(record, { ttl: 100 + index })),
    );
    assert.deepEqual(zoneLines(zone), [
      'example. 104 SOA ns.example.net. hostmaster.example.net. 1 3600 600 1209600 60',
      'example. 105 NS ns.elsewhere.test.',
      'www.example. 103 A 192.0.2.1',
      'www.example. 103 A 192.0.2.2',
    ]);
  });

  test('a zone without checked content is a mistake of ours', () => {
    assert.throws(() => new Zone(origin, [], 100), /no SOA/);
    const elsewhere = Name.parse('elsewhere.test.').key;
    const packed = packZone(origin, parseRecordLines(apex));
    assert.ok(packed.kind === 'packed');
    const [{ records }] = packed.content as [(typeof packed.content)[0]];
    assert.throws(() => new Zone(origin, [...packed.content, { owner: elsewhere, records }], 100), /not in the zone/);
  });
});

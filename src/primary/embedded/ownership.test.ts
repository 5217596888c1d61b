import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  addRecords,
  administratorKey,
  clientAddress,
  configure,
  hostZones,
  linesAt,
  openStore,
  origin,
  primaryOf,
  setAddress,
  update,
  zoneOf,
} from '../../../test/support/hosted-zones.ts';
import { createTemporaryDirectory } from '../../../test/support/temporary-directory.ts';
import { Rcode } from '../../dns/codes.ts';
import { Name } from '../../dns/name.ts';
import type { UpdateOperation } from '../../dns/update.ts';
import { readRecords } from '../../dns/zonefile/read-zone.ts';
import { explainFault } from '../../updates/fault.ts';

/** The zone's own, `ns1 A`, and these are static. */
const configured = [
  'mixed 300 MX 10 mail.example.',
  'alias 300 CNAME elsewhere.example.',
  'sub 300 NS ns.elsewhere.example.',
  '@ 300 TXT "static"',
  'a.deep 300 A 192.0.2.7',
];
/** And these are not. */
const dynamic = ['mixed A 192.0.2.1', '@ A 192.0.2.1', 'free A 192.0.2.1', 'free TXT "a"'];

type Case = readonly [operation: 'add' | 'delete' | 'delete-rrset' | 'delete-name', record: string, rcode: number];

const cases: readonly Case[] = [
  ['add', 'free A 192.0.2.2', Rcode.NOERROR],
  ['delete-name', 'free A 192.0.2.2', Rcode.NOERROR],
  ['add', 'ns1 A 192.0.2.2', Rcode.REFUSED],
  ['delete', 'ns1 A 192.0.2.53', Rcode.REFUSED],
  ['delete-rrset', 'ns1 A 192.0.2.53', Rcode.REFUSED],
  ['delete-name', 'ns1 A 192.0.2.53', Rcode.REFUSED],
  ['add', 'ns1 AAAA 2001:db8::1', Rcode.NOERROR],
  // Ownership is per name and type: the address of a name with a static MX record is anybody's.
  ['add', 'mixed A 192.0.2.2', Rcode.NOERROR],
  ['add', 'mixed MX 20 mail.example.', Rcode.REFUSED],
  ['delete-name', 'mixed A 192.0.2.1', Rcode.REFUSED],
  // A static CNAME or delegation owns its name.
  ['add', 'alias A 192.0.2.1', Rcode.REFUSED],
  ['add', 'alias CNAME other.example.', Rcode.REFUSED],
  ['delete-name', 'alias CNAME elsewhere.example.', Rcode.REFUSED],
  ['add', 'sub A 192.0.2.1', Rcode.REFUSED],
  ['add', 'sub NS ns2.elsewhere.example.', Rcode.REFUSED],
  ['add', 'below.sub A 192.0.2.1', Rcode.NOERROR],
  // Nor does anything hide what is static: a delegation at it or above it, or a DNAME above it.
  ['add', 'ns1 NS ns.elsewhere.example.', Rcode.REFUSED],
  ['add', 'mixed NS ns.elsewhere.example.', Rcode.REFUSED],
  ['add', 'a.deep NS ns.elsewhere.example.', Rcode.REFUSED],
  ['add', 'deep NS ns.elsewhere.example.', Rcode.REFUSED],
  ['add', 'deep DNAME elsewhere.example.', Rcode.REFUSED],
  ['add', '@ DNAME elsewhere.example.', Rcode.REFUSED],
  ['add', 'b.a.deep NS ns.elsewhere.example.', Rcode.NOERROR],
  ['add', 'b.deep NS ns.elsewhere.example.', Rcode.NOERROR],
  ['add', 'c.deep DNAME elsewhere.example.', Rcode.NOERROR],
  ['add', 'deep A 192.0.2.1', Rcode.NOERROR],
  // RFC 2136 §3.4.2.3–4: SOA and NS of the apex are not deleted anyway, so asking for it is no offence.
  ['delete-rrset', '@ NS ns1', Rcode.NOERROR],
  ['delete-rrset', '@ SOA ns1 hostmaster 0 3600 600 1209600 60', Rcode.NOERROR],
  ['delete', '@ SOA ns1 hostmaster 0 3600 600 1209600 60', Rcode.NOERROR],
  ['delete', '@ NS ns1', Rcode.REFUSED],
  ['add', '@ NS ns2.elsewhere.example.', Rcode.REFUSED],
  ['delete-name', '@ A 192.0.2.1', Rcode.REFUSED],
  ['delete-rrset', '@ A 192.0.2.1', Rcode.NOERROR],
  // The serial is nobody's; the rest of the SOA record is the configuration's.
  ['add', '@ 3600 SOA ns1 hostmaster 1900000000 3600 600 1209600 60', Rcode.NOERROR],
  ['add', '@ 3600 SOA ns2 hostmaster 1900000000 3600 600 1209600 60', Rcode.REFUSED],
];

test('what the configuration owns, no update changes; all else it may', async (t) => {
  await using directory = await createTemporaryDirectory('ownership');
  await using store = await openStore(directory.path);
  await using zones = hostZones(store);
  await configure(zones, configured);
  assert.equal(await addRecords(zones, dynamic), Rcode.NOERROR);
  for (const [operation, record, rcode] of cases)
    await t.test(`${operation} ${record}: ${rcode === 0 ? 'done' : 'refused'}`, async () => {
      const verdict = await update(zones, [operationOf(operation, record)]);
      assert.equal(verdict.rcode, rcode, verdict.reason);
      if (rcode === Rcode.REFUSED) assert.match(verdict.reason ?? '', /configured at \/etc\/dyndns\.yml:\d+/);
    });
  await t.test('one that is refused takes all of its message with it', async () => {
    const operations = [operationOf('add', 'together A 192.0.2.1'), operationOf('add', 'ns1 A 192.0.2.2')];
    assert.equal((await update(zones, operations)).rcode, Rcode.REFUSED);
    assert.deepEqual(linesAt(zoneOf(zones), 'together'), []);
  });
  await t.test('nobody but the administrator updates by DNS', async () => {
    const add = [operationOf('add', 'free A 192.0.2.9')];
    const served = zones.get(origin.key);
    assert.ok(served);
    const message = { id: 1, zone: origin, zoneClass: 1, prerequisites: [], operations: add };
    const others = [
      undefined,
      { ...administratorKey, secret: Buffer.from('another') },
      { ...administratorKey, name: Name.parse('other.') },
    ];
    for (const key of others) {
      assert.equal(
        (await served.update({ update: message, key, source: clientAddress, remember: undefined })).rcode,
        Rcode.REFUSED,
      );
      assert.equal(key !== undefined && served.mayTransfer(key), false);
    }
    assert.equal(served.mayTransfer(administratorKey), true);
    assert.equal(zones.findKey(origin), administratorKey);
  });
  await t.test('by HTTP it is a fault that names the place', async () => {
    const result = await setAddress(primaryOf(zones), 'ns1', '192.0.2.99');
    assert.ok(result.kind === 'failed' && result.fault.code === 'static');
    assert.match(explainFault(result.fault).cause, /The A records of ns1\.dyn\.example\. .* \/etc\/dyndns\.yml:3/);
  });
});

function operationOf(kind: Case[0], line: string): UpdateOperation {
  const read = readRecords(line, { origin, defaultTtlSeconds: 60 });
  const record = read.kind === 'records' ? read.records[0] : undefined;
  assert.ok(record, line);
  const { name, type, ttl, rdata } = record;
  switch (kind) {
    case 'add':
      return { kind, name, type, ttl, rdata };
    case 'delete':
      return { kind: 'delete-record', name, type, rdata };
    case 'delete-rrset':
      return { kind, name, type };
    case 'delete-name':
      return { kind, name };
  }
}

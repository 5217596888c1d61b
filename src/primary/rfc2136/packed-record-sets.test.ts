import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Type } from '../../dns/codes.ts';
import { Name } from '../../dns/name.ts';
import type { RecordSet } from '../../updates/record-set.ts';
import { packRecordSets, unpackRecordSets } from './packed-record-sets.ts';

const name = Name.parse('www.example.com.');
const address = (...octets: readonly number[]) => ({ kind: 'A', address: Uint8Array.from(octets) }) as const;

test('what is packed comes out as it was', () => {
  const sets = new Map<number, RecordSet | undefined>([
    [
      Type.A,
      { name, type: Type.A, ttlSeconds: 2 ** 31 - 1, rdatas: [address(0, 10, 13, 255), address(192, 0, 2, 128)] },
    ],
    [Type.AAAA, undefined],
    [
      Type.TXT,
      {
        name,
        type: Type.TXT,
        ttlSeconds: 0,
        rdatas: [{ kind: 'TXT', strings: [Buffer.alloc(0), Buffer.alloc(255, 0xff)] }],
      },
    ],
    [Type.NS, { name, type: Type.NS, ttlSeconds: 60, rdatas: [{ kind: 'NS', target: Name.parse('Ns.Example.') }] }],
    [65280, { name, type: 65280, ttlSeconds: 1, rdatas: [{ kind: 'opaque', octets: Uint8Array.of(1, 2, 3) }] }],
  ]);
  const packed = packRecordSets(sets);
  assert.ok(packed);
  const unpacked = unpackRecordSets(name, packed);
  assert.deepEqual([...unpacked.keys()], [...sets.keys()]);
  for (const [type, set] of sets) {
    const found = unpacked.get(type);
    assert.equal(found?.ttlSeconds, set?.ttlSeconds);
    assert.equal(JSON.stringify(plain(found)), JSON.stringify(plain(set)));
  }
});

test('what is too large is not kept', () => {
  const many = Array.from({ length: 1000 }, (_, index) => address(192, 0, 2, index % 256));
  const long = Array.from({ length: 300 }, () => ({ kind: 'TXT' as const, strings: [Buffer.alloc(255)] }));
  for (const [type, rdatas] of [
    [Type.A, many],
    [Type.TXT, long],
  ] as const)
    assert.equal(packRecordSets(new Map([[type, { name, type, ttlSeconds: 60, rdatas }]])), undefined);
});

/** Octets as numbers, whatever kind of array holds them. */
function plain(set: RecordSet | undefined): unknown {
  return set?.rdatas.map((rdata) => {
    if ('address' in rdata) return [...rdata.address];
    if ('strings' in rdata) return rdata.strings.map((string) => [...string]);
    if ('octets' in rdata) return [...rdata.octets];
    return rdata.kind === 'NS' ? rdata.target.toString() : rdata;
  });
}

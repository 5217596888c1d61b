import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Rcode, TsigError, Type } from '../dns/codes.ts';
import { toOpt } from '../dns/edns.ts';
import { makeQuery, type Message } from '../dns/message.ts';
import { Name } from '../dns/name.ts';
import type { SoaRdata } from '../dns/rdata.ts';
import type { Told } from './answer.ts';
import { countsDownToExpiry, isElsewhere, judgeUpdateRefusal } from './update-refusal.ts';

const primary = 'ns1.example.test.';
const own = { primary, expires: false, isPrimaryElsewhere: false };
const copy = { ...own, expires: true };
const foreign = { ...own, isPrimaryElsewhere: true };

function message(rcode: number): Message {
  return { ...makeQuery({ id: 1, name: Name.root, type: Type.SOA }), qr: true, rcode };
}

function proven(rcode: number): Told {
  return { kind: 'proven', message: message(rcode), signedAtSeconds: 0 };
}

function tsigError(error: number): Told {
  return { kind: 'tsig-error', error, serverTimeSeconds: undefined, message: message(Rcode.NOTAUTH) };
}

const cases: readonly [string, Told, typeof own, object][] = [
  ['REFUSED', proven(Rcode.REFUSED), own, { code: 'update-refused', rcode: 'REFUSED' }],
  ['REFUSED', proven(Rcode.REFUSED), copy, { code: 'looks-like-secondary', rcode: 'REFUSED', primary }],
  ['REFUSED', proven(Rcode.REFUSED), foreign, { code: 'looks-like-secondary', rcode: 'REFUSED', primary }],
  ['NOTAUTH', proven(Rcode.NOTAUTH), own, { code: 'update-notauth', primary }],
  ['NOTAUTH', proven(Rcode.NOTAUTH), copy, { code: 'looks-like-secondary', rcode: 'NOTAUTH', primary }],
  ['BADKEY', tsigError(TsigError.BADKEY), own, { code: 'update-refused', rcode: 'NOTAUTH (BADKEY)' }],
  ['BADKEY', tsigError(TsigError.BADKEY), copy, { code: 'looks-like-secondary', rcode: 'NOTAUTH (BADKEY)', primary }],
  [
    'BADTIME',
    tsigError(TsigError.BADTIME),
    copy,
    { code: 'unexpected-answer', rcode: 'NOTAUTH (BADTIME)', operation: 'update' },
  ],
  ['NOTIMP', proven(Rcode.NOTIMP), own, { code: 'update-not-implemented', rcode: 'NOTIMP' }],
  ['NOTIMP', proven(Rcode.NOTIMP), foreign, { code: 'looks-like-secondary', rcode: 'NOTIMP', primary }],
  ['NOTZONE', proven(Rcode.NOTZONE), copy, { code: 'update-notzone' }],
  ['SERVFAIL', proven(Rcode.SERVFAIL), copy, { code: 'update-servfail' }],
  ['FORMERR', proven(Rcode.FORMERR), own, { code: 'unexpected-answer', rcode: 'FORMERR', operation: 'update' }],
];

for (const [title, answer, evidence, finding] of cases)
  test(`${title} from ${evidence === own ? 'what may be the primary' : 'what seems a secondary'}`, () => {
    assert.deepEqual(judgeUpdateRefusal(answer, evidence), finding);
  });

test("a secondary's timer runs down from the zone's EXPIRE, a primary's does not", () => {
  const soa: SoaRdata = {
    kind: 'SOA',
    mname: Name.root,
    rname: Name.root,
    serial: 1,
    refresh: 1,
    retry: 1,
    expire: 1000,
    minimum: 1,
  };
  const withExpire = (data: Uint8Array) => {
    const options = [{ code: 9, data }];
    const opt = toOpt({ udpPayloadSize: 1232, version: 0, dnssecOk: false, extendedRcode: 0, options });
    return { ...message(Rcode.NOERROR), additionals: [opt] };
  };
  assert.equal(countsDownToExpiry(withExpire(Uint8Array.of(0, 0, 3, 0xe7)), soa), true, '999');
  assert.equal(countsDownToExpiry(withExpire(Uint8Array.of(0, 0, 3, 0xe8)), soa), false, '1000');
  assert.equal(countsDownToExpiry(withExpire(new Uint8Array(0)), soa), false);
  assert.equal(countsDownToExpiry(message(Rcode.NOERROR), soa), false);
  const [opt] = withExpire(Uint8Array.of(0, 0, 0, 1)).additionals;
  assert.ok(opt);
  assert.equal(countsDownToExpiry({ ...message(Rcode.NOERROR), additionals: [opt, opt] }, soa), false, 'two OPT');
});

test('only addresses of the same kind tell that the primary is another machine', () => {
  assert.equal(isElsewhere('192.0.2.1', ['192.0.2.2']), true);
  assert.equal(isElsewhere('192.0.2.1', ['192.0.2.2', '192.0.2.1']), false, 'one of its addresses');
  assert.equal(isElsewhere('2001:DB8::1', ['2001:db8:0::1']), false, 'another spelling');
  assert.equal(isElsewhere('127.0.0.1', ['192.0.2.2']), false, 'the same machine, seen from within and without');
  assert.equal(isElsewhere('10.0.0.1', ['192.0.2.2']), false, 'address translation');
  assert.equal(isElsewhere('10.0.0.1', ['10.0.0.2']), true);
  assert.equal(isElsewhere('192.0.2.1', ['2001:db8::1']), false, 'the other family');
  assert.equal(isElsewhere('192.0.2.1', []), false);
});

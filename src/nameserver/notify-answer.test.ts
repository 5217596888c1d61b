import assert from 'node:assert/strict';
import { test } from 'node:test';

import { makeTestKey } from '../../test/support/test-key.ts';
import { origin, tsigKey, zoneOf } from '../../test/support/transfer-fixture.ts';
import { MemoryServedZones, serveInMemory } from '../../test/support/served-zones.ts';
import { Class, Opcode, Rcode, Type } from '../dns/codes.ts';
import { makeQuery } from '../dns/message.ts';
import { Name } from '../dns/name.ts';
import { notifyRcode } from './notify-answer.ts';

test('a NOTIFY for a zone of ours is NOERROR, for another NOTAUTH, and FORMERR without one zone', () => {
  const key = tsigKey(makeTestKey('unused'));
  const zones = new MemoryServedZones([serveInMemory(zoneOf(1), key)]);
  const notify = { ...makeQuery({ id: 1, name: origin, type: Type.SOA }), opcode: Opcode.NOTIFY };
  const question = notify.questions[0]!;
  const rcode = (...questions: (typeof question)[]) => notifyRcode({ ...notify, questions }, zones);
  assert.equal(rcode(question), Rcode.NOERROR);
  assert.equal(rcode({ ...question, name: Name.parse('XFR.Example.Test') }), Rcode.NOERROR);
  assert.equal(rcode({ ...question, name: origin.prepend('host-0') }), Rcode.NOTAUTH);
  assert.equal(rcode({ ...question, type: Type.A }), Rcode.FORMERR);
  assert.equal(rcode({ ...question, class: Class.ANY }), Rcode.FORMERR);
  assert.equal(rcode({ ...question, class: Class.CH }), Rcode.NOTIMP);
  assert.equal(rcode(), Rcode.FORMERR);
  assert.equal(rcode(question, question), Rcode.FORMERR);
});

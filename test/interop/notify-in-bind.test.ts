import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';

import { Class, Opcode, rcodeName, Type } from '../../src/dns/codes.ts';
import { decodeMessage, encodeMessage, makeQuery, type Message } from '../../src/dns/message.ts';
import { Name } from '../../src/dns/name.ts';
import { notifyRcode } from '../../src/nameserver/notify-answer.ts';
import { makes, startNameserver } from '../support/nameserver/primary-server.ts';
import { requirePeer } from '../support/peers.ts';
import { origin, tsigKey, zoneOf } from '../support/transfer-fixture.ts';
import { makeTestKey } from '../support/test-key.ts';
import { MemoryServedZones, serveInMemory } from '../support/served-zones.ts';

const [question] = makeQuery({ id: 1, name: origin, type: Type.SOA }).questions;
const notify: Message = { ...makeQuery({ id: 1, name: origin, type: Type.SOA }), opcode: Opcode.NOTIFY, aa: true };

const cases: readonly (readonly [string, Message])[] = [
  ['a zone that it is primary for', notify],
  ['a zone that it does not have', { ...notify, questions: [{ ...question!, name: Name.parse('other.test') }] }],
  ['a name in a zone', { ...notify, questions: [{ ...question!, name: origin.prepend('host-1') }] }],
  ['another type than SOA', { ...notify, questions: [{ ...question!, type: Type.A }] }],
  ['no question', { ...notify, questions: [] }],
  ['two questions', { ...notify, questions: [question!, question!] }],
  ['class CH', { ...notify, questions: [{ ...question!, class: Class.CH }] }],
  ['class ANY', { ...notify, questions: [{ ...question!, class: Class.ANY }] }],
  ['class NONE', { ...notify, questions: [{ ...question!, class: Class.NONE }] }],
  ['class 0', { ...notify, questions: [{ ...question!, class: 0 }] }],
];

async function ask(port: number, message: Message): Promise<string> {
  const socket = createSocket('udp4');
  socket.send(encodeMessage(message), port, '127.0.0.1');
  const [wire] = (await once(socket, 'message', { signal: AbortSignal.timeout(3000) })) as [Uint8Array];
  socket.close();
  return rcodeName(decodeMessage(wire).rcode);
}

test('a NOTIFY that comes in is answered as BIND answers it', async (t) => {
  if (!requirePeer(t, ...makes.bind.peers)) return;
  await using server = await startNameserver('bind', { zones: [{ name: origin.toString() }] });
  const key = tsigKey(makeTestKey('unused'));
  const zones = new MemoryServedZones([serveInMemory(zoneOf(1), key)]);
  for (const [title, message] of cases)
    assert.equal(rcodeName(notifyRcode(message, zones)), await ask(server.port, message), title);
});

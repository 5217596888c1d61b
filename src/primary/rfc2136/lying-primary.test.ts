import assert from 'node:assert/strict';
import { test } from 'node:test';

import { type Behaviour, honest } from '../../../test/support/fake-nameserver.ts';
import { faultOf, openPrimary, set, www, zone } from '../../../test/support/rfc2136-primary.ts';
import { Rcode } from '../../dns/codes.ts';

/** Lies told about updates while queries are answered truly: nothing was applied, so nothing may be called done. */
const updateLies: Record<string, Behaviour> = {
  'another ID': ({ answer, sign, send }) => send(sign({ ...answer, id: answer.id ^ 0x5555 })),
  'a wrong signature': ({ answer, sign, send }) => send(flipped(sign(answer), -20)),
  'no signature': ({ answer, sign, send }) => send(withoutTsig(sign(answer))),
  'a success without the deed': ({ answer, sign, send }) => send(sign(answer)),
  'a message cut short': ({ answer, sign, send }) => send(sign(answer).subarray(0, 20)),
  'the truncation bit': ({ answer, sign, send }) => send(sign({ ...answer, tc: true })),
  'a request in place of an answer': ({ answer, sign, send }) => send(sign({ ...answer, qr: false })),
  'another kind of answer': ({ answer, sign, send }) => send(sign({ ...answer, opcode: 0 })),
  'two answers, a refusal first': ({ answer, sign, send }) => {
    send(sign({ ...answer, rcode: Rcode.REFUSED }));
    send(sign(answer));
  },
  'two answers that both lie': ({ answer, sign, send }) => {
    send(sign(answer));
    send(sign(answer));
  },
  'a closed connection': ({ socket }) => void socket.end(),
  'a reset connection': ({ socket }) => void socket.resetAndDestroy(),
  garbage: ({ sendRaw }) => sendRaw(Buffer.from('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')),
  'zero lengths': ({ sendRaw }) => sendRaw(Buffer.alloc(64)),
  silence: () => {},
  'an answer too late': ({ answer, sign, send }) => void setTimeout(() => send(sign(answer)), 400),
};

for (const [title, lie] of Object.entries(updateLies)) {
  test(`a primary that lies about an update is not believed: ${title}`, async () => {
    await using subject = await openPrimary();
    subject.fake.behave((exchange) => (exchange.isUpdate ? lie(exchange) : honest(exchange)));
    faultOf(await set(subject.primary, www, '192.0.2.1'));
    assert.deepEqual(subject.held(www), []);
    subject.fake.behave(honest);
    assert.equal((await set(subject.primary, www, '192.0.2.9')).kind, 'done', 'it is believed again once it is honest');
    assert.deepEqual(subject.held(www), ['192.0.2.9']);
  });

  test(`a primary that lies about everything is not believed: ${title}`, async () => {
    await using subject = await openPrimary();
    subject.fake.behave(lie);
    faultOf(await set(subject.primary, www, '192.0.2.1', 1_000));
    assert.deepEqual(subject.held(www), []);
  });
}

function flipped(wire: Uint8Array, index: number): Uint8Array {
  const octets = Uint8Array.from(wire);
  const at = octets.length + index;
  octets[at] = (octets[at] ?? 0) ^ 1;
  return octets;
}

/** The TSIG record is the last one: the question section ends where it begins. */
function withoutTsig(wire: Uint8Array): Uint8Array {
  const octets = Uint8Array.from(wire.subarray(0, 12 + zone.wire.length + 4));
  octets[11] = 0;
  return octets;
}

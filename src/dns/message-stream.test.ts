import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { frames, MessageStream } from './message-stream.ts';

const messages = fc.array(fc.uint8Array({ minLength: 12, maxLength: 600 }), { minLength: 1, maxLength: 6 });

test('messages come out as they went in, wherever the stream is cut (RFC 7766 §8)', () => {
  fc.assert(
    fc.property(messages, fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }), (sent, cuts) => {
      const octets = frames(sent);
      const stream = new MessageStream();
      const received: Uint8Array[] = [];
      for (let offset = 0, cut = 0; offset < octets.length; cut++) {
        const end = offset + (cuts[cut % cuts.length] ?? 1);
        const framing = stream.push(octets.subarray(offset, end));
        assert.ok(framing.kind === 'messages');
        received.push(...framing.messages.map((message) => Uint8Array.from(message)));
        offset = end;
      }
      assert.deepEqual(received, sent);
      assert.equal(stream.pendingOctets, 0);
    }),
  );
});

test('a length that no message can have breaks the stream', () => {
  for (const length of [0, 1, 11])
    assert.equal(new MessageStream().push(Uint8Array.of(0, length, 0, 0)).kind, 'broken', String(length));
});

test('what waits for its end is counted', () => {
  const stream = new MessageStream();
  stream.push(Uint8Array.of(0, 20, 1, 2, 3));
  assert.equal(stream.pendingOctets, 5);
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import * as fc from 'fast-check';

import { framed, MessageFrames } from './message-frames.ts';

function cut(octets: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (let turn = 0; at < octets.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    pieces.push(octets.subarray(at, at + size));
    at += size;
  }
  return pieces;
}

describe('a stream of messages', () => {
  test('comes out as it went in, wherever it is cut', () => {
    const message = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ minLength: 1000, maxLength: 3000 }));
    const sizes = fc.array(fc.integer({ min: 1, max: 2000 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.array(message, { maxLength: 12 }), sizes, (messages, pieceSizes) => {
        const frames = new MessageFrames();
        const seen: Uint8Array[] = [];
        for (const piece of cut(Buffer.concat(messages.map(framed)), pieceSizes)) {
          frames.push(piece);
          for (let next = frames.next(); next !== undefined; next = frames.next()) seen.push(next);
        }
        assert.deepEqual(
          seen,
          messages.map((each) => Uint8Array.from(each)),
        );
      }),
    );
  });

  test('may have the longest message there is, octet by octet', () => {
    const frames = new MessageFrames();
    const message = new Uint8Array(65_535).fill(7);
    const octets = framed(message);
    for (let at = 0; at < octets.length - 1; at += 1) frames.push(octets.subarray(at, at + 1));
    assert.equal(frames.next(), undefined);
    frames.push(octets.subarray(-1));
    assert.deepEqual(frames.next(), message);
  });
});

import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';

import { decodeMessage, encodeMessage, type Message } from '../../src/dns/message.ts';
import { Name } from '../../src/dns/name.ts';
import { signRequest, type TsigKey, verifyResponse } from '../../src/dns/tsig.ts';
import type { TestKey } from './test-key.ts';

const answerTimeoutMs = 5_000;

/** Sends messages to a nameserver on 127.0.0.1 over UDP, signed, one after the other. */
export interface SignedSender extends AsyncDisposable {
  /** @returns the answer, whose signature was checked; FORMERR and NOTIMP may come without one */
  send(message: Message): Promise<Message>;
}

export async function openSignedSender(port: number, testKey: TestKey): Promise<SignedSender> {
  const { name, algorithm, secret } = testKey;
  const key: TsigKey = { name: Name.parse(name), algorithm, secret: Buffer.from(secret, 'base64') };
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.connect(port, '127.0.0.1', resolve));
  return {
    async send(message) {
      const now = Math.floor(Date.now() / 1000);
      const { wire, mac } = signRequest(encodeMessage(message), key, now);
      const answer = Promise.withResolvers<Buffer>();
      const deadline = setTimeout(() => answer.reject(new Error('no answer came')), answerTimeoutMs);
      socket.once('message', answer.resolve);
      socket.send(wire);
      const received = await answer.promise;
      clearTimeout(deadline);
      const verdict = verifyResponse(received, key, mac, now);
      if (verdict.kind === 'unsigned') return decodeMessage(received);
      assert.equal(verdict.kind, 'verified', JSON.stringify(verdict));
      return 'message' in verdict ? verdict.message : assert.fail();
    },
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => void socket.close(resolve)),
  };
}

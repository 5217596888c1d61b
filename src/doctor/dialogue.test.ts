import assert from 'node:assert/strict';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import { Dialogue } from './dialogue.ts';

const question = Uint8Array.of(0x12, 0x34, ...new Uint8Array(10));
const answer = Uint8Array.of(0x12, 0x34, 0x80, ...new Uint8Array(9));

function framed(wire: Uint8Array): Uint8Array {
  return Uint8Array.of(0, wire.length, ...wire);
}

/** A peer that does this with every connection; the dialogue with it ends with the test. */
async function dialogueWith(t: TestContext, greet: (socket: Socket, ordinal: number) => void): Promise<Dialogue> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    greet(socket, sockets.length);
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  const dialogue = new Dialogue({ address: '127.0.0.1', port: (server.address() as AddressInfo).port }, 1_000);
  t.after(async () => {
    await dialogue[Symbol.asyncDispose]();
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return dialogue;
}

async function dribble(socket: Socket): Promise<void> {
  for (const octet of framed(answer)) {
    socket.write(Uint8Array.of(octet));
    await delay(1);
  }
}

test('an answer in single octets is put together', async (t) => {
  const dialogue = await dialogueWith(t, (socket) => socket.on('data', () => void dribble(socket)));
  assert.deepEqual(await dialogue.ask(question, 10_000, true), { kind: 'answer', wire: Buffer.from(answer) });
});

test('an answer with another ID is none', async (t) => {
  const stranger = answer.with(1, 0x35);
  const dialogue = await dialogueWith(t, (socket) => socket.on('data', () => socket.write(framed(stranger))));
  assert.deepEqual(await dialogue.ask(question, 100, true), { kind: 'silence' });
});

test('an answer that comes too late is not taken for the next one', async (t) => {
  const dialogue = await dialogueWith(t, (socket) => {
    let questions = 0;
    socket.on('data', () => {
      questions += 1;
      if (questions === 2) socket.write(Buffer.concat([framed(answer), framed(answer.with(1, 0x35))]));
    });
  });
  assert.deepEqual(await dialogue.ask(question, 50, true), { kind: 'silence' });
  const second = await dialogue.ask(question.with(1, 0x35), 10_000, true);
  assert.equal(second.kind === 'answer' && second.wire[1], 0x35, 'on the same line');
});

test('a line that was closed while idle is opened anew, for what may be repeated', async (t) => {
  const endAfterAnswer = (socket: Socket) =>
    socket.on('data', () => {
      socket.write(framed(answer));
      socket.end();
    });
  const dialogue = await dialogueWith(t, endAfterAnswer);
  for (let times = 0; times < 3; times += 1) assert.equal((await dialogue.ask(question, 10_000, true)).kind, 'answer');
});

test('an update is not repeated when the line breaks under it', async (t) => {
  let questions = 0;
  const dialogue = await dialogueWith(t, (socket) =>
    socket.on('data', () => {
      questions += 1;
      if (questions === 1) socket.write(framed(answer));
      else socket.destroy();
    }),
  );
  assert.equal((await dialogue.ask(question, 10_000, false)).kind, 'answer');
  assert.deepEqual(await dialogue.ask(question, 10_000, false), { kind: 'closed' });
  assert.equal(questions, 2);
});

test('the beginning of a message and then a hang-up is no DNS; so are printable words', async (t) => {
  const torn = await dialogueWith(t, (socket) => socket.end(Uint8Array.of(0, 200, 1, 2)));
  const verdict = await torn.ask(question, 10_000, true);
  assert.deepEqual(verdict, { kind: 'not-dns', octets: Buffer.from([0, 200, 1, 2]) });

  const wordy = await dialogueWith(t, (socket) => socket.write('HELO friend'));
  assert.equal((await wordy.ask(question, 60_000, true)).kind, 'not-dns', 'at once, not at the deadline');
});

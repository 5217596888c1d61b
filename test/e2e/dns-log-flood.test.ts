import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { Class, Opcode, Type } from '../../src/dns/codes.ts';
import { encodeMessage, makeQuery } from '../../src/dns/message.ts';
import { Name } from '../../src/dns/name.ts';
import { loggedRefusalsPerSecond } from '../../src/observe/refusal-allowance.ts';
import { launchEmbedded } from '../support/embedded-service.ts';

const sent = 3000;
/** 127 labels of one octet that has to be escaped: the longest name there is, in writing. */
const longName = Name.fromWire(Uint8Array.from([...Array.from({ length: 126 }, () => [1, 1]).flat(), 0]));

test('who sends UPDATEs without a key all the time does not fill the log, and a key is heard beside it', async () => {
  await using embedded = await launchEmbedded('dyn.example.test', {
    records: '@ A 192.0.2.53\n',
    dns: { rate_limit: 0 },
  });
  const query = makeQuery({ id: 7, name: longName, type: Type.SOA });
  const wire = encodeMessage({
    ...query,
    opcode: Opcode.UPDATE,
    questions: [{ name: longName, type: Type.SOA, class: Class.IN }],
  });
  const startMs = performance.now();
  assert.equal(await answersTo(wire, embedded.dnsPort), sent);
  assert.equal((await embedded.update(['update delete dyn.example.test. A'])).status, 'REFUSED');
  const seconds = Math.ceil((performance.now() - startMs) / 1000) + 1;
  await sleep(1100);
  await answersTo(wire, embedded.dnsPort, 1);
  // So that the last lines are written.
  await embedded.service.stop();

  const lines = embedded.service.logRecords().filter(({ level }) => level === 'DNS_SERVER_ERROR');
  const [signed, unsigned] = [
    lines.filter(({ key }) => key !== undefined),
    lines.filter(({ key }) => key === undefined),
  ];
  assert.equal(signed.length, 1, JSON.stringify(signed));
  assert.ok(unsigned.length > 0 && unsigned.length <= loggedRefusalsPerSecond * (seconds + 1), String(unsigned.length));
  for (const { msg } of unsigned) assert.ok(String(msg).length < 700, String(msg));
  const withheld = embedded.service
    .logRecords()
    .map(({ msg }) => /^(\d+) more refused UPDATEs were not logged one by one\.$/.exec(String(msg))?.[1])
    .reduce((sum, count) => sum + Number(count ?? 0), 0);
  assert.equal(unsigned.length + withheld, sent + 1);
});

/** Sends it again and again, each when the one before was answered. @returns how many were answered */
async function answersTo(wire: Uint8Array, port: number, times = sent): Promise<number> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.connect(port, '127.0.0.1', resolve));
  let answered = 0;
  try {
    while (answered < times) {
      const answer = Promise.withResolvers<boolean>();
      const deadline = setTimeout(() => answer.resolve(false), 5_000);
      socket.once('message', () => answer.resolve(true));
      socket.send(wire);
      const came = await answer.promise;
      clearTimeout(deadline);
      if (!came) break;
      answered += 1;
    }
    return answered;
  } finally {
    await new Promise<void>((resolve) => void socket.close(resolve));
  }
}

import assert from 'node:assert/strict';
import { join } from 'node:path';
import process from 'node:process';
import { describe, test } from 'node:test';

import { dig } from '../support/dig.ts';
import { freePort } from '../support/free-port.ts';
import { startProcess } from '../support/process.ts';

const script = join(import.meta.dirname, '../support/inherited-nameserver.ts');
const startMs = 15_000;

/** systemd's own tool hands sockets over as systemd does, and starts the program when the first client comes. */
describe('sockets that systemd has opened', () => {
  const cases = [
    { title: 'UDP', options: ['--datagram'], tcp: false, said: /udp4 \d+/ },
    { title: 'TCP', options: [], tcp: true, said: /tcp4 \d+/ },
  ];
  for (const { title, options, tcp, said } of cases)
    test(title, async () => {
      const port = await freePort();
      await using activated = startProcess({
        title: 'systemd-socket-activate',
        command: 'systemd-socket-activate',
        args: [...options, '--listen', `127.0.0.1:${port}`, process.execPath, script],
      });
      const isAnswering = async () => {
        const { answers } = await dig({ port, name: 'w.example', type: 'A', tcp, more: ['+time=1'] });
        return answers[0]?.value === '192.0.2.1';
      };
      await activated.waitUntil(isAnswering, startMs);
      assert.match(activated.output(), said);
    });
});

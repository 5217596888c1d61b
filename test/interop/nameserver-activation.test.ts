import assert from 'node:assert/strict';
import { join } from 'node:path';
import process from 'node:process';
import { describe, test } from 'node:test';

import { launcher } from '../e2e/cli-process.ts';
import { dig } from '../support/dig.ts';
import { freePort } from '../support/free-port.ts';
import { startProcess } from '../support/process.ts';
import { createTemporaryDirectory } from '../support/temporary-directory.ts';

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

  test('the service says that it answers there', async () => {
    await using home = await createTemporaryDirectory('activation');
    const [port, httpPort] = [await freePort(), await freePort()];
    const text = JSON.stringify({
      secret: 'abcdefghijklmnop',
      database: 'sqlite:zones.db',
      zones: [{ name: 'dyn.example' }],
    });
    const file = await home.write('dyndns.yml', text, 0o600);
    const serve = [process.execPath, launcher, '-c', file, 'serve', '--port', String(httpPort)];
    await using activated = startProcess({
      title: 'systemd-socket-activate',
      command: 'systemd-socket-activate',
      args: ['--listen', `127.0.0.1:${port}`, ...serve],
      directory: home.path,
    });
    const isAnswering = async () => {
      const { answers } = await dig({ port, name: 'dyn.example', type: 'SOA', tcp: true, more: ['+time=1'] });
      return answers.length === 1 && activated.output().includes('Its configuration is');
    };
    await activated.waitUntil(isAnswering, startMs);
    const said = `It answers DNS on port ${port}, TCP, by sockets that were handed over to it\nIts configuration is ${file}\n`;
    assert.ok(activated.output().includes(said), activated.output());
  });
});

import assert from 'node:assert/strict';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { defaultDoctorLimits } from '../../src/doctor/limits.ts';
import { reportStatus, type ZoneReport } from '../../src/doctor/report.ts';
import { freePort } from '../support/free-port.ts';
import { makes, startNameserver } from '../support/nameserver/primary-server.ts';
import { requirePeer } from '../support/peers.ts';
import { startProcess } from '../support/process.ts';
import { runCommand } from '../support/run-command.ts';
import { makeTestKey } from '../support/test-key.ts';
import { describeZone, examine, expectOnly } from './doctor-examination.ts';

const zone = 'dyn.example.test';
const limits = { ...defaultDoctorLimits, connectTimeoutMs: 300, answerTimeoutMs: 300 };

function examinePort(port: number): Promise<ZoneReport> {
  return examine(describeZone(port, zone, makeTestKey(zone)), { limits });
}

/** Starts a server on loopback that ends with the test. */
async function listen(t: TestContext, server: Server): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** A TCP server that does this with every connection. */
function listenWith(t: TestContext, greet: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  t.after(() => sockets.forEach((socket) => socket.destroy()));
  return listen(
    t,
    createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => {});
      greet(socket);
    }),
  );
}

test('nothing listens', async () => {
  const report = await examinePort(await freePort());
  expectOnly(
    report,
    'unreachable',
    /Nothing listens/,
    /ECONNREFUSED/,
    /Start the nameserver, or correct nameserver and port/,
  );
  assert.equal(reportStatus({ zones: [report] }), 503);
  assert.deepEqual(
    report.steps.map(({ status }) => status),
    ['failed', 'skipped', 'skipped', 'skipped', 'skipped', 'skipped'],
  );
});

test('a nameserver that was stopped', async (t) => {
  if (!requirePeer(t, ...makes.knot.peers)) return;
  await using nameserver = await startNameserver('knot', { zones: [{ name: zone }] });
  const description = describeZone(nameserver.port, zone, nameserver.key(zone));
  await nameserver.stop();
  expectOnly(await examine(description, { limits }), 'unreachable', /Nothing listens/);
});

test('a nameserver that hangs: the connection is accepted, and nothing comes', async (t) => {
  if (!requirePeer(t, ...makes.bind.peers)) return;
  await using nameserver = await startNameserver('bind', { zones: [{ name: zone }] });
  nameserver.signal('SIGSTOP');
  const report = await examine(describeZone(nameserver.port, zone, nameserver.key(zone)), { limits });
  expectOnly(report, 'no-answer', /accepted, but a query gets no answer in time/, /firewall or proxy/);
  assert.equal(reportStatus({ zones: [report] }), 504);
});

test('a server that accepts and never says a word', async (t) => {
  const port = await listenWith(t, () => {});
  expectOnly(await examinePort(port), 'no-answer', /no answer in time/);
});

test('a server that hangs up', async (t) => {
  const port = await listenWith(t, (socket) => socket.end());
  const report = await examinePort(port);
  expectOnly(report, 'disconnected', /closes the connection instead of answering a query/);
  assert.equal(reportStatus({ zones: [report] }), 503);
});

test('a web server', async (t) => {
  const port = await listen(
    t,
    createHttpServer((_request, response) => response.end('hello')),
  );
  const report = await examinePort(port);
  expectOnly(report, 'not-a-nameserver', /not a nameserver/, /a web server \(HTTP\)/, /Correct nameserver and port/);
  assert.equal(reportStatus({ zones: [report] }), 502);
});

test('an SSH server', async (t) => {
  const port = await listenWith(t, (socket) => socket.write('SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u7\r\n'));
  expectOnly(await examinePort(port), 'not-a-nameserver', /an SSH server \("SSH-2\.0-OpenSSH_9\.2p1/);
});

test('a mail server', async (t) => {
  const port = await listenWith(t, (socket) => socket.write('220 mail.example.test ESMTP Postfix\r\n'));
  expectOnly(await examinePort(port), 'not-a-nameserver', /a mail server \(SMTP\)/);
});

/** Read as DNS, it announces more than comes. */
const noise = Buffer.alloc(500, Buffer.from('deadbeef0badf00d', 'hex'));

test('random octets', async (t) => {
  const port = await listenWith(t, (socket) => socket.on('data', () => socket.write(noise)));
  expectOnly(await examinePort(port), 'not-a-nameserver', /octets which are no DNS messages/);
});

test('a peer that sends every question back', async (t) => {
  const port = await listenWith(t, (socket) => socket.pipe(socket));
  expectOnly(await examinePort(port), 'not-a-nameserver', /sends our question back/);
});

test('a firewall that drops what is sent to the port', async (t) => {
  if (!requirePeer(t, 'ip', 'nft')) return;
  const port = 5353;
  const script = `
    ip link set lo up
    nft add table inet doctor
    nft add chain inet doctor entry "{ type filter hook input priority 0; }"
    nft add rule inet doctor entry tcp dport ${port} drop
    exec "$@"`;
  const examiner = fileURLToPath(import.meta.resolve('./doctor-behind-firewall.ts'));
  const inNewNetwork = ['--net', 'sh', '-e', '-c', script, 'sh'];
  const probe = await runCommand('unshare', [...inNewNetwork, 'true']);
  if (probe.exitCode !== 0) return t.skip(`no network of its own with a firewall here: ${probe.stderr}`);
  const { stdout, stderr } = await runCommand('unshare', [...inNewNetwork, process.execPath, examiner, String(port)]);
  assert.equal(stderr, '');
  const report = JSON.parse(stdout) as ZoneReport;
  expectOnly(
    report,
    'connect-timeout',
    /neither accepted nor refused in time/,
    /firewall/,
    /Let TCP to port 5353 through/,
  );
  assert.equal(reportStatus({ zones: [report] }), 504);
});

test('a server that hangs, with as many connections waiting as it admits', async (t) => {
  const listener = `require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () {
    console.log(this.address().port);
  })`;
  await using server = startProcess({ title: 'a listener', command: process.execPath, args: ['-e', listener] });
  await server.waitUntil(() => Promise.resolve(server.output().includes('\n')), 20_000);
  server.signal('SIGSTOP');
  const port = Number(server.output());
  const sockets = Array.from({ length: 20 }, () => connect(port, '127.0.0.1').on('error', () => {}));
  t.after(() => sockets.forEach((socket) => socket.destroy()));
  const report = await examinePort(port);
  server.signal('SIGCONT');
  expectOnly(report, 'connect-timeout', /neither accepted nor refused/, /the machine is down/);
});

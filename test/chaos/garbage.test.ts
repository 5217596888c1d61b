import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

import { Opcode, Rcode } from '../../src/dns/codes.ts';
import { configurationOf } from '../interop/seed-service.ts';
import { dig, digSerial } from '../support/dig.ts';
import { freePort } from '../support/free-port.ts';
import { launchService } from '../support/launch-service.ts';
import { requirePeer } from '../support/peers.ts';
import type { TestKey } from '../support/test-key.ts';
import { keys, scratchZone, settledZone, wellFormedAddress } from './garbage-material.ts';
import type { GarbageOrder, GarbageReport } from './garbage-sender.ts';

/** More of them, and others: npm run soak. */
const packets = Number(process.env['DYNDNS_GARBAGE_PACKETS'] ?? 1_000_000);
const seed = Number(process.env['DYNDNS_GARBAGE_SEED'] ?? 1);
const threads = 2;
const sampledEveryMs = 250;
/** What the first fifth of the garbage has made of the memory is taken for normal. */
const warmUpShare = 0.2;
const mostGrowthKibi = 96 * 1024;
/** What garbage has to be answered with somewhere; otherwise it did not come far. */
const kindsExpected = [
  ...[Rcode.NOERROR, Rcode.FORMERR, Rcode.NXDOMAIN, Rcode.REFUSED, Rcode.NOTAUTH].map((rcode) => [Opcode.QUERY, rcode]),
  ...[Rcode.NOERROR, Rcode.FORMERR, Rcode.REFUSED, Rcode.YXDOMAIN, Rcode.NOTAUTH, Rcode.NOTZONE].map((rcode) => [
    Opcode.UPDATE,
    rcode,
  ]),
  [Opcode.NOTIFY, Rcode.FORMERR],
  [1, Rcode.NOTIMP],
].map(([opcode, rcode]) => `opcode ${opcode} rcode ${rcode}`);

const records = `
@ MX 10 w
w A 192.0.2.1
meant A ${wellFormedAddress}
c CNAME w
*.i TXT any
s NS ns.s
ns.s A 192.0.2.2
${Array.from({ length: 40 }, (_, index) => `b TXT ${'x'.repeat(50)}${index}`).join('\n')}
`;

test(`${packets} mutated requests over UDP and TCP: the service answers on, stays small, and its zone as it was`, async (t) => {
  if (!requirePeer(t, 'dig')) return;
  const port = await freePort();
  await using service = await launchService({ configuration: configuration(port), readyWhen: 'ready' });
  const { pid } = service;
  const before = await contentOf(port);
  const memory = watchMemory(pid);
  const reports = await Promise.all(
    Array.from({ length: threads }, (_, thread) =>
      send({ port, seed: seed * threads + thread, packets: Math.ceil(packets / threads), network: thread + 1 }),
    ),
  );
  const samples = await memory.stop();
  const answers = new Map<string, number>();
  for (const [kind, times] of reports.flatMap((report) => Object.entries(report.answers)))
    answers.set(kind, (answers.get(kind) ?? 0) + times);
  const kinds = [...answers].map(([kind, times]) => `${times} × ${kind}`).sort();
  const questions = reports.reduce((total, report) => total + report.questions, 0);
  t.diagnostic(`seed ${seed}, ${questions} well-formed questions; answers: ${kinds.join(', ')}`);
  for (const kind of kindsExpected) assert.ok(answers.has(kind), `no answer was ${kind}`);
  assert.equal(await droppedPackets(port), 0, 'packets that the kernel has dropped were not tried');
  assert.deepEqual(await contentOf(port), before);
  assert.equal((await dig({ port, name: scratchZone, type: 'SOA' })).status, 'NOERROR');
  assert.equal(service.pid, pid);
  assert.equal((await service.get('/readyz')).status, 200);
  const warm = Math.max(...samples.slice(0, Math.ceil(samples.length * warmUpShare)));
  const later = Math.max(...samples.slice(-Math.ceil(samples.length * warmUpShare)));
  t.diagnostic(`${samples.length} samples of memory: ${warm} KiB at the beginning, ${later} KiB at the end`);
  assert.ok(later - warm < mostGrowthKibi, `it has grown from ${warm} KiB to ${later} KiB`);
  const { exitCode } = await service.stop();
  assert.equal(exitCode, 0, service.log());
});

function configuration(port: number): object {
  const zones = ([settledZone, scratchZone] as const).map((name) => {
    const { name: keyName, algorithm, secret } = testKey(name);
    return {
      name,
      tsig_key: secret,
      tsig_key_name: keyName,
      tsig_algorithm: algorithm,
      // JSON leaves out what is undefined.
      records: name === settledZone ? records : undefined,
    };
  });
  const dns = { listen: `127.0.0.1:${port}` };
  return configurationOf(zones, { dns, database: 'sqlite:zones.db', log_level: 50 });
}

function testKey(zone: keyof typeof keys): TestKey {
  const { name, algorithm, secret } = keys[zone];
  return { name: name.toString(), algorithm, secret: Buffer.from(secret).toString('base64') };
}

async function contentOf(port: number): Promise<object> {
  const { answers } = await dig({ port, name: settledZone, type: 'AXFR', key: testKey(settledZone) });
  assert.ok(answers.length > 40);
  return { serial: await digSerial({ port, name: settledZone }), answers };
}

/** Runs a thread to its end; what it has to complain of is a failure. */
async function send(order: GarbageOrder): Promise<Extract<GarbageReport, { kind: 'done' }>> {
  const worker = new Worker(new URL('./garbage-sender.ts', import.meta.url), { workerData: order });
  const { promise, resolve, reject } = Promise.withResolvers<GarbageReport>();
  worker.once('message', resolve);
  worker.once('error', reject);
  worker.once('exit', () => reject(new Error('the thread has ended without a word')));
  const report = await promise.finally(() => void worker.terminate());
  assert.ok(report.kind === 'done', JSON.stringify(report));
  return report;
}

/** Samples of a process's resident memory, in KiB. */
function watchMemory(pid: number): { stop(): Promise<readonly number[]> } {
  const over = new AbortController();
  const samples: number[] = [];
  const watch = async () => {
    while (!over.signal.aborted) {
      const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
      const resident = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
      if (Number.isInteger(resident)) samples.push(resident);
      await sleep(sampledEveryMs);
    }
  };
  const watching = watch();
  return {
    stop: async () => {
      over.abort();
      await watching;
      return samples;
    },
  };
}

/** By proc_net_udp(5): the port in hexadecimal, and drops in the last column. */
async function droppedPackets(port: number): Promise<number> {
  const place = port.toString(16).toUpperCase().padStart(4, '0');
  const rows = (await readFile('/proc/net/udp', 'utf8')).split('\n');
  const row = rows.find((line) => line.includes(`0100007F:${place} `));
  return Number(row?.trim().split(/\s+/).at(-1));
}

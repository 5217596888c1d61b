import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';

import { Type } from '../../src/dns/codes.ts';
import { type EmbeddedService, launchEmbedded } from '../support/embedded-service.ts';
import { requirePeer } from '../support/peers.ts';
import { createTemporaryDirectory } from '../support/temporary-directory.ts';
import { queryOverUdp } from '../support/udp-query.ts';
import { parseTrace, readTrace, type TracedCall, tracedTo } from './call-trace.ts';
import { judgeTrace, type JudgedTrace, type Marks } from './sync-judge.ts';
import { type DoorName, doorNames, openDoor } from './update-doors.ts';

const clients = 64;
const changesOfClient = 12;
const askers = 4;
const transferEvery = 10;
const zone = 'dyn.example.test';
/** Each sync takes so much longer, so that who does not wait for it is seen. */
const syncDelayMicroseconds = 10_000;

/** 14 octets that begin each address, and two that number it. */
const markPrefix = Buffer.from('20010db8d0d005e70e11ab1ec0dec0de', 'hex').subarray(0, 14);
const markText = (mark: number) => `2001:db8:d0d0:5e7:e11:ab1e:c0de:${mark.toString(16)}`;

const marks: Marks = {
  find: (octets) => {
    const found: number[] = [];
    for (let at = octets.indexOf(markPrefix); at >= 0; at = octets.indexOf(markPrefix, at + 1))
      if (at + 16 <= octets.length) found.push(octets.readUInt16BE(at + 14));
    for (const [, hex = ''] of octets.toString('latin1').matchAll(/2001:db8:d0d0:5e7:e11:ab1e:c0de:([0-9a-f]{1,4})/g))
      found.push(Number.parseInt(hex, 16));
    return found;
  },
};

interface TracedRun {
  readonly judged: JudgedTrace;
  /** Once more, of another trace. */
  readonly judge: (calls: readonly TracedCall[]) => JudgedTrace;
  readonly calls: readonly TracedCall[];
  /** What the clients were told. */
  readonly told: Readonly<Record<DoorName, ReadonlySet<number>>>;
}

test('nothing of a change is acknowledged or served before it is synced, with many clients at once (RFC 2136 §3.5)', async (t) => {
  if (!requirePeer(t, 'strace')) return;
  const run = await traceService(t, { injected: [`inject=fsync:delay_enter=${syncDelayMicroseconds}`] });
  if (!run) return;
  const { judged, judge, calls, told } = run;
  const { acknowledged, served, transactions } = judged;
  assert.deepEqual(judged.complaints, []);
  for (const door of doorNames) {
    assert.ok(told[door].size > (clients * changesOfClient) / 4, `${door}: ${told[door].size}`);
    // The trace shows each answer that a client has had, so none was passed over.
    assert.deepEqual(
      [...told[door]].filter((mark) => !acknowledged[door].has(mark)),
      [],
    );
  }
  assert.ok(served > 100 && transactions > 10, `${served} answers served, ${transactions} transactions`);
  const counts = doorNames.map((door) => `${acknowledged[door].size} by ${door}`).join(', ');
  t.diagnostic(`acknowledged ${counts}; ${served} answers told of changes; ${transactions} transactions`);

  await t.test('and one answer that leaves too early would be found', () => {
    const replies = calls.filter(({ target, octets }) => /^(?:TCP|UDP):/.test(target) && marks.find(octets).length > 0);
    for (const reply of replies.filter((_, index) => index % Math.ceil(replies.length / 20) === 0)) {
      const newest = Math.max(...marks.find(reply.octets));
      const written = calls.find(({ call, octets }) => call === 'pwrite64' && marks.find(octets).includes(newest));
      assert.ok(written);
      const early = { ...reply, beginsAt: written.endsAt, endsAt: written.endsAt };
      const { complaints } = judge(calls.map((call) => (call === reply ? early : call)));
      assert.ok(complaints.length > 0, `line ${reply.beginsAt + 1}`);
    }
  });
});

test('a service that does not sync is found out', async (t) => {
  if (!requirePeer(t, 'strace')) return;
  const preload = pathToFileURL(join(import.meta.dirname, 'synchronous-off.ts')).href;
  const run = await traceService(t, { environment: { NODE_OPTIONS: `--import=${preload}` } });
  if (!run) return;
  const { complaints, acknowledged } = run.judged;
  const all = doorNames.reduce((sum, door) => sum + acknowledged[door].size, 0);
  assert.ok(complaints.length >= all, `${complaints.length} complaints about ${all} changes`);
});

test('a trace is read in the order in which calls began and ended', () => {
  const text = String.raw`10  pwrite64(7<\x2f\x61\x2d\x77\x61\x6c>, "\x01\x02", 2, 0 <unfinished ...>
11  sendmsg(9<UDP:[127.0.0.1:53]>, {msg_name={sa_family=AF_INET, sin_port=htons(1), sin_addr=inet_addr("\x31")}, msg_namelen=16, msg_iov=[{iov_base="\xaa\xbb", iov_len=2}], msg_iovlen=1, msg_controllen=0, msg_flags=0}, 0) = 2
10  <... pwrite64 resumed>)             = 2
10  fsync(7<\x2f\x61\x2d\x77\x61\x6c>)  = -1 EIO (Input/output error) (INJECTED)
10  +++ exited with 0 +++
`;
  const octets = (hex: string) => Buffer.from(hex, 'hex');
  assert.deepEqual(parseTrace(text), [
    { call: 'pwrite64', target: '/a-wal', octets: octets('0102'), beginsAt: 0, endsAt: 2, hasSucceeded: true },
    {
      call: 'sendmsg',
      target: 'UDP:[127.0.0.1:53]',
      octets: octets('aabb'),
      beginsAt: 1,
      endsAt: 1,
      hasSucceeded: true,
    },
    { call: 'fsync', target: '/a-wal', octets: octets(''), beginsAt: 3, endsAt: 3, hasSucceeded: false },
  ]);
});

async function traceService(
  t: TestContext,
  how: { readonly injected?: readonly string[]; readonly environment?: Readonly<Record<string, string>> },
): Promise<TracedRun | undefined> {
  await using directory = await createTemporaryDirectory('sync-trace');
  const file = join(directory.path, 'trace');
  const under = tracedTo(file, how.injected);
  let embedded: EmbeddedService;
  try {
    embedded = await launchEmbedded(zone, { process: { under, environment: how.environment ?? {} } });
  } catch (error) {
    if (process.env['CI'] === 'true' || !/ptrace/i.test(String(error))) throw error;
    t.skip(`strace may not trace here: ${String(error)}`);
    return undefined;
  }
  await using service = embedded;
  const { pid, port: httpPort } = service.service;
  const told = await changeAndAsk(service);
  await service.service.stop();
  const calls = await readTrace(file, pid);
  const judge = (given: readonly TracedCall[]) => judgeTrace(given, marks, { httpPort, dnsPort: service.dnsPort });
  return { judged: judge(calls), judge, calls, told };
}

/** Clients that each change a name of their own by one of the doors, while others ask for these names and transfer the zone. */
async function changeAndAsk(embedded: EmbeddedService): Promise<TracedRun['told']> {
  const told = { http: new Set<number>(), udp: new Set<number>(), tcp: new Set<number>() };
  let mark = 0;
  const over = new AbortController();
  const ask = async (asker: number) => {
    for (let round = 0; !over.signal.aborted; round += 1) {
      const name = `c${(round * askers + asker) % clients}.${zone}`;
      if (round % transferEvery === transferEvery - 1 && asker === 0)
        await embedded.query(zone, 'AXFR', { key: embedded.key() });
      else await queryOverUdp({ port: embedded.dnsPort, name, type: Type.AAAA });
    }
  };
  const change = async (client: number) => {
    const name = doorNames[client % doorNames.length]!;
    await using door = openDoor(embedded, name, 20_000);
    for (let round = 0; round < changesOfClient; round += 1) {
      mark += 1;
      const id = mark;
      const answer = await door.ask({
        name: `c${client}.${zone}`,
        ipv4: `10.0.${id >> 8}.${id & 0xff}`,
        ipv6: markText(id),
        id,
      });
      assert.equal(answer.outcome, 'updated', answer.text);
      told[name].add(id);
    }
  };
  const asking = Promise.all(Array.from({ length: askers }, (_, asker) => ask(asker)));
  await Promise.all(Array.from({ length: clients }, (_, client) => change(client))).finally(() => over.abort());
  await asking;
  return told;
}

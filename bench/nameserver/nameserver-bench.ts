import { join } from 'node:path';
import process from 'node:process';

import { Type } from '../../src/dns/codes.ts';
import { freePort } from '../../test/support/free-port.ts';
import { makes, startNameserver } from '../../test/support/nameserver/primary-server.ts';
import { startProcess } from '../../test/support/process.ts';
import { createTemporaryDirectory } from '../../test/support/temporary-directory.ts';
import { queryOverUdp } from '../../test/support/udp-query.ts';
import type { Bench, BenchReport, BenchSettings, Say } from '../bench.ts';
import { runQueries, writeQueryFile } from '../load/dnsperf-queries.ts';
import { figure, percent, spreadText, table } from '../measure/figures.ts';
import type { Goal } from '../measure/goal.ts';
import { ProcessWatch, processTree } from '../measure/process-watch.ts';
import { ratioOf, spreadOf } from '../measure/statistics.ts';
import { benchName, benchNames, benchZone } from './bench-zone.ts';
import { startNsd } from './nsd-server.ts';

const queue = 200;
const warmUpSeconds = 2;
const startMs = 10_000;
const watchEveryMs = 100;
const tolerableLoss = 0.01;
/** From here on the load generator has no time left on its core, and it is what is measured. */
const generatorLimit = 0.95;
/** The server alone on its core, dnsperf on the other one, unless the command line has it otherwise. */
const serverCore = ['taskset', '--cpu-list', '0'];
const loadCore = ['taskset', '--cpu-list', '1'];

interface Contender {
  readonly key: string;
  readonly title: string;
  readonly port: number;
  readonly pid: number;
  /** Of dnsperf. */
  readonly options: readonly string[];
}

interface Measured {
  readonly rates: number[];
  readonly loadShares: number[];
  /** Of the server, for each answer: what other programs on the machine do changes it little. */
  readonly cpuMicroseconds: number[];
}

/** Queries a second over UDP, against the least that the runtime could do and beside other nameservers on the same core. */
export const nameserverBench: Bench = {
  name: 'nameserver',
  summary: 'queries a second of the built-in nameserver, against a bare loop, BIND, Knot, NSD and PowerDNS',
  peers: ['dnsperf', 'named', 'knotd', 'nsd', 'pdns_server', 'taskset'],
  run: async (settings, say): Promise<BenchReport> => {
    await using directory = await createTemporaryDirectory('bench-nameserver');
    const names = Array.from({ length: benchNames }, (_, index) => benchName(index));
    const file = await writeQueryFile(directory.path, names);
    await using servers = new AsyncDisposableStack();
    const under = settings.pinning.nameserver.length > 0 ? settings.pinning.nameserver : serverCore;
    const contenders = await startContenders(servers, under, say);
    const measured = new Map<string, Measured>(
      contenders.map(({ key }) => [key, { rates: [], loadShares: [], cpuMicroseconds: [] }]),
    );
    const faults: string[] = [];
    for (let round = 0; round <= settings.rounds; round += 1) {
      say(round === 0 ? 'warming up' : `round ${round} of ${settings.rounds}`);
      const seconds = round === 0 ? warmUpSeconds : settings.seconds;
      for (const contender of contenders) {
        const { rate, loadShare, cpuMicroseconds, fault } = await measure(contender, file, seconds, settings);
        if (fault !== undefined) faults.push(`${contender.title}, round ${round}: ${fault}`);
        if (round === 0) continue;
        measured.get(contender.key)?.rates.push(rate);
        measured.get(contender.key)?.loadShares.push(loadShare);
        measured.get(contender.key)?.cpuMicroseconds.push(cpuMicroseconds);
      }
    }
    return report(contenders, measured, faults);
  },
};

async function startContenders(
  servers: AsyncDisposableStack,
  under: readonly string[],
  say: Say,
): Promise<readonly Contender[]> {
  say(`servers start, each with ${benchNames} names`);
  const cookie = ['-e', '-E', '10:0102030405060708'];
  const bare = await startScript(servers, 'constant-process.ts', [], under);
  const off = await startScript(servers, 'ours-process.ts', ['off'], under);
  const on = await startScript(servers, 'ours-process.ts', ['on'], under);
  const contenders: Contender[] = [
    { key: 'bare', title: 'bare node:dgram, a constant', ...bare, options: [] },
    { key: 'off', title: 'dyndns, limiting and cookies off', ...off, options: [] },
    { key: 'on', title: 'dyndns, both on', ...on, options: [] },
    { key: 'cookie', title: 'dyndns, both on, a cookie in each query', ...on, options: cookie },
  ];
  const records = Array.from({ length: benchNames }, (_, index) => {
    return `host${index} A 192.0.${index >>> 8}.${index & 0xff}`;
  });
  for (const make of ['bind', 'knot', 'powerdns'] as const) {
    const options = { zones: [{ name: benchZone, records }], under, rewriteConfiguration: withCaches };
    const { port, pid } = servers.use(await startNameserver(make, options));
    contenders.push({ key: make, title: makes[make].title, port, pid, options: [] });
  }
  const { port, pid } = servers.use(await startNsd(benchZone, records, under));
  contenders.push({ key: 'nsd', title: 'NSD', port, pid, options: [] });
  return contenders;
}

/** The tests want PowerDNS to forget at once; here it is to be as it comes. */
function withCaches(configuration: string): string {
  return configuration.replaceAll(/^[a-z-]*cache[a-z-]*=0\n/gm, '');
}

async function startScript(
  servers: AsyncDisposableStack,
  script: string,
  args: readonly string[],
  under: readonly string[],
): Promise<{ readonly port: number; readonly pid: number }> {
  const port = await freePort();
  const running = servers.use(
    startProcess({
      title: script,
      command: process.execPath,
      args: [join(import.meta.dirname, script), String(port), ...args],
      under,
    }),
  );
  const isReady = async () => (await queryOverUdp({ port, name: benchName(99), type: Type.A })) !== undefined;
  await running.waitUntil(isReady, startMs);
  return { port, pid: running.pid };
}

interface Run {
  readonly rate: number;
  readonly loadShare: number;
  readonly cpuMicroseconds: number;
  readonly fault: string | undefined;
}

async function measure(
  { port, pid, title, options }: Contender,
  file: string,
  seconds: number,
  { pinning }: BenchSettings,
): Promise<Run> {
  const under = pinning.load.length > 0 ? pinning.load : loadCore;
  using watch = new ProcessWatch(watchEveryMs);
  const load = { port, file, queue, seconds, under, options };
  const beginMs = performance.now();
  // NSD answers in a process that its first one has started.
  for (const each of processTree(pid)) watch.add({ title, pid: each }, 'now');
  const result = await runQueries(load, (started) => watch.add(started, 'its start'));
  const elapsedMs = performance.now() - beginMs;
  const uses = watch.uses();
  const loadShare = uses.at(-1)?.busiestThread.runShare ?? 0;
  const serverShare = uses.slice(0, -1).reduce((sum, { cpuShare }) => sum + cpuShare, 0);
  const cpuMicroseconds = (serverShare * elapsedMs * 1000) / (result.sent - result.lost);
  let fault: string | undefined;
  if (!/^NOERROR \d+ \(100\.00%\)$/.test(result.responseCodes)) fault = `it answered ${result.responseCodes}`;
  if (result.lost > result.sent * tolerableLoss) fault = `${result.lost} of ${result.sent} queries were lost`;
  return { rate: result.ratePerSecond, loadShare, cpuMicroseconds, fault };
}

function report(
  contenders: readonly Contender[],
  measured: ReadonlyMap<string, Measured>,
  faults: readonly string[],
): BenchReport {
  const ratesOf = (key: string) => measured.get(key)?.rates ?? [];
  const cpuOf = (key: string) => measured.get(key)?.cpuMicroseconds ?? [];
  const bare = ratesOf('bare');
  const rows = contenders.map(({ key, title }) => [
    title,
    spreadText(spreadOf(ratesOf(key)), '/s'),
    figure(ratioOf(ratesOf(key), bare).median),
    spreadText(spreadOf(cpuOf(key)), 'µs'),
    figure(ratioOf(cpuOf('bare'), cpuOf(key)).median),
    loadText(spreadOf(measured.get(key)?.loadShares ?? []).median),
  ]);
  const goals: readonly Goal[] = [
    { title: 'limiting and cookies off', key: 'off', value: 0.8 },
    { title: 'both on', key: 'on', value: 0.7 },
    { title: 'both on, a cookie in each query', key: 'cookie', value: 0.7 },
  ].map(({ title, key, value }) => {
    return { title, wanted: { kind: 'at least', value }, unit: '× bare', measured: ratioOf(ratesOf(key), bare) };
  });
  const text = table([
    ['queries over UDP', 'median (lowest–highest)', '× bare', 'CPU an answer', '× bare', 'dnsperf’s busiest thread'],
    ...rows,
  ]);
  return { goals, faults, text, data: { measured: [...measured] } };
}

function loadText(share: number): string {
  return share >= generatorLimit ? `${percent(share)}: the limit` : percent(share);
}

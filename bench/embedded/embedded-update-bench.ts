import { runCommand } from '../../test/support/run-command.ts';
import { createTemporaryDirectory } from '../../test/support/temporary-directory.ts';
import type { Bench, BenchReport } from '../bench.ts';
import type { Goal } from '../measure/goal.ts';
import { describeMachine, machineText } from '../measure/machine.ts';
import { MemoryWatch } from '../measure/memory-watch.ts';
import { ratioOf, spreadOf } from '../measure/statistics.ts';
import type { Arena, Contender } from '../update/arena.ts';
import { changingRequests } from '../update/changing-requests.ts';
import { dnsperfUpdates } from '../update/dnsperf-updates.ts';
import { FreshNumbers } from '../update/numbered-names.ts';
import { runRounds } from '../update/rounds.ts';
import { UpdateTestbed } from '../update/testbed.ts';
import {
  batchText,
  contenderLegend,
  contenderTable,
  memoryText,
  noiseText,
  type Slice,
} from '../update/update-text.ts';
import { changingAddresses } from './changing-addresses.ts';
import { EmbeddedTestbed } from './embedded-testbed.ts';
import { type EmbeddedStarts, embeddedStartText, measureEmbeddedStarts } from './embedded-start.ts';

const memorySampleEveryMs = 250;
const leastWarmUpSeconds = 2;

/** How fast names change durably on the built-in nameserver, beside a BIND with its zone on the same disk. */
export const embeddedUpdateBench: Bench = {
  name: 'embedded-update',
  summary:
    'durable updates of the built-in nameserver over HTTP and UDP, beside dnsperf on BIND; start and idle memory',
  peers: ['named', 'dig', 'dnsperf', 'wrk'],
  run: async (settings, say): Promise<BenchReport> => {
    const { pinning, seconds, rounds } = settings;
    await using directory = await createTemporaryDirectory('bench');
    say('start: a service with an empty zone and an empty Node, in turns');
    const starts = await measureEmbeddedStarts(pinning.service, rounds + 2);
    await using theirs = await UpdateTestbed.open({ pinning });
    await using ours = await EmbeddedTestbed.open({ pinning, addresses: changingAddresses() });
    const machine = await describeMachine(theirs.nameserver.directory);
    const bindVersion = (await runCommand('named', ['-v'])).stdout.trim();
    const heading = `${machineText(machine)}\nbeside   ${bindVersion}`;
    say(heading);
    using memoryWatch = new MemoryWatch(ours.service.pid, memorySampleEveryMs);
    const common = { numbers: new FreshNumbers(), pinning };
    const contenders = contendersOf({ testbed: theirs, seconds, ...common }, ours, directory.path);
    say('warming up');
    const warmUpSeconds = Math.max(leastWarmUpSeconds, seconds);
    for (const contender of contendersOf({ testbed: theirs, seconds: warmUpSeconds, ...common }, ours, directory.path))
      await contender.run((load) => load(() => {}));
    const slices = await runRounds(contenders, [{ title: 'BIND', pid: theirs.nameserver.pid }], settings, say);
    const memory = memoryWatch.use();
    return {
      goals: embeddedUpdateGoals(slices, starts),
      faults: slices.flatMap(({ contender, round, faults }) =>
        faults.map((fault) => `${contender}, round ${round}: ${fault}`),
      ),
      text: [
        heading,
        '',
        contenderTable(contenders, slices),
        '',
        contenderLegend,
        '',
        batchText(contenders, slices),
        memoryText(memory),
        embeddedStartText(starts),
        ...[noiseText(slices) ?? []].flat(),
      ].join('\n'),
      data: { machine, bindVersion, slices, memory, starts },
    };
  },
};

/** In the order in which they take turns: what is compared stands side by side. */
function contendersOf(arena: Arena<UpdateTestbed>, ours: EmbeddedTestbed, directory: string): readonly Contender[] {
  const own: Arena = { ...arena, testbed: ours };
  const udp = { key: 'udp', title: ', dyndns over UDP', service: ours.service };
  const bind = { key: 'bind', title: ', BIND' };
  return [
    changingRequests(own, ours.service, 64),
    dnsperfUpdates(arena, 64, directory, bind),
    changingRequests(own, ours.service, 256),
    dnsperfUpdates(own, 64, directory, udp),
  ];
}

function embeddedUpdateGoals(slices: readonly Slice[], starts: EmbeddedStarts): readonly Goal[] {
  const rates = (key: string) =>
    slices.filter(({ contender }) => contender === key).map(({ ratePerSecond }) => ratePerSecond);
  const against = (title: string, key: string, value: number): Goal => ({
    title: `${title} against dnsperf -q 64 on BIND`,
    wanted: { kind: 'at least', value },
    unit: '×',
    measured: ratioOf(rates(key), rates('bind-64')),
  });
  return [
    against('64 connections', 'changing-64', 5),
    against('256 connections', 'changing-256', 8),
    against('UPDATE over UDP', 'udp-64', 1),
    {
      title: 'start to the first answer over DNS, against node -e 0',
      wanted: { kind: 'at most', value: 10 },
      unit: '×',
      measured: ratioOf(starts.firstDnsAnswerMs, starts.emptyNodeMs),
    },
    {
      title: 'resident memory of an idle service',
      wanted: { kind: 'at most', value: 110 },
      unit: 'MB',
      measured: spreadOf(starts.idleOctets.map((octets) => octets / 1e6)),
    },
  ];
}

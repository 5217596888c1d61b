import { runCommand } from '../../test/support/run-command.ts';
import { createTemporaryDirectory } from '../../test/support/temporary-directory.ts';
import type { Bench, BenchReport } from '../bench.ts';
import { describeMachine, machineText } from '../measure/machine.ts';
import { MemoryWatch } from '../measure/memory-watch.ts';
import type { Contender } from './arena.ts';
import { bareUpdates } from './bare-updates.ts';
import { changingRequests, seedAsking } from './changing-requests.ts';
import { type ConstantRoute, startConstantRoute } from './constant-route.ts';
import { dnsperfUpdates } from './dnsperf-updates.ts';
import { changingLabels, FreshNumbers } from './numbered-names.ts';
import { runRounds } from './rounds.ts';
import { measureStarts, type UpdateArena } from './start-time.ts';
import { constantRequests, unchangedRequests } from './still-requests.ts';
import { UpdateTestbed } from './testbed.ts';
import { updateGoals } from './update-goals.ts';
import { batchText, contenderLegend, contenderTable, memoryText, noiseText, startText } from './update-text.ts';

const memorySampleEveryMs = 250;
const leastWarmUpSeconds = 2;

/** How fast names change on a BIND with its zone on disk, beside what changes them as fast as can be without us. */
export const updateBench: Bench = {
  name: 'update',
  summary: 'updates over HTTP on a real BIND, beside dnsperf, a bare client and a bare route',
  peers: ['named', 'dig', 'dnsperf', 'wrk'],
  run: async (settings, say): Promise<BenchReport> => {
    await using directory = await createTemporaryDirectory('bench');
    await using testbed = await UpdateTestbed.open({ pinning: settings.pinning });
    await using route = await startConstantRoute(settings.pinning.service);
    const machine = await describeMachine(testbed.nameserver.directory);
    const bindVersion = (await runCommand('named', ['-v'])).stdout.trim();
    const heading = `${machineText(machine)}\nprimary  ${bindVersion}`;
    say(heading);
    const numbers = new FreshNumbers();
    const arena: UpdateArena = { testbed, numbers, pinning: settings.pinning, seconds: settings.seconds };
    using memoryWatch = new MemoryWatch(testbed.service.pid, memorySampleEveryMs);
    say('start: the service and an empty Node, in turns');
    const starts = await measureStarts(arena, settings.rounds + 2);
    const contenders = contendersOf(arena, route, directory.path);
    say('warming up');
    await warmUp(arena, route);
    const nameserver = { title: 'BIND', pid: testbed.nameserver.pid };
    const slices = await runRounds(contenders, [nameserver], settings, say);
    const memory = memoryWatch.use();
    const goals = updateGoals({
      rates: (key) => slices.filter(({ contender }) => contender === key).map(({ ratePerSecond }) => ratePerSecond),
      memory,
      starts,
    });
    return {
      goals,
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
        startText(starts),
        ...[noiseText(slices) ?? []].flat(),
      ].join('\n'),
      data: { machine, bindVersion, slices, memory, starts },
    };
  },
};

/** In the order in which they take turns: what is compared stands side by side. */
function contendersOf(arena: UpdateArena, route: ConstantRoute, directory: string): readonly Contender[] {
  const { service, loneService } = arena.testbed;
  return [
    changingRequests(arena, service, 64),
    dnsperfUpdates(arena, 64, directory),
    changingRequests(arena, service, 256),
    dnsperfUpdates(arena, 256, directory),
    changingRequests(arena, loneService, 1, seedAsking(arena.testbed.path(changingLabels.loneService))),
    bareUpdates(arena),
    unchangedRequests(arena, service, 64),
    constantRequests(arena, 64, route),
  ];
}

/** Until the code that answers is compiled. */
async function warmUp(arena: UpdateArena, route: ConstantRoute): Promise<void> {
  const briefly = { ...arena, seconds: Math.max(leastWarmUpSeconds, arena.seconds) };
  const { service, loneService } = arena.testbed;
  for (const contender of [
    changingRequests(briefly, service, 64),
    changingRequests(briefly, loneService, 1, seedAsking(arena.testbed.path(changingLabels.loneService))),
    unchangedRequests(briefly, service, 64),
    constantRequests(briefly, 64, route),
  ])
    await contender.run((load) => load(() => {}));
}

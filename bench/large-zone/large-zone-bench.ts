import { runCommand } from '../../test/support/run-command.ts';
import { createTemporaryDirectory } from '../../test/support/temporary-directory.ts';
import type { Bench, BenchReport, BenchSettings, Say } from '../bench.ts';
import { EmbeddedTestbed } from '../embedded/embedded-testbed.ts';
import { figure, spreadText, table } from '../measure/figures.ts';
import type { Goal } from '../measure/goal.ts';
import { describeMachine, machineText } from '../measure/machine.ts';
import { ratioOf, spreadOf } from '../measure/statistics.ts';
import { FreshNumbers } from '../update/numbered-names.ts';
import { type Loads, measureLoads } from './load-time.ts';
import { type Cost, measureQueries, measureUpdates } from './request-cost.ts';
import { largeNames, smallNames, zoneAddresses } from './large-zone.ts';

const mostLoads = 3;

interface Costs {
  readonly small: readonly Cost[];
  readonly large: readonly Cost[];
}

/** What a zone of a million names takes: to load, to keep in memory, to change and to ask. */
export const largeZoneBench: Bench = {
  name: 'large-zone',
  summary:
    'a zone of a million names: loading and memory beside BIND and Knot, updates and queries beside a small zone',
  peers: ['named', 'knotd', 'dig', 'dnsperf', 'wrk'],
  run: async (settings, say): Promise<BenchReport> => {
    await using directory = await createTemporaryDirectory('bench-large-zone');
    const machine = await describeMachine(directory.path);
    const bindVersion = (await runCommand('named', ['-v'])).stdout.trim();
    const heading = `${machineText(machine)}\nbeside   ${bindVersion}`;
    say(heading);
    const loads = await measureLoads(Math.min(settings.rounds, mostLoads), settings.pinning, say);
    const { updates, queries } = await measureCosts(settings, directory.path, say);
    return {
      goals: goalsOf(loads, updates, queries),
      faults: [...updates.small, ...updates.large, ...queries.small, ...queries.large].flatMap(({ faults }) => faults),
      text: [heading, '', loadTable(loads), '', costTable(updates, queries)].join('\n'),
      data: { machine, bindVersion, loads, updates, queries },
    };
  },
};

async function measureCosts(settings: BenchSettings, directory: string, say: Say) {
  const { pinning, rounds } = settings;
  say(`services start, with ${smallNames} and ${largeNames} names`);
  await using small = await EmbeddedTestbed.open({ pinning, addresses: zoneAddresses(smallNames) });
  await using large = await EmbeddedTestbed.open({ pinning, addresses: zoneAddresses(largeNames) });
  const numbers = new FreshNumbers();
  const updates = { small: new Array<Cost>(), large: new Array<Cost>() };
  const queries = { small: new Array<Cost>(), large: new Array<Cost>() };
  for (let round = 0; round <= rounds; round += 1) {
    say(round === 0 ? 'warming up' : `updates and queries, round ${round} of ${rounds}`);
    for (const size of round % 2 === 0 ? (['small', 'large'] as const) : (['large', 'small'] as const)) {
      const zone = { small: { testbed: small, names: smallNames }, large: { testbed: large, names: largeNames } }[size];
      const update = await measureUpdates(zone, numbers, settings);
      const query = await measureQueries(zone, directory, settings);
      if (round === 0) continue;
      updates[size].push(update);
      queries[size].push(query);
    }
  }
  return { updates, queries };
}

function goalsOf(loads: Loads, updates: Costs, queries: Costs): readonly Goal[] {
  const cost = (title: string, { small, large }: Costs): Goal => ({
    title: `${title}: processor time with ${largeNames} names against ${smallNames}`,
    wanted: { kind: 'at most', value: 1.2 },
    unit: '×',
    measured: ratioOf(large.map(cpuOf), small.map(cpuOf)),
  });
  return [
    {
      title: 'loading, against BIND',
      wanted: { kind: 'at most', value: 3 },
      unit: '×',
      measured: ratioOf(loads.ours.seconds, loads.bind.seconds),
    },
    {
      title: 'resident memory',
      wanted: { kind: 'at most', value: 1200 },
      unit: 'MB',
      measured: spreadOf(loads.ours.megabytes),
    },
    cost('an update', updates),
    cost('a query', queries),
  ];
}

function cpuOf({ cpuMicroseconds }: Cost): number {
  return cpuMicroseconds;
}

function loadTable(loads: Loads): string {
  const rows = [
    ['dyndns, from its database', loads.ours],
    ['BIND, from a zone file', loads.bind],
    ['Knot, from a zone file', loads.knot],
  ] as const;
  return table([
    [`${largeNames} names, A and AAAA`, 'until it answers', 'resident memory'],
    ...rows.map(([title, { seconds, megabytes }]) => [
      title,
      spreadText(spreadOf(seconds), 's'),
      spreadText(spreadOf(megabytes), 'MB'),
    ]),
  ]);
}

function costTable(updates: Costs, queries: Costs): string {
  const row = (title: string, costs: readonly Cost[]) => [
    title,
    spreadText(spreadOf(costs.map(({ ratePerSecond }) => ratePerSecond)), '/s'),
    `${figure(spreadOf(costs.map(cpuOf)).median)} µs`,
  ];
  return table([
    ['', 'a second', 'processor time each'],
    row(`updates over HTTP, ${smallNames} names`, updates.small),
    row(`updates over HTTP, ${largeNames} names`, updates.large),
    row(`queries over UDP, ${smallNames} names`, queries.small),
    row(`queries over UDP, ${largeNames} names`, queries.large),
  ]);
}

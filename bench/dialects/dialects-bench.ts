import type { Bench, BenchReport } from '../bench.ts';
import { changingAddresses } from '../embedded/changing-addresses.ts';
import { EmbeddedTestbed } from '../embedded/embedded-testbed.ts';
import type { Goal } from '../measure/goal.ts';
import { describeMachine, machineText } from '../measure/machine.ts';
import { ratioOf } from '../measure/statistics.ts';
import type { Arena, Contender } from '../update/arena.ts';
import { type Asking, changingRequests, seedAsking } from '../update/changing-requests.ts';
import { changingLabels, FreshNumbers } from '../update/numbered-names.ts';
import { runRounds } from '../update/rounds.ts';
import { batchText, contenderLegend, contenderTable, noiseText, type Slice } from '../update/update-text.ts';

const connections = 64;
const leastWarmUpSeconds = 2;
const many = 100_000;

/** What a token costs beside the administrator's secret, and what many tokens and hosts cost everybody. */
export const dialectsBench: Bench = {
  name: 'dialects',
  summary: "dyndns2 with a token beside the original's URL, without and with 100,000 tokens and hosts",
  peers: ['dig', 'wrk'],
  run: async (settings, say): Promise<BenchReport> => {
    const { pinning, seconds } = settings;
    say(`storing ${many} tokens and hosts`);
    const open = (others: number) =>
      EmbeddedTestbed.open({ pinning, addresses: changingAddresses(), credentials: others });
    await using few = await open(0);
    await using full = await open(many);
    const machine = await describeMachine(process.cwd());
    say(machineText(machine));
    const numbers = new FreshNumbers();
    const contendersOf = (duration: number): readonly Contender[] =>
      [
        { testbed: few, suffix: '', words: '' },
        { testbed: full, suffix: '-full', words: `, ${many} tokens` },
      ].flatMap(({ testbed, suffix, words }) => {
        const arena: Arena = { testbed, numbers, pinning, seconds: duration };
        const asking = [seedAsking(testbed.path(changingLabels.service)), dyndns2Asking(testbed)];
        return asking.map((each) =>
          changingRequests(arena, testbed.service, connections, {
            ...each,
            key: `${each.key}${suffix}`,
            title: `${each.title}${words}`,
          }),
        );
      });
    say('warming up');
    for (const contender of contendersOf(Math.max(leastWarmUpSeconds, seconds)))
      await contender.run((load) => load(() => {}));
    const contenders = contendersOf(seconds);
    const slices = await runRounds(contenders, [], settings, say);
    return {
      goals: goalsOf(slices),
      faults: slices.flatMap(({ contender, round, faults }) =>
        faults.map((fault) => `${contender}, round ${round}: ${fault}`),
      ),
      text: [
        contenderTable(contenders, slices),
        '',
        contenderLegend,
        '',
        batchText(contenders, slices),
        ...[noiseText(slices) ?? []].flat(),
      ].join('\n'),
      data: { machine, slices },
    };
  },
};

function dyndns2Asking({ tokenSecret }: EmbeddedTestbed): Asking {
  return {
    key: 'dyndns2',
    title: 'dyndns2 with a token',
    word: 'good',
    path: `/nic/update?hostname=${changingLabels.dnsperf}`,
    between: '&myip=',
    authorization: `Basic ${Buffer.from(`router:${tokenSecret}`).toString('base64')}`,
  };
}

function goalsOf(slices: readonly Slice[]): readonly Goal[] {
  const rates = (key: string) =>
    slices.filter(({ contender }) => contender === `${key}-${connections}`).map(({ ratePerSecond }) => ratePerSecond);
  const goal = (title: string, one: string, other: string): Goal => ({
    title,
    wanted: { kind: 'at least', value: 0.8 },
    unit: '×',
    measured: ratioOf(rates(one), rates(other)),
  });
  return [
    goal("dyndns2 with a token against the original's URL", 'dyndns2', 'changing'),
    goal(`the original's URL, with ${many} tokens and hosts against none`, 'changing-full', 'changing'),
    goal(`dyndns2 with a token, with ${many} tokens and hosts against none`, 'dyndns2-full', 'dyndns2'),
  ];
}

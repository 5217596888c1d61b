import { setTimeout as sleep } from 'node:timers/promises';

import type { EmbeddedService } from '../../test/support/embedded-service.ts';
import { launchLargeZone, startSlowClients } from '../../test/support/slow-clients.ts';
import { askSteadily, type SteadyResult, steadyClients } from '../../test/support/steady-clients.ts';
import type { Bench, BenchReport, BenchSettings, Say } from '../bench.ts';
import { figure, table } from '../measure/figures.ts';
import type { Goal } from '../measure/goal.ts';
import { quantile, spreadOf } from '../measure/statistics.ts';

const slowClients = 2500;
const goalMs = 250;
const settleMs = 4000;

interface Company {
  readonly title: string;
  readonly clients: number;
  /** See `startSlowClients`. */
  readonly addresses: number;
}

const companies: readonly Company[] = [
  { title: 'nobody', clients: 0, addresses: 0 },
  { title: `${slowClients} from 50 addresses`, clients: slowClients, addresses: 50 },
  { title: `${slowClients} from their own address`, clients: slowClients, addresses: 0 },
];

interface Measured {
  readonly company: string;
  readonly client: string;
  readonly rounds: SteadyResult[];
}

/** What clients by UDP and TCP notice of thousands who hold connections and want nothing. */
export const slowClientsBench: Bench = {
  name: 'slow-clients',
  summary: 'how long others wait while thousands hold connections to the nameserver, and say or read nothing',
  peers: ['dig'],
  run: async (settings, say): Promise<BenchReport> => {
    say('a large zone is made');
    await using embedded = await launchLargeZone('slow.example');
    const measured: Measured[] = [];
    const faults: string[] = [];
    for (const company of companies) {
      const { clients, addresses } = company;
      await using slow = clients > 0 ? startSlowClients(embedded, clients, addresses) : undefined;
      await sleep(settleMs);
      measured.push(...(await measureRounds(company, embedded, settings, say)));
      if (slow) say(`${company.title}: ${JSON.stringify(await slow.stop())}`);
    }
    faults.push(...measured.filter(({ rounds }) => rounds.some(({ answeredMs }) => answeredMs.length === 0)).map(none));
    return report(measured, faults);
  },
};

function none({ company, client }: Measured): string {
  return `${client} had no answer at all while there were: ${company}`;
}

async function measureRounds(
  { title }: Company,
  embedded: EmbeddedService,
  { rounds, seconds }: BenchSettings,
  say: Say,
): Promise<readonly Measured[]> {
  const clients = await steadyClients(embedded);
  const measured = clients.map((client): Measured => ({ company: title, client: client.title, rounds: [] }));
  for (let round = 1; round <= rounds; round += 1) {
    say(`${title}: round ${round} of ${rounds}`);
    const results = await askSteadily(clients, seconds);
    for (const [index, result] of results.entries()) measured[index]!.rounds.push(result);
  }
  return measured;
}

function report(measured: readonly Measured[], faults: readonly string[]): BenchReport {
  const rows = measured.map(({ company, client, rounds }) => {
    const all = rounds.flatMap(({ answeredMs }) => answeredMs);
    const at = (share: number) => (all.length === 0 ? '' : `${figure(quantile(all, share))} ms`);
    const sum = (count: (round: SteadyResult) => number) =>
      String(rounds.reduce((total, each) => total + count(each), 0));
    const repeated = sum((each) => each.repeated);
    const unanswered = sum((each) => each.unanswered);
    return [company, client, String(all.length), at(0.5), at(0.99), at(1), repeated, unanswered];
  });
  const goals = measured
    .filter(({ rounds }) => rounds.every(({ answeredMs }) => answeredMs.length > 0))
    .map(({ company, client, rounds }): Goal => ({
      title: `p99 of ${client} beside ${company}`,
      wanted: { kind: 'at most', value: goalMs },
      unit: 'ms',
      measured: spreadOf(rounds.map(worstButOne)),
    }));
  const text = table(
    [['slow clients', 'others', 'answers', 'p50', 'p99', 'longest', 'asked again', 'unanswered'], ...rows],
    [0, 1],
  );
  return { goals, faults, text, data: { measured } };
}

/** Whoever had no answer waited longer than all others. */
function worstButOne({ answeredMs, unanswered }: SteadyResult): number {
  return quantile([...answeredMs, ...Array.from({ length: unanswered }, () => Infinity)], 0.99);
}

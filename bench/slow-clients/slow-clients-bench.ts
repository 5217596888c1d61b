import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

import { Class, Opcode, Type } from '../../src/dns/codes.ts';
import { encodeMessage, makeQuery, type ResourceRecord } from '../../src/dns/message.ts';
import { Name } from '../../src/dns/name.ts';
import { type EmbeddedService, launchEmbedded } from '../../test/support/embedded-service.ts';
import { startProcess } from '../../test/support/process.ts';
import { parseRecordLines } from '../../test/support/record-lines.ts';
import { openSignedSender } from '../../test/support/signed-update.ts';
import type { Bench, BenchReport, BenchSettings, Say } from '../bench.ts';
import { figure, table } from '../measure/figures.ts';
import type { Goal } from '../measure/goal.ts';
import { quantile, spreadOf } from '../measure/statistics.ts';
import { askSteadily, type SteadyResult, steadyClients } from './steady-clients.ts';

const zone = 'slow.example';
/** So many that a transfer does not fit into what the kernel keeps for a client that does not read. */
const zoneNames = 200_000;
const namesAnUpdate = 500;
const slowClients = 2500;
const goalMs = 250;
const settleMs = 4000;

interface Company {
  readonly title: string;
  readonly clients: number;
  /** See slow-clients-process.ts. */
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
    await using embedded = await launchEmbedded(zone, { dns: { transfer_networks: ['127.0.0.0/8'] } });
    say(`a zone of ${zoneNames} names is made`);
    await fill(embedded);
    const measured: Measured[] = [];
    const faults: string[] = [];
    for (const company of companies) {
      await using slow = await startSlowClients(company, embedded.dnsPort);
      measured.push(...(await measureRounds(company, embedded, settings, say)));
      const { exitCode } = await slow.stop();
      if (exitCode !== 0) faults.push(`The slow clients ended with ${exitCode}: ${slow.output()}`);
      say(`${company.title}: ${slow.output().trim()}`);
    }
    faults.push(...measured.filter(({ rounds }) => rounds.some(({ answeredMs }) => answeredMs.length === 0)).map(none));
    return report(measured, faults);
  },
};

function none({ company, client }: Measured): string {
  return `${client} had no answer at all while there were: ${company}`;
}

async function fill(embedded: EmbeddedService): Promise<void> {
  await using sender = await openSignedSender(embedded.dnsPort, embedded.key());
  for (let from = 0; from < zoneNames; from += namesAnUpdate) {
    const names = Array.from({ length: namesAnUpdate }, (_, index) => from + index);
    const authorities: readonly ResourceRecord[] = parseRecordLines(
      names.map((n) => `host-${n}.${zone}. A 192.0.${(n >> 8) & 0xff}.${n & 0xff}`),
    );
    const query = makeQuery({ id: 1, name: Name.parse(zone), type: Type.SOA });
    const { rcode } = await sender.send({ ...query, opcode: Opcode.UPDATE, authorities });
    if (rcode !== 0) throw new Error(`The zone cannot be made: rcode ${rcode}`);
  }
}

async function startSlowClients({ clients, addresses }: Company, port: number) {
  const running = startProcess({
    title: 'the slow clients',
    command: process.execPath,
    args: [join(import.meta.dirname, 'slow-clients-process.ts'), String(port), zone, String(clients), String(addresses)],
  });
  await sleep(settleMs);
  return running;
}

async function measureRounds(
  { title }: Company,
  embedded: EmbeddedService,
  { rounds, seconds }: BenchSettings,
  say: Say,
): Promise<readonly Measured[]> {
  const ixfr = await upToDate(embedded);
  const clients = steadyClients(embedded.dnsPort, zone, () => ixfr);
  const measured = clients.map((client): Measured => ({ company: title, client: client.title, rounds: [] }));
  for (let round = 1; round <= rounds; round += 1) {
    say(`${title}: round ${round} of ${rounds}`);
    const results = await askSteadily(clients, seconds);
    for (const [index, result] of results.entries()) measured[index]!.rounds.push(result);
  }
  return measured;
}

/** An IXFR query of a secondary that has all there is (RFC 1995 §3). */
async function upToDate(embedded: EmbeddedService): Promise<Uint8Array> {
  const [soa] = parseRecordLines([`${zone}. SOA ${await embedded.serial()}`]);
  const query = makeQuery({ id: 1, name: Name.parse(zone), type: Type.IXFR });
  return encodeMessage({ ...query, authorities: [{ ...soa!, class: Class.IN, ttl: 0 }] });
}

function report(measured: readonly Measured[], faults: readonly string[]): BenchReport {
  const rows = measured.map(({ company, client, rounds }) => {
    const all = rounds.flatMap(({ answeredMs }) => answeredMs);
    const at = (share: number) => (all.length === 0 ? '' : `${figure(quantile(all, share))} ms`);
    const sum = (count: (round: SteadyResult) => number) => String(rounds.reduce((total, each) => total + count(each), 0));
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

import { relative } from 'node:path';
import process from 'node:process';

import { findExecutable, packageOf } from '../test/support/debian-packages.ts';
import type { Bench } from './bench.ts';
import { goalTable, isMet } from './measure/goal.ts';
import { largeZoneBench } from './large-zone/large-zone-bench.ts';
import { nameserverBench } from './nameserver/nameserver-bench.ts';
import { dialectsBench } from './dialects/dialects-bench.ts';
import { embeddedUpdateBench } from './embedded/embedded-update-bench.ts';
import { profileEmbeddedBench } from './profile/profile-embedded.ts';
import { profileUpdateBench } from './profile/profile-update.ts';
import { writeResult } from './result-file.ts';
import { type Invocation, optionsHelp, readInvocation } from './settings.ts';
import { secondariesBench } from './secondaries/secondaries-bench.ts';
import { slowClientsBench } from './slow-clients/slow-clients-bench.ts';
import { storeBench } from './store/store-bench.ts';
import { updateBench } from './update/update-bench.ts';

const benches: readonly Bench[] = [
  updateBench,
  embeddedUpdateBench,
  dialectsBench,
  profileUpdateBench,
  profileEmbeddedBench,
  storeBench,
  nameserverBench,
  largeZoneBench,
  secondariesBench,
  slowClientsBench,
];

const usage = `Measures: npm run bench -- BENCH [options]

${benches.map(({ name, summary }) => `  ${name.padEnd(18)}  ${summary}`).join('\n')}

${optionsHelp}

The exit code is 0 when everything could be measured, whether the goals were met or not. docs/performance.md says more.`;

async function main(invocation: Invocation): Promise<number> {
  if (invocation.kind === 'help') {
    console.log(usage);
    return 0;
  }
  const bench = invocation.kind === 'run' ? benches.find(({ name }) => name === invocation.bench) : undefined;
  if (invocation.kind === 'mistake' || !bench) {
    console.error(invocation.kind === 'mistake' ? invocation.text : `There is no bench ${invocation.bench}.`);
    console.error(`\n${usage}`);
    return 2;
  }
  const missing = bench.peers.filter((peer) => findExecutable(peer) === undefined);
  if (missing.length > 0) {
    console.error(`This bench needs ${missing.join(', ')}: apt-get install ${missing.map(packageOf).join(' ')}`);
    return 1;
  }
  return await measure(bench, invocation);
}

async function measure(bench: Bench, { settings }: Extract<Invocation, { kind: 'run' }>): Promise<number> {
  const startedAt = new Date();
  const report = await bench.run(settings, (line) => console.error(line));
  console.log(`\n${report.text}`);
  if (report.goals.length > 0) console.log(`\n${goalTable(report.goals)}`);
  const isValid = report.faults.length === 0;
  const file = await writeResult(bench.name, startedAt, {
    bench: bench.name,
    startedAt: startedAt.toISOString(),
    settings,
    isValid,
    goals: report.goals.map((goal) => ({ ...goal, isMet: isMet(goal) })),
    faults: report.faults,
    ...report.data,
  });
  console.log(`\nAll figures: ${relative(process.cwd(), file)}`);
  if (isValid) return 0;
  console.error(`\nThe run is NOT VALID:\n${report.faults.map((fault) => `  ${fault}`).join('\n')}`);
  return 1;
}

process.exitCode = await main(readInvocation(process.argv.slice(2)));

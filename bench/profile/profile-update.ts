import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { freePort } from '../../test/support/free-port.ts';
import type { Bench, BenchReport } from '../bench.ts';
import { figure, table } from '../measure/figures.ts';
import { watchUse } from '../measure/use.ts';
import type { ProcessUse } from '../measure/process-watch.ts';
import { repositoryRoot } from '../repository.ts';
import type { Arena, Contender } from '../update/arena.ts';
import { changingRequests } from '../update/changing-requests.ts';
import { FreshNumbers } from '../update/numbered-names.ts';
import { unchangedRequests } from '../update/still-requests.ts';
import { UpdateTestbed } from '../update/testbed.ts';
import { InspectorSession } from './inspector-session.ts';
import { type CpuProfile, digestProfile, type ProfileDigest, type SelfTime } from './self-time.ts';

const samplingMicroseconds = 250;
const warmUpSeconds = 3;
const connections = 64;
const shownLines = 25;
const resultsFolder = fileURLToPath(new URL('../results/', import.meta.url));

/** Where the service's processor time goes, a request, while names change and while nothing changes. */
export const profileUpdateBench: Bench = {
  name: 'profile-update',
  summary: "where the service's processor time goes under the load of update",
  peers: ['named', 'dig', 'wrk'],
  run: async ({ pinning, rounds, seconds }, say): Promise<BenchReport> => {
    const port = await freePort();
    const environment = { NODE_OPTIONS: `--inspect=127.0.0.1:${port}` };
    await using testbed = await UpdateTestbed.open({ pinning, environment });
    using session = await InspectorSession.open(port);
    const arena: Arena = { testbed, numbers: new FreshNumbers(), pinning, seconds: seconds * rounds };
    const briefly: Arena = { ...arena, seconds: warmUpSeconds };
    const texts: string[] = [];
    const faults: string[] = [];
    for (const make of [changingRequests, unchangedRequests]) {
      const contender = make(arena, testbed.service, connections);
      say(`${contender.title}: ${warmUpSeconds} s to warm up, ${arena.seconds} s under the profiler`);
      await make(briefly, testbed.service, connections).run((load) => load(() => {}));
      const profiled = await profile(contender, session, testbed.service.pid);
      texts.push(profiled.text);
      faults.push(...profiled.faults);
    }
    return { goals: [], faults, text: texts.join('\n\n'), data: {} };
  },
};

interface Profiled {
  readonly text: string;
  readonly faults: readonly string[];
}

async function profile(contender: Contender, session: InspectorSession, pid: number): Promise<Profiled> {
  await session.startProfile(samplingMicroseconds);
  let captured:
    | { readonly cpu: CpuProfile; readonly service: ProcessUse | undefined; readonly elapsedMs: number }
    | undefined;
  const run = await contender.run(async (load) => {
    const startedAtMs = performance.now();
    const { result, use } = await watchUse([{ title: 'service', pid }], load);
    const elapsedMs = performance.now() - startedAtMs;
    const service = use.processes.find(({ title }) => title === 'service');
    captured = { cpu: await session.stopProfile(), service, elapsedMs };
    return result;
  });
  if (!captured) throw new Error('nothing was profiled');
  const { cpu, service, elapsedMs } = captured;
  await mkdir(resultsFolder, { recursive: true });
  const file = `${resultsFolder}${contender.key}.cpuprofile`;
  await writeFile(file, JSON.stringify(cpu));
  const requests = Number(run.details['updates'] ?? run.details['answers']);
  const perRequest = (milliseconds: number) => `${figure((milliseconds * 1000) / requests)} µs`;
  const text = [
    `${contender.title}: ${requests.toLocaleString('en-US')} requests`,
    ...(service ? [kernelText(service, (share) => perRequest(share * elapsedMs))] : []),
    ...digestLines(digestProfile(cpu, repositoryRoot), perRequest),
    '',
    `The whole profile, for Chrome's DevTools: ${file.slice(repositoryRoot.length)}`,
  ].join('\n');
  return { text, faults: run.faults };
}

/** The profiler's clock runs on while the thread waits for a core; the kernel tells the two apart. */
function kernelText({ cpuShare, busiestThread }: ProcessUse, perRequest: (share: number) => string): string {
  const { runShare, waitShare } = busiestThread;
  return (
    `For each, by the kernel's word: main thread ${perRequest(runShare)} at work and ${perRequest(waitShare)} in line for a core, ` +
    `other threads ${perRequest(cpuShare - runShare)}.`
  );
}

function digestLines(digest: ProfileDigest, perRequest: (milliseconds: number) => string): readonly string[] {
  const { busyMilliseconds, idleMilliseconds, functions, areas } = digest;
  const share = (part: number, whole: number) => `${((part / whole) * 100).toFixed(1)} %`;
  const rows = (times: readonly SelfTime[]) =>
    times
      .slice(0, shownLines)
      .map(({ what, milliseconds }) => [perRequest(milliseconds), share(milliseconds, busyMilliseconds), what]);
  return [
    `For each, by the profiler's: ${perRequest(busyMilliseconds)}, in line or not; idle ${share(idleMilliseconds, busyMilliseconds + idleMilliseconds)} of the time.`,
    '',
    'By folder of ours, package, and part of Node, without what they called:',
    table(rows(areas), [2]),
    '',
    'By function, without what it called:',
    table(rows(functions), [2]),
  ];
}

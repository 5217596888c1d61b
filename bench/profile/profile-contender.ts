import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { figure, table } from '../measure/figures.ts';
import type { ProcessUse } from '../measure/process-watch.ts';
import { watchUse } from '../measure/use.ts';
import { repositoryRoot } from '../repository.ts';
import type { Contender } from '../update/arena.ts';
import type { InspectorSession } from './inspector-session.ts';
import { type CpuProfile, digestProfile, type ProfileDigest, type SelfTime } from './self-time.ts';

const samplingMicroseconds = 250;
const shownLines = 25;
const resultsFolder = fileURLToPath(new URL('../results/', import.meta.url));

export interface Profiled {
  readonly text: string;
  readonly faults: readonly string[];
}

/** Runs a contender under the profiler, and tells what each of its requests cost the service with this process id. */
export async function profileContender(
  contender: Contender,
  session: InspectorSession,
  pid: number,
): Promise<Profiled> {
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

import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { freePort } from '../../test/support/free-port.ts';
import type { Bench, BenchReport } from '../bench.ts';
import { figure, table } from '../measure/figures.ts';
import { repositoryRoot } from '../repository.ts';
import type { Arena, Contender } from '../update/arena.ts';
import { changingRequests } from '../update/changing-requests.ts';
import { FreshNumbers } from '../update/numbered-names.ts';
import { unchangedRequests } from '../update/still-requests.ts';
import { UpdateTestbed } from '../update/testbed.ts';
import { InspectorSession } from './inspector-session.ts';
import { digestProfile, type ProfileDigest, type SelfTime } from './self-time.ts';

const samplingMicroseconds = 250;
const warmUpSeconds = 3;
const connections = 64;
const shownFunctions = 25;
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
      const profiled = await profile(contender, session);
      texts.push(profiled.text);
      faults.push(...profiled.faults);
    }
    return { goals: [], faults, text: texts.join('\n\n'), data: {} };
  },
};

async function profile(
  contender: Contender,
  session: InspectorSession,
): Promise<{ readonly text: string; readonly faults: readonly string[] }> {
  await session.startProfile(samplingMicroseconds);
  let stopped: Awaited<ReturnType<InspectorSession['stopProfile']>> | undefined;
  const run = await contender.run(async (load) => {
    const result = await load(() => {});
    stopped = await session.stopProfile();
    return result;
  });
  if (!stopped) throw new Error('nothing was profiled');
  await mkdir(resultsFolder, { recursive: true });
  const file = `${resultsFolder}${contender.key}.cpuprofile`;
  await writeFile(file, JSON.stringify(stopped));
  const requests = Number(run.details['updates'] ?? run.details['answers']);
  const digest = digestProfile(stopped, repositoryRoot);
  return { text: digestText(contender.title, digest, requests, file.slice(repositoryRoot.length)), faults: run.faults };
}

function digestText(title: string, digest: ProfileDigest, requests: number, file: string): string {
  const { busyMilliseconds, idleMilliseconds, functions, areas } = digest;
  const perRequest = (milliseconds: number) => `${figure((milliseconds * 1000) / requests)} µs`;
  const share = (milliseconds: number) => `${figure((milliseconds / busyMilliseconds) * 100)} %`;
  const rows = (times: readonly SelfTime[]) =>
    times.map(({ what, milliseconds }) => [perRequest(milliseconds), share(milliseconds), what]);
  return [
    `${title}: ${requests.toLocaleString('en-US')} requests, ${perRequest(busyMilliseconds)} of the main thread for each,` +
      ` idle ${figure((idleMilliseconds / (busyMilliseconds + idleMilliseconds)) * 100)} % of the time`,
    '',
    'By folder of ours, package, and part of Node, without what they called:',
    table(rows(areas.slice(0, shownFunctions)), [2]),
    '',
    'By function, without what it called:',
    table(rows(functions.slice(0, shownFunctions)), [2]),
    '',
    `The whole profile, for Chrome's DevTools: ${file}`,
  ].join('\n');
}

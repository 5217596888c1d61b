import { freePort } from '../../test/support/free-port.ts';
import type { Bench, BenchReport } from '../bench.ts';
import type { Arena } from '../update/arena.ts';
import { changingRequests } from '../update/changing-requests.ts';
import { FreshNumbers } from '../update/numbered-names.ts';
import { unchangedRequests } from '../update/still-requests.ts';
import { UpdateTestbed } from '../update/testbed.ts';
import { InspectorSession } from './inspector-session.ts';
import { profileContender } from './profile-contender.ts';

const warmUpSeconds = 3;
const connections = 64;

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
      const profiled = await profileContender(contender, session, testbed.service.pid);
      texts.push(profiled.text);
      faults.push(...profiled.faults);
    }
    return { goals: [], faults, text: texts.join('\n\n'), data: {} };
  },
};

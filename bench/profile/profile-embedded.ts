import { freePort } from '../../test/support/free-port.ts';
import type { Bench, BenchReport } from '../bench.ts';
import { changingAddresses } from '../embedded/changing-addresses.ts';
import { EmbeddedTestbed } from '../embedded/embedded-testbed.ts';
import type { Arena } from '../update/arena.ts';
import { changingRequests } from '../update/changing-requests.ts';
import { FreshNumbers } from '../update/numbered-names.ts';
import { InspectorSession } from './inspector-session.ts';
import { profileContender } from './profile-contender.ts';

const warmUpSeconds = 3;

/** Where the service's processor time goes while names of its own zone change. */
export const profileEmbeddedBench: Bench = {
  name: 'profile-embedded',
  summary: "where the service's processor time goes under the load of embedded-update",
  peers: ['dig', 'wrk'],
  run: async ({ pinning, rounds, seconds }, say): Promise<BenchReport> => {
    const port = await freePort();
    const environment = { NODE_OPTIONS: `--inspect=127.0.0.1:${port}` };
    await using testbed = await EmbeddedTestbed.open({ pinning, environment, addresses: changingAddresses() });
    using session = await InspectorSession.open(port);
    const arena: Arena = { testbed, numbers: new FreshNumbers(), pinning, seconds: seconds * rounds };
    const briefly: Arena = { ...arena, seconds: warmUpSeconds };
    const texts: string[] = [];
    const faults: string[] = [];
    for (const connections of [64, 256]) {
      const contender = changingRequests(arena, testbed.service, connections);
      say(`${contender.title}: ${warmUpSeconds} s to warm up, ${arena.seconds} s under the profiler`);
      await changingRequests(briefly, testbed.service, connections).run((load) => load(() => {}));
      const profiled = await profileContender(contender, session, testbed.service.pid);
      texts.push(profiled.text);
      faults.push(...profiled.faults);
    }
    return { goals: [], faults, text: texts.join('\n\n'), data: {} };
  },
};

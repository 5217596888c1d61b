import type { ServiceUnderTest } from '../../test/support/launch-service.ts';
import { type DnsperfResult, runDnsperf } from '../load/dnsperf-load.ts';
import type { Arena, Contender, Run, ZoneUnderLoad } from './arena.ts';
import { changingLabels, nameCount, numberedAddress } from './numbered-names.ts';
import { countersAtRest, serialAtRest } from './service-counters.ts';

/** More than any BIND takes in single messages. */
const mostPerSecond = 20_000;
/** BIND takes no more at once unless it is told to, and drops the rest. */
const updateQuota = 100;
const tolerableLoss = 0.01;

/** Whom it asks, where that is not the testbed's BIND. */
export interface DnsperfServer {
  readonly key: string;
  readonly title: string;
  /** One that commits many messages as one step of the zone, and counts them. */
  readonly service?: ServiceUnderTest;
}

/** dnsperf on a zone and names like the service's, with so many UPDATE messages under way. */
export function dnsperfUpdates(
  { testbed, numbers, pinning, seconds }: Arena,
  queue: number,
  directory: string,
  server: DnsperfServer = { key: 'dnsperf', title: '' },
): Contender {
  return {
    key: `${server.key}-${queue}`,
    serverPid: server.service?.pid,
    title: `dnsperf -u -q ${queue}${server.title}`,
    run: async (measure): Promise<Run> => {
      const counted = () => updatesAtRest(testbed, server.service);
      const before = await counted();
      const firstNumber = numbers.next;
      const updates = Array.from({ length: seconds * mostPerSecond }, (_, index) => ({
        name: `${changingLabels.dnsperf}${(firstNumber + index) % nameCount}`,
        address: numberedAddress(firstNumber + index),
      }));
      const { zone, key, dnsPort } = testbed;
      const task = { port: dnsPort, zone, key, queue, seconds, directory, updates, under: pinning.load };
      const result = await measure((started) => runDnsperf(task, started));
      numbers.used(result.sent);
      const after = await counted();
      const carriedOut = after - before;
      const faults = faultsOf(result, queue, updates.length);
      if (carriedOut < result.completed)
        faults.push(`dnsperf counted ${result.completed} updates, and only ${carriedOut} were carried out`);
      const holding = await testbed.namesHolding(firstNumber, result.sent);
      // With more updates than names, some were of one name, and where some were lost nobody knows which.
      const repeated = Math.max(0, result.sent - nameCount);
      if (holding < Math.min(nameCount, result.completed - repeated))
        faults.push(
          `dnsperf counted ${result.completed} updates, and only ${holding} names hold an address of this run`,
        );
      const { completed, lost, ratePerSecond, meanMs } = result;
      return {
        ratePerSecond,
        medianMs: undefined,
        p99Ms: undefined,
        details: { updates: completed, lost, carriedOut, meanMs },
        faults,
      };
    },
  };
}

/** BIND's serial rises by one with each message; the service says how many went into its steps. */
async function updatesAtRest(testbed: ZoneUnderLoad, service: ServiceUnderTest | undefined): Promise<number> {
  return service ? (await countersAtRest(testbed, service)).transactions : await serialAtRest(testbed);
}

function faultsOf({ sent, lost, responseCodes }: DnsperfResult, queue: number, prepared: number): string[] {
  const faults: string[] = [];
  if (sent >= prepared) faults.push(`dnsperf came to the end of its ${prepared} updates and began anew`);
  if (queue <= updateQuota && lost > sent * tolerableLoss) faults.push(`dnsperf lost ${lost} of ${sent} updates`);
  if (!/^NOERROR \d+ \(100\.00%\)$/.test(responseCodes)) faults.push(`dnsperf was answered ${responseCodes}`);
  return faults;
}

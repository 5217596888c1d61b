import { type DnsperfResult, runDnsperf } from '../load/dnsperf-load.ts';
import type { Arena, Contender, Run } from './arena.ts';
import { changingLabels, nameCount, numberedAddress } from './numbered-names.ts';
import { serialAtRest } from './service-counters.ts';

/** More than any BIND takes in single messages. */
const mostPerSecond = 20_000;
/** BIND takes no more at once unless it is told to, and drops the rest. */
const updateQuota = 100;
const tolerableLoss = 0.01;

/** dnsperf on the same BIND and names like the service's, with so many UPDATE messages under way. */
export function dnsperfUpdates(
  { testbed, numbers, pinning, seconds }: Arena,
  queue: number,
  directory: string,
): Contender {
  return {
    key: `dnsperf-${queue}`,
    serverPid: undefined,
    title: `dnsperf -u -q ${queue}`,
    run: async (measure): Promise<Run> => {
      const before = await serialAtRest(testbed);
      const firstNumber = numbers.next;
      const updates = Array.from({ length: seconds * mostPerSecond }, (_, index) => ({
        name: `${changingLabels.dnsperf}${(firstNumber + index) % nameCount}`,
        address: numberedAddress(firstNumber + index),
      }));
      const { zone, key, nameserver } = testbed;
      const task = { port: nameserver.port, zone, key, queue, seconds, directory, updates, under: pinning.load };
      const result = await measure((started) => runDnsperf(task, started));
      numbers.used(result.sent);
      const after = await serialAtRest(testbed);
      const serialSteps = after - before;
      const faults = faultsOf(result, queue, updates.length);
      if (serialSteps < result.completed)
        faults.push(`dnsperf counted ${result.completed} updates, and the serial rose by ${serialSteps}`);
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
        details: { updates: completed, lost, serialSteps, meanMs },
        faults,
      };
    },
  };
}

function faultsOf({ sent, lost, responseCodes }: DnsperfResult, queue: number, prepared: number): string[] {
  const faults: string[] = [];
  if (sent >= prepared) faults.push(`dnsperf came to the end of its ${prepared} updates and began anew`);
  if (queue <= updateQuota && lost > sent * tolerableLoss) faults.push(`dnsperf lost ${lost} of ${sent} updates`);
  if (!/^NOERROR \d+ \(100\.00%\)$/.test(responseCodes)) faults.push(`dnsperf was answered ${responseCodes}`);
  return faults;
}

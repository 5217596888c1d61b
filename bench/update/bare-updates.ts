import type { Arena, Contender, Run } from './arena.ts';
import { runBareClient } from './bare-client.ts';
import { nameCount } from './numbered-names.ts';
import { serialAtRest } from './service-counters.ts';

const warmUpSeconds = 0.5;

/** The bare client: one signed UPDATE after the other over one connection. */
export function bareUpdates({ testbed, numbers, pinning, seconds }: Arena): Contender {
  return {
    key: 'bare-1',
    serverPid: undefined,
    title: 'bare client, one UPDATE after the other',
    run: async (measure): Promise<Run> => {
      const before = await serialAtRest(testbed);
      const firstNumber = numbers.next;
      const { zone, key, dnsPort } = testbed;
      const task = { port: dnsPort, zone, key, firstNumber, warmUpSeconds, seconds };
      const result = await measure((started) => runBareClient(task, pinning.load, started));
      numbers.used(result.completed);
      const after = await serialAtRest(testbed);
      const serialSteps = after - before;
      const holding = await testbed.namesHolding(firstNumber, result.completed);
      const faults: string[] = [];
      if (serialSteps !== result.completed)
        faults.push(`the bare client counted ${result.completed} updates, and the serial rose by ${serialSteps}`);
      if (holding < Math.min(nameCount, result.completed))
        faults.push(
          `the bare client counted ${result.completed} updates, and only ${holding} names hold an address of it`,
        );
      const { measured, medianMs, p99Ms } = result;
      return { ratePerSecond: measured / result.seconds, medianMs, p99Ms, details: { updates: measured }, faults };
    },
  };
}

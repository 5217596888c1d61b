import { runHttpLoad } from '../load/http-load.ts';
import type { ServiceUnderTest } from '../../test/support/launch-service.ts';
import type { Arena, Contender, Run } from './arena.ts';
import { changingLabels, nameCount } from './numbered-names.ts';
import { countersAtRest } from './service-counters.ts';

/** How a load asks for a change: the path up to the number of the name, and what comes after the name. */
export interface Asking {
  readonly key: string;
  readonly title: string;
  /** What a right answer begins with. */
  readonly word: string;
  readonly path: string;
  readonly between: string;
  readonly authorization?: string;
}

/** By the original's URL. */
export function seedAsking(path: string): Asking {
  return { key: 'changing', title: 'dyndns', word: 'UPDATED', path, between: '/' };
}

/** A service, when every request changes the address of a name. */
export function changingRequests(
  arena: Arena,
  service: ServiceUnderTest,
  connections: number,
  asking: Asking = seedAsking(arena.testbed.path(changingLabels.service)),
): Contender {
  const { key, title, ...requests } = asking;
  return {
    key: `${key}-${connections}`,
    serverPid: service.pid,
    title: `${title}, every request changes, ${connections} connection${connections === 1 ? '' : 's'}`,
    run: async (measure): Promise<Run> => {
      const { testbed, numbers, pinning, seconds } = arena;
      const before = await countersAtRest(testbed, service);
      const firstNumber = numbers.next;
      const load = await measure((started) =>
        runHttpLoad(
          {
            title: `wrk with ${connections} connections`,
            baseUrl: service.baseUrl,
            connections,
            seconds,
            requests: {
              kind: 'fresh',
              ...requests,
              domain: testbed.zone,
              names: nameCount,
              firstNumber,
            },
            under: pinning.load,
          },
          started,
        ),
      );
      numbers.used(load.issued);
      const after = await countersAtRest(testbed, service);
      const steps = after.steps - before.steps;
      const transactions = after.transactions - before.transactions;
      const serialSteps = after.serial - before.serial;
      const holding = await testbed.namesHolding(firstNumber, load.issued);
      const faults = [...load.faults];
      if (transactions < load.right)
        faults.push(`${load.right} answers said ${asking.word}, and only ${transactions} updates were carried out`);
      if (serialSteps !== steps)
        faults.push(`the service counted ${steps} steps, and the serial rose by ${serialSteps}`);
      if (holding < Math.min(nameCount, load.right))
        faults.push(`${load.right} answers said ${asking.word}, and only ${holding} names hold an address of this run`);
      return {
        ratePerSecond: load.right / load.seconds,
        medianMs: load.medianMs,
        p99Ms: load.p99Ms,
        details: { updates: load.right, steps, changesPerStep: transactions / steps },
        faults,
      };
    },
  };
}

import type { ServiceUnderTest } from '../../test/support/launch-service.ts';
import { type HttpRequests, runHttpLoad } from '../load/http-load.ts';
import type { Arena, Contender, Measure, Run } from './arena.ts';
import type { ConstantRoute } from './constant-route.ts';
import { nameCount, stillLabel } from './numbered-names.ts';
import { countersAtRest } from './service-counters.ts';

/** A service, when every name has its address already: nothing may be sent to change anything. */
export function unchangedRequests(arena: Arena, service: ServiceUnderTest, connections: number): Contender {
  const { testbed } = arena;
  const names = { path: testbed.path(stillLabel), domain: testbed.zone, names: nameCount };
  return {
    key: `unchanged-${connections}`,
    serverPid: service.pid,
    title: `dyndns, nothing changes, ${connections} connections`,
    run: async (measure) => {
      const before = await countersAtRest(testbed, service);
      const run = await runStill(arena, measure, connections, service.baseUrl, { ...names, kind: 'still' });
      const after = await countersAtRest(testbed, service);
      const steps = after.steps - before.steps;
      const serialSteps = after.serial - before.serial;
      if (steps === 0 && serialSteps === 0) return run;
      const fault = `nothing was to change, and ${steps} steps raised the serial by ${serialSteps}`;
      return { ...run, faults: [...run.faults, fault] };
    },
  };
}

/** The bare route, asked by the same load. */
export function constantRequests(arena: Arena, connections: number, route: ConstantRoute): Contender {
  return {
    key: `constant-${connections}`,
    serverPid: route.pid,
    title: `bare Fastify, a constant answer, ${connections} connections`,
    run: (measure) =>
      runStill(arena, measure, connections, route.baseUrl, {
        kind: 'constant',
        path: route.path,
        domain: '',
        names: 1,
      }),
  };
}

async function runStill(
  { seconds, pinning }: Arena,
  measure: Measure,
  connections: number,
  baseUrl: string,
  requests: Omit<HttpRequests, 'word' | 'firstNumber'>,
): Promise<Run> {
  const load = await measure((started) =>
    runHttpLoad(
      {
        title: `wrk with ${connections} connections`,
        baseUrl,
        connections,
        seconds,
        requests: { ...requests, word: 'UNCHANGED', firstNumber: 0 },
        under: pinning.load,
      },
      started,
    ),
  );
  const { right, medianMs, p99Ms, faults } = load;
  return { ratePerSecond: right / load.seconds, medianMs, p99Ms, details: { answers: right }, faults };
}

import type { MachineUse } from './machine-watch.ts';
import { MachineWatch } from './machine-watch.ts';
import { type ProcessUse, ProcessWatch, wants, type WatchedProcess } from './process-watch.ts';

/** Who used the machine while something ran. */
export interface Use {
  readonly processes: readonly ProcessUse[];
  readonly machine: MachineUse;
  /** What all others used, this bench among them, in shares of one core. */
  readonly othersShare: number;
  readonly limit: Limit;
}

/** What kept the rate from being higher. */
export interface Limit {
  /** The title of a process whose one thread was at work all the time; or that it lacked a core; or that all waited. */
  readonly what: string;
  /** `service 82 % + 12 %`: the share at work and the share in line for a core. */
  readonly busiest: string;
}

const sampleEveryMs = 200;
/** A thread that wants so much of a core is what the others wait for. */
const enoughToBeTheLimit = 0.85;

/**
 * Runs something and watches who used what meanwhile.
 *
 * @param processes  those that run already
 * @param work       tells of the process that it starts
 */
export async function watchUse<T>(
  processes: readonly WatchedProcess[],
  work: (started: (process: WatchedProcess) => void) => Promise<T>,
): Promise<{ readonly result: T; readonly use: Use }> {
  using watch = new ProcessWatch(sampleEveryMs);
  const machineWatch = new MachineWatch();
  for (const process of processes) watch.add(process, 'now');
  const result = await work((process) => watch.add(process, 'its start'));
  const uses = watch.uses();
  const machine = machineWatch.use();
  const ours = uses.reduce((sum, { cpuShare }) => sum + cpuShare, 0);
  const othersShare = Math.max(0, machine.busyShare - ours);
  return { result, use: { processes: uses, machine, othersShare, limit: findLimit(uses) } };
}

export function findLimit(uses: readonly ProcessUse[]): Limit {
  const busiest = uses.toSorted((a, b) => wants(b.busiestThread) - wants(a.busiestThread))[0];
  if (!busiest) return { what: 'unknown', busiest: '' };
  const { title, busiestThread } = busiest;
  const { runShare, waitShare } = busiestThread;
  const text = `${title} ${Math.round(runShare * 100)} % + ${Math.round(waitShare * 100)} %`;
  if (wants(busiestThread) < enoughToBeTheLimit) return { what: 'disk or round trips', busiest: text };
  const lacksCore = runShare < enoughToBeTheLimit && waitShare > runShare / 4;
  return { what: lacksCore ? `cores, for ${title}` : title, busiest: text };
}

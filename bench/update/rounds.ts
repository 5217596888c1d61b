import type { BenchSettings, Say } from '../bench.ts';
import { figure } from '../measure/figures.ts';
import type { WatchedProcess } from '../measure/process-watch.ts';
import { watchUse } from '../measure/use.ts';
import type { Contender } from './arena.ts';
import type { Slice } from './update-text.ts';

/**
 * All contenders in turns, round by round.
 *
 * @param others  processes that are watched whoever's turn it is
 */
export async function runRounds(
  contenders: readonly Contender[],
  others: readonly WatchedProcess[],
  { rounds, seconds }: BenchSettings,
  say: Say,
): Promise<readonly Slice[]> {
  const slices: Slice[] = [];
  say(`${rounds} rounds of ${contenders.length} contenders, ${seconds} s each`);
  for (let round = 1; round <= rounds; round++) {
    // Every other round runs backwards, so that none is always the one after the same other.
    for (const contender of round % 2 === 0 ? contenders.toReversed() : contenders) {
      const slice = await runSlice(contender, round, others);
      slices.push(slice);
      const verdict = slice.faults.length === 0 ? '' : `  NOT VALID: ${slice.faults.join('; ')}`;
      say(
        `  ${round}/${rounds}  ${contender.title.padEnd(50)} ${figure(slice.ratePerSecond).padStart(7)} a second${verdict}`,
      );
    }
  }
  return slices;
}

async function runSlice(contender: Contender, round: number, others: readonly WatchedProcess[]): Promise<Slice> {
  const { key, serverPid } = contender;
  const processes = [...others];
  if (serverPid !== undefined) processes.push({ title: 'server', pid: serverPid });
  let use: Slice['use'] | undefined;
  const run = await contender.run(async (load) => {
    const watched = await watchUse(processes, load);
    use = watched.use;
    return watched.result;
  });
  if (!use) throw new Error(`${key} measured nothing`);
  return { ...run, contender: key, round, use };
}

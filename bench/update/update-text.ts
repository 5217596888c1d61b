import { figure, percent, spreadText, table } from '../measure/figures.ts';
import type { Use } from '../measure/use.ts';
import type { MemoryUse } from '../measure/memory-watch.ts';
import { spreadOf } from '../measure/statistics.ts';
import type { Contender, Run } from './arena.ts';
import type { StartTimes } from './start-time.ts';

/** One run of one contender. */
export interface Slice extends Run {
  readonly contender: string;
  readonly round: number;
  readonly use: Use;
}

/** A line a contender: how fast, how long, who used the cores meanwhile, and what held it back. */
export function contenderTable(contenders: readonly Contender[], slices: readonly Slice[]): string {
  const heading = ['', 'a second', 'p50 ms', 'p99 ms', 'BIND', 'server', 'load', 'others', 'limit', 'busiest thread'];
  const rows = contenders.map(({ key, title }) =>
    contenderRow(
      title,
      slices.filter(({ contender }) => contender === key),
    ),
  );
  return table([heading, ...rows], [0, 8, 9]);
}

/** Explains the columns of {@link contenderTable}. */
export const contenderLegend = `Shares are of one core, in the middle of the rounds. "server" is the service, or the bare Fastify where that answers; "others" is
whatever else ran on the machine: on a quiet one next to nothing. The busiest thread: its share at work + its share in line for a core.`;

function contenderRow(title: string, slices: readonly Slice[]): string[] {
  const median = (value: (slice: Slice) => number | undefined): number | undefined => {
    const values = slices.flatMap((slice) => value(slice) ?? []);
    return values.length === 0 ? undefined : spreadOf(values).median;
  };
  const milliseconds = (value: number | undefined) => (value === undefined ? '' : figure(value));
  const share = (process: string) =>
    percent(median(({ use }) => use.processes.find((each) => each.title === process)?.cpuShare ?? 0) ?? 0);
  const middle = slices.toSorted((a, b) => a.ratePerSecond - b.ratePerSecond)[slices.length >> 1];
  return [
    title,
    spreadText(spreadOf(slices.map(({ ratePerSecond }) => ratePerSecond))),
    milliseconds(median((slice) => slice.medianMs)),
    milliseconds(median((slice) => slice.p99Ms)),
    share('BIND'),
    share('server'),
    share('load'),
    percent(median(({ use }) => use.othersShare) ?? 0),
    middle?.use.limit.what ?? '',
    middle?.use.limit.busiest ?? '',
  ];
}

/** Warns of figures that others have spoilt; undefined where the machine was quiet. */
export function noiseText(slices: readonly Slice[]): string | undefined {
  const { median, highest } = spreadOf(slices.map(({ use }) => use.othersShare));
  if (highest < tolerableNoise) return undefined;
  return `The machine was NOT QUIET: other programs used ${percent(median)} of a core in the middle, ${percent(highest)} at most. Run it again alone.`;
}

/** The bench itself, which reads what the service logs, takes some of it. */
const tolerableNoise = 0.3;

/** How many changes went together in one UPDATE message, for each number of connections. */
export function batchText(contenders: readonly Contender[], slices: readonly Slice[]): string {
  const parts = contenders.flatMap(({ key, title }) => {
    const sizes = slices.flatMap(({ contender, details }) => {
      const size = details['changesPerStep'];
      return contender === key && typeof size === 'number' ? [size] : [];
    });
    return sizes.length === 0 ? [] : [`${spreadText(spreadOf(sizes))} (${title})`];
  });
  return `changes in one UPDATE message: ${parts.join('; ')}`;
}

export function memoryText({ peak, median, last }: MemoryUse): string {
  const megabytes = (octets: number) => `${figure(octets / 1e6)} MB`;
  return `resident memory of the service: ${megabytes(peak)} at its peak, ${megabytes(median)} in the middle, ${megabytes(last)} at the end`;
}

export function startText({ emptyNodeMs, firstAnswerMs, firstUpdateMs }: StartTimes): string {
  const text = (values: readonly number[]) => spreadText(spreadOf(values), 'ms');
  return `start: first answer ${text(firstAnswerMs)}, first UPDATED ${text(firstUpdateMs)}, node -e 0 ${text(emptyNodeMs)}`;
}

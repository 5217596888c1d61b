/** Labels and their values, in the order in which they are printed. */
export type Labels = readonly (readonly [name: string, value: string])[];

/** One metric with all its series, as its lines in the text format of Prometheus. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly kind: 'counter' | 'gauge' | 'histogram';
  lines(): Iterable<string>;
}

/** A counter whose counting costs one map look-up. */
export class CounterSeries implements Metric {
  readonly kind = 'counter';
  readonly name: string;
  readonly help: string;
  readonly #labelNames: readonly string[];
  readonly #counts = new Map<string, { readonly values: readonly string[]; count: number }>();

  constructor(name: string, help: string, labelNames: readonly string[]) {
    this.name = name;
    this.help = help;
    this.#labelNames = labelNames;
  }

  add(...values: readonly string[]): void {
    const key = keyOf(values);
    const counted = this.#counts.get(key);
    if (counted) counted.count += 1;
    else this.#counts.set(key, { values, count: 1 });
  }

  *lines(): Iterable<string> {
    for (const { values, count } of this.#counts.values())
      yield line(this.name, labelled(this.#labelNames, values), count);
  }
}

/** A number that is read when somebody asks. */
export class GaugeSeries implements Metric {
  readonly kind = 'gauge';
  readonly name: string;
  readonly help: string;
  readonly #read: () => number;
  readonly #labels: Labels;

  constructor(name: string, help: string, read: () => number, labels: Labels = []) {
    this.name = name;
    this.help = help;
    this.#read = read;
    this.#labels = labels;
  }

  *lines(): Iterable<string> {
    yield line(this.name, this.#labels, this.#read());
  }
}

interface Observed {
  readonly values: readonly string[];
  /** How many fell into each bucket, not counting the lower ones; the last is for what is above all bounds. */
  readonly buckets: number[];
  sum: number;
}

/** Observations by size. Each costs a map look-up and a short search. */
export class HistogramSeries implements Metric {
  readonly kind = 'histogram';
  readonly name: string;
  readonly help: string;
  readonly #bounds: readonly number[];
  readonly #labelNames: readonly string[];
  readonly #observed = new Map<string, Observed>();

  /** @param bounds  the buckets' upper bounds, ascending */
  constructor(name: string, help: string, bounds: readonly number[], labelNames: readonly string[] = []) {
    this.name = name;
    this.help = help;
    this.#bounds = bounds;
    this.#labelNames = labelNames;
    if (labelNames.length === 0) this.#begin(keyOf([]), []);
  }

  observe(amount: number, ...values: readonly string[]): void {
    const key = keyOf(values);
    const observed = this.#observed.get(key) ?? this.#begin(key, values);
    let bucket = 0;
    while (bucket < this.#bounds.length && amount > (this.#bounds[bucket] ?? Infinity)) bucket += 1;
    observed.buckets[bucket] = (observed.buckets[bucket] ?? 0) + 1;
    observed.sum += amount;
  }

  *lines(): Iterable<string> {
    for (const { values, buckets, sum } of this.#observed.values()) {
      const labels = labelled(this.#labelNames, values);
      let count = 0;
      for (const [index, inBucket] of buckets.entries()) {
        count += inBucket;
        const bound = this.#bounds[index] === undefined ? '+Inf' : String(this.#bounds[index]);
        yield line(`${this.name}_bucket`, [['le', bound], ...labels], count);
      }
      yield line(`${this.name}_sum`, labels, sum);
      yield line(`${this.name}_count`, labels, count);
    }
  }

  #begin(key: string, values: readonly string[]): Observed {
    const observed = { values, buckets: Array<number>(this.#bounds.length + 1).fill(0), sum: 0 };
    this.#observed.set(key, observed);
    return observed;
  }
}

/** The text format of Prometheus, version 0.0.4. */
export function expositionText(metrics: Iterable<Metric>): string {
  const blocks: string[] = [];
  for (const metric of metrics) {
    const { name, help, kind } = metric;
    blocks.push(`# HELP ${name} ${help}\n# TYPE ${name} ${kind}\n${[...metric.lines()].join('')}`);
  }
  return blocks.join('\n');
}

/** Of the labels' values; a join costs more than all the rest of counting. */
function keyOf(values: readonly string[]): string {
  let key = '';
  for (const value of values) key += `${value} `;
  return key;
}

function labelled(names: readonly string[], values: readonly string[]): Labels {
  return names.map((name, index) => [name, values[index] ?? ''] as const);
}

function line(name: string, labels: Labels, value: number): string {
  const inside = labels.map(([label, text]) => `${label}="${escaped(text)}"`).join(',');
  return `${name}${inside === '' ? '' : `{${inside}}`} ${value}\n`;
}

function escaped(text: string): string {
  return text
    .replaceAll('\\', String.raw`\\`)
    .replaceAll('"', String.raw`\"`)
    .replaceAll('\n', String.raw`\n`);
}

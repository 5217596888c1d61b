import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { isChanged, type NameOutcome } from '../updates/outcome.ts';

const durationBucketsSeconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const batchBuckets = [1, 2, 5, 10, 20, 50, 100, 200];

export interface MetricsOptions {
  readonly version: string;
  /** Also measure the process itself: CPU, memory, event loop, garbage collection. */
  readonly includeProcess: boolean;
}

/**
 * What the service counts, for Prometheus.
 *
 * Labels are routes, status codes, outcomes and nameservers: a small set that the operator chose. No name, address or
 * credential is ever a label.
 */
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests = new Tally(this.#registry, 'dyndns_http_requests_total', 'HTTP requests by route and status.', [
    'route',
    'status',
  ]);
  readonly #outcomes = new Tally(
    this.#registry,
    'dyndns_update_outcomes_total',
    'Names dealt with, by dialect and outcome: changed, unchanged, or the code of what went wrong.',
    ['dialect', 'outcome'],
  );
  readonly #requestSeconds = new Histogram({
    name: 'dyndns_http_update_duration_seconds',
    help: 'Time from a valid update request to its outcome.',
    buckets: durationBucketsSeconds,
    registers: [this.#registry],
  });
  readonly #primarySeconds = new Histogram({
    name: 'dyndns_primary_request_duration_seconds',
    help: 'Time from a message to a primary to its answer, by operation (query, update) and result.',
    labelNames: ['operation', 'result'],
    buckets: durationBucketsSeconds,
    registers: [this.#registry],
  });
  /** Finding the series by its labels would cost more than counting in it. */
  readonly #primarySeries = new Map<string, { observe(seconds: number): void }>();
  readonly #batchSizes = new Histogram({
    name: 'dyndns_update_message_transactions',
    help: 'Requests that went out together in one UPDATE message.',
    buckets: batchBuckets,
    registers: [this.#registry],
  });
  constructor({ version, includeProcess }: MetricsOptions) {
    new Gauge({
      name: 'dyndns_build_info',
      help: 'The version that is running.',
      labelNames: ['version'],
      registers: [this.#registry],
    }).set({ version }, 1);
    if (includeProcess) collectDefaultMetrics({ register: this.#registry });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** The exposition text. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** A number that is read when somebody asks for the metrics. */
  gauge(name: string, help: string, read: () => number): void {
    const gauge = new Gauge({
      name,
      help,
      registers: [],
      collect() {
        this.set(read());
      },
    });
    this.#registry.registerMetric(gauge);
  }

  requestAnswered(route: string, status: number): void {
    this.#requests.add(route, String(status));
  }

  updateTook(seconds: number): void {
    this.#requestSeconds.observe(seconds);
  }

  nameSettled(dialect: string, outcome: NameOutcome): void {
    const word = outcome.kind === 'failed' ? outcome.fault.code : isChanged(outcome) ? 'changed' : 'unchanged';
    this.#outcomes.add(dialect, word);
  }

  primaryAnswered(operation: 'query' | 'update', result: string, seconds: number): void {
    const key = `${operation} ${result}`;
    let series = this.#primarySeries.get(key);
    if (!series) this.#primarySeries.set(key, (series = this.#primarySeconds.labels({ operation, result })));
    series.observe(seconds);
  }

  batchSent(transactions: number): void {
    this.#batchSizes.observe(transactions);
  }
}

/** A counter whose counting costs one map look-up; its labels are put together when somebody asks. */
class Tally {
  readonly #counts = new Map<string, { readonly labels: readonly string[]; count: number }>();

  constructor(registry: Registry, name: string, help: string, labelNames: readonly string[]) {
    const counts = this.#counts;
    const counter = new Counter({
      name,
      help,
      labelNames,
      registers: [],
      collect() {
        this.reset();
        for (const { labels, count } of counts.values()) this.labels(...labels).inc(count);
      },
    });
    registry.registerMetric(counter);
  }

  add(first: string, second: string): void {
    const key = `${first} ${second}`;
    const tallied = this.#counts.get(key);
    if (tallied) tallied.count += 1;
    else this.#counts.set(key, { labels: [first, second], count: 1 });
  }
}

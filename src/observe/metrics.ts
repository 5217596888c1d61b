import { isChanged, type NameOutcome } from '../updates/outcome.ts';
import { CounterSeries, expositionText, GaugeSeries, HistogramSeries, type Metric } from './series.ts';

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
 *
 * Our own series are kept here, since counting happens on every request. Those of the process are the library's, which
 * comes when somebody asks for metrics for the first time: nobody's start waits for it.
 */
export class Metrics {
  readonly contentType = 'text/plain; version=0.0.4; charset=utf-8';
  readonly #requests = new CounterSeries('dyndns_http_requests_total', 'HTTP requests by route and status.', [
    'route',
    'status',
  ]);
  readonly #outcomes = new CounterSeries(
    'dyndns_update_outcomes_total',
    'Names dealt with, by dialect and outcome: changed, unchanged, or the code of what went wrong; DNS UPDATEs by rcode.',
    ['dialect', 'outcome'],
  );
  readonly #requestSeconds = new HistogramSeries(
    'dyndns_http_update_duration_seconds',
    'Time from a valid update request to its outcome.',
    durationBucketsSeconds,
  );
  readonly #primarySeconds = new HistogramSeries(
    'dyndns_primary_request_duration_seconds',
    'Time from a message to a primary to its answer, by operation (query, update) and result.',
    durationBucketsSeconds,
    ['operation', 'result'],
  );
  readonly #batchSizes = new HistogramSeries(
    'dyndns_update_message_transactions',
    'Requests that went out together in one UPDATE message.',
    batchBuckets,
  );
  readonly #commitSizes = new HistogramSeries(
    'dyndns_commit_updates',
    'Updates of a zone of our own that went together into one commit.',
    batchBuckets,
  );
  readonly #metrics: Metric[];
  readonly #includeProcess: boolean;
  #process: Promise<() => Promise<string>> | undefined;

  constructor({ version, includeProcess }: MetricsOptions) {
    this.#includeProcess = includeProcess;
    const buildInfo = new GaugeSeries('dyndns_build_info', 'The version that is running.', () => 1, [
      ['version', version],
    ]);
    this.#metrics = [
      this.#requests,
      this.#outcomes,
      this.#requestSeconds,
      this.#primarySeconds,
      this.#batchSizes,
      this.#commitSizes,
      buildInfo,
    ];
  }

  /** The exposition text. */
  async text(): Promise<string> {
    const ours = expositionText(this.#metrics);
    if (!this.#includeProcess) return ours;
    this.#process ??= watchProcess();
    const processText = await this.#process;
    return `${ours}\n${await processText()}`;
  }

  /** A number that is read when somebody asks for the metrics. */
  gauge(name: string, help: string, read: () => number): void {
    this.#metrics.push(new GaugeSeries(name, help, read));
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

  /** A DNS UPDATE that came in. @param rcode  by name; the answers are our own, so there are few */
  updateAnswered(dialect: string, rcode: string): void {
    this.#outcomes.add(dialect, rcode);
  }

  primaryAnswered(operation: 'query' | 'update', result: string, seconds: number): void {
    this.#primarySeconds.observe(seconds, operation, result);
  }

  committed(updates: number): void {
    this.#commitSizes.observe(updates);
  }

  batchSent(transactions: number): void {
    this.#batchSizes.observe(transactions);
  }
}

async function watchProcess(): Promise<() => Promise<string>> {
  const { collectDefaultMetrics, Registry } = await import('prom-client');
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return () => registry.metrics();
}

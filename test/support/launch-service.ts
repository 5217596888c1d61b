import { writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

import { freePort } from './free-port.ts';
import { type ProcessExit, type RunningProcess, startProcess } from './process.ts';
import { createTemporaryDirectory } from './temporary-directory.ts';

export interface ServiceOptions {
  /** Written as it is when it is a text, else as JSON, which YAML understands. */
  readonly configuration: string | object;
  /** A free one when absent. */
  readonly port?: number;
  /** Further words after `serve --config FILE --port N`. */
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** A command to run it under; `wrongClock` makes one. */
  readonly under?: readonly string[];
  /** `ready`: its nameservers have to answer too. Default: `live`. */
  readonly readyWhen?: 'live' | 'ready';
}

/** The real service as a child process. */
export interface ServiceUnderTest extends AsyncDisposable {
  readonly port: number;
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly baseUrl: string;
  readonly pid: number;
  readonly configurationFile: string;
  /** The directory that it runs in, empty but for the configuration. */
  readonly directory: string;
  /** Fetches a path such as `/healthz`; the body is read. */
  get(path: string, init?: RequestInit): Promise<ServiceAnswer>;
  /** Everything that it has printed, over all its lives. */
  log(): string;
  /** The lines of the log that are JSON objects. */
  logRecords(): readonly Readonly<Record<string, unknown>>[];
  /** Writes another configuration into the file. `signal('SIGHUP')` makes the service read it. */
  writeConfiguration(configuration: string | object): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  stop(): Promise<ProcessExit>;
  kill9(): Promise<ProcessExit>;
  /** Starts it again on the same port; if it runs, it is stopped first. */
  restart(): Promise<void>;
}

export interface ServiceAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

const launcher = fileURLToPath(new URL('../../bin/dyndns.js', import.meta.url));
/** The launcher's first line says with which options it wants to be run; the Node that runs it is this one. */
const pathWithThisNode = `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`;
/** Nothing of the developer's own environment may decide where the configuration is looked for. */
const ownEnvironment = { dyndns_CONFIG_FILE: undefined, DYNDNS_CONFIG_FILE: undefined };
const startTimeoutMs = 20_000;
const requestTimeoutMs = 30_000;

/** Starts `dyndns serve` and waits until it answers. */
export async function launchService(options: ServiceOptions): Promise<ServiceUnderTest> {
  const directory = await createTemporaryDirectory('service');
  const configurationFile = await directory.write('dyndns.yml', render(options.configuration), 0o600);
  const port = options.port ?? (await freePort());
  const baseUrl = `http://127.0.0.1:${port}`;
  const lives: RunningProcess[] = [];
  const start = async () => {
    const life = startProcess({
      title: `dyndns serve on port ${port}`,
      command: launcher,
      args: ['serve', '--config', configurationFile, '--port', String(port), ...(options.args ?? [])],
      directory: directory.path,
      environment: { ...ownEnvironment, PATH: pathWithThisNode, ...options.environment },
      under: options.under ?? [],
    });
    lives.push(life);
    const path = options.readyWhen === 'ready' ? '/readyz' : '/healthz';
    try {
      await life.waitUntil(() => answersWell(`${baseUrl}${path}`), startTimeoutMs);
    } catch (error) {
      await life.kill9();
      throw error;
    }
  };
  const life = () => {
    const current = lives.at(-1);
    if (!current) throw new Error('the service was never started');
    return current;
  };
  const log = () => lives.map((each) => each.output()).join('');
  try {
    await start();
  } catch (error) {
    await directory[Symbol.asyncDispose]();
    throw error;
  }
  return {
    port,
    baseUrl,
    get pid() {
      return life().pid;
    },
    configurationFile,
    directory: directory.path,
    get: (path, init) => fetchText(`${baseUrl}${path}`, init),
    log,
    logRecords: () => parseRecords(log()),
    writeConfiguration: (configuration) => writeFile(configurationFile, render(configuration)),
    signal: (signal) => life().signal(signal),
    stop: () => life().stop(),
    kill9: () => life().kill9(),
    restart: async () => {
      await life().stop();
      await start();
    },
    [Symbol.asyncDispose]: async () => {
      await life().stop();
      await directory[Symbol.asyncDispose]();
    },
  };
}

function render(configuration: string | object): string {
  return typeof configuration === 'string' ? configuration : `${JSON.stringify(configuration, undefined, 2)}\n`;
}

async function fetchText(url: string, init: RequestInit = {}): Promise<ServiceAnswer> {
  const response = await fetch(url, { signal: AbortSignal.timeout(requestTimeoutMs), ...init });
  return { status: response.status, headers: response.headers, body: await response.text() };
}

async function answersWell(url: string): Promise<boolean> {
  try {
    return (await fetchText(url, { signal: AbortSignal.timeout(2000) })).status === 200;
  } catch {
    return false;
  }
}

function parseRecords(log: string): readonly Readonly<Record<string, unknown>>[] {
  return log
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

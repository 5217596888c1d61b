import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { Rcode, Type } from '../../src/dns/codes.ts';
import { freePort } from '../../test/support/free-port.ts';
import { createTemporaryDirectory } from '../../test/support/temporary-directory.ts';
import { queryOverUdp } from '../../test/support/udp-query.ts';
import { parseMemory } from '../measure/memory-watch.ts';
import { spreadText } from '../measure/figures.ts';
import { spreadOf } from '../measure/statistics.ts';
import { launcher } from '../repository.ts';
import { embeddedZone } from './embedded-testbed.ts';

/** Milliseconds from the start of the process, and octets resident, round by round. */
export interface EmbeddedStarts {
  /** `node -e 0`, to its end. */
  readonly emptyNodeMs: readonly number[];
  /** The service, with a database that it knows, to its first authoritative answer. */
  readonly firstDnsAnswerMs: readonly number[];
  /** … to its first answer to `/`. */
  readonly firstHttpAnswerMs: readonly number[];
  /** A while after its start, when nobody has asked for anything but that. */
  readonly idleOctets: readonly number[];
}

const startTimeoutMs = 20_000;
const askEveryMs = 2;
const idleAfterMs = 3000;

/**
 * Starts the service several times, each time after an empty Node, as installed programs and without any wrapper.
 *
 * @param under  a command to run both under
 */
export async function measureEmbeddedStarts(under: readonly string[], rounds: number): Promise<EmbeddedStarts> {
  await using directory = await createTemporaryDirectory('bench-start');
  const [httpPort, dnsPort] = [await freePort(), await freePort()];
  const configuration = {
    secret: 'secretofthisbench',
    http: { listen: `127.0.0.1:${httpPort}` },
    dns: { listen: `127.0.0.1:${dnsPort}` },
    database: `sqlite:${join(directory.path, 'dyndns.db')}`,
    zones: [{ name: embeddedZone }],
  };
  const file = await directory.write('dyndns.yml', JSON.stringify(configuration), 0o600);
  const emptyNodeMs: number[] = [];
  const services: Start[] = [];
  const startService = () => timeService(() => start(under, launcher, ['serve', '--config', file]), httpPort, dnsPort);
  // The first of each reads its files from the disk, and makes the database; it is not counted.
  await timeEmptyNode(under);
  await startService();
  for (let round = 0; round < rounds; round += 1) {
    emptyNodeMs.push(await timeEmptyNode(under));
    services.push(await startService());
  }
  return {
    emptyNodeMs,
    firstDnsAnswerMs: services.map(({ dnsMs }) => dnsMs),
    firstHttpAnswerMs: services.map(({ httpMs }) => httpMs),
    idleOctets: services.map(({ idleOctets }) => idleOctets),
  };
}

export function embeddedStartText({
  emptyNodeMs,
  firstDnsAnswerMs,
  firstHttpAnswerMs,
  idleOctets,
}: EmbeddedStarts): string {
  const text = (values: readonly number[]) => spreadText(spreadOf(values), 'ms');
  const megabytes = spreadText(spreadOf(idleOctets.map((octets) => octets / 1e6)), 'MB');
  return `start with an empty zone: first answer over DNS ${text(firstDnsAnswerMs)}, over HTTP ${text(firstHttpAnswerMs)}, node -e 0 ${text(emptyNodeMs)}
resident memory, idle: ${megabytes}`;
}

interface Start {
  readonly dnsMs: number;
  readonly httpMs: number;
  readonly idleOctets: number;
}

async function timeEmptyNode(under: readonly string[]): Promise<number> {
  const startedAtMs = performance.now();
  await once(start(under, process.execPath, ['-e', '0']), 'exit');
  return performance.now() - startedAtMs;
}

async function timeService(launch: () => ChildProcess, httpPort: number, dnsPort: number): Promise<Start> {
  const startedAtMs = performance.now();
  const service = launch();
  const exited = once(service, 'exit');
  const timeTo = async (isThere: () => Promise<boolean>): Promise<number> => {
    while (!(await isThere())) {
      if (performance.now() - startedAtMs > startTimeoutMs || service.exitCode !== null)
        throw new Error(`the service did not answer within ${startTimeoutMs} ms`);
      await delay(askEveryMs);
    }
    return performance.now() - startedAtMs;
  };
  try {
    const [dnsMs, httpMs] = await Promise.all([timeTo(() => answersDns(dnsPort)), timeTo(() => answersHttp(httpPort))]);
    await delay(idleAfterMs);
    return { dnsMs, httpMs, idleOctets: residentOctets(service.pid) };
  } finally {
    service.kill();
    await exited;
  }
}

function residentOctets(pid: number | undefined): number {
  return parseMemory(readFileSync(`/proc/${pid}/status`, 'utf8')).resident;
}

function start(under: readonly string[], command: string, args: readonly string[]): ChildProcess {
  const [file = command, ...rest] = [...under, command, ...args];
  const PATH = `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`;
  return spawn(file, rest, { stdio: 'ignore', env: { ...process.env, PATH } });
}

async function answersDns(port: number): Promise<boolean> {
  const answer = await queryOverUdp({ port, name: embeddedZone, type: Type.SOA });
  return answer?.rcode === Rcode.NOERROR && answer.aa;
}

function answersHttp(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const request = get({ host: '127.0.0.1', port, path: '/', agent: false, timeout: startTimeoutMs }, (response) => {
    response.resume();
    resolve(response.statusCode === 200);
  });
  request.on('timeout', () => request.destroy());
  request.on('error', () => resolve(false));
  return promise;
}

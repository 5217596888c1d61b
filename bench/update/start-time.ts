import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { freePort } from '../../test/support/free-port.ts';
import { launcher } from '../repository.ts';
import { changingLabels, nameCount, numberedAddress } from './numbered-names.ts';
import type { Arena } from './arena.ts';
import type { UpdateTestbed } from './testbed.ts';

export type UpdateArena = Arena<UpdateTestbed>;

/** Milliseconds from the start of the process, round by round. */
export interface StartTimes {
  /** `node -e 0`, to its end. */
  readonly emptyNodeMs: readonly number[];
  /** The service, to its first answer to `/`. */
  readonly firstAnswerMs: readonly number[];
  /** The service, to the first `UPDATED`, asked for right after that answer. */
  readonly firstUpdateMs: readonly number[];
}

const startTimeoutMs = 20_000;
const askEveryMs = 2;

/** Starts the service several times, each time after an empty Node, as installed programs and without any wrapper. */
export async function measureStarts(arena: UpdateArena, rounds: number): Promise<StartTimes> {
  const emptyNodeMs: number[] = [];
  const firstAnswerMs: number[] = [];
  const firstUpdateMs: number[] = [];
  // The first of each reads its files from the disk; it is not counted.
  await timeEmptyNode(arena);
  await timeService(arena);
  for (let round = 0; round < rounds; round++) {
    emptyNodeMs.push(await timeEmptyNode(arena));
    const { answerMs, updateMs } = await timeService(arena);
    firstAnswerMs.push(answerMs);
    firstUpdateMs.push(updateMs);
  }
  return { emptyNodeMs, firstAnswerMs, firstUpdateMs };
}

async function timeEmptyNode(arena: UpdateArena): Promise<number> {
  const startedAtMs = performance.now();
  await once(start(arena, process.execPath, ['-e', '0']), 'exit');
  return performance.now() - startedAtMs;
}

async function timeService(arena: UpdateArena): Promise<{ readonly answerMs: number; readonly updateMs: number }> {
  const { testbed, numbers } = arena;
  const port = await freePort();
  const number = numbers.next;
  numbers.used(1);
  const path = `${testbed.path(changingLabels.service)}${number % nameCount}.${testbed.zone}/${numberedAddress(number)}`;
  const words = ['serve', '--config', testbed.service.configurationFile, '--port', String(port)];
  const startedAtMs = performance.now();
  const service = start(arena, launcher, words);
  const exited = once(service, 'exit');
  try {
    while ((await ask(port, '/')) === undefined) {
      if (performance.now() - startedAtMs > startTimeoutMs || service.exitCode !== null)
        throw new Error(`the service did not answer within ${startTimeoutMs} ms`);
      await delay(askEveryMs);
    }
    const answerMs = performance.now() - startedAtMs;
    const answer = await ask(port, path);
    const updateMs = performance.now() - startedAtMs;
    if (!answer?.startsWith('UPDATED')) throw new Error(`the first update was answered: ${answer}`);
    return { answerMs, updateMs };
  } finally {
    service.kill();
    await exited;
  }
}

function start({ pinning }: UpdateArena, command: string, args: readonly string[]): ChildProcess {
  const [file = command, ...rest] = [...pinning.service, command, ...args];
  const PATH = `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`;
  return spawn(file, rest, { stdio: 'ignore', env: { ...process.env, PATH } });
}

/** The answer's body; undefined while nobody listens. */
function ask(port: number, path: string): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const request = get({ host: '127.0.0.1', port, path, agent: false, timeout: startTimeoutMs }, (response) => {
    let body = '';
    response.setEncoding('utf8');
    response.on('data', (text: string) => (body += text));
    response.on('end', () => resolve(body));
    response.on('error', () => resolve(undefined));
  });
  request.on('timeout', () => request.destroy());
  request.on('error', () => resolve(undefined));
  return promise;
}

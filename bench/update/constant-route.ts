import { fileURLToPath } from 'node:url';

import { type RunningProcess, startProcess } from '../../test/support/process.ts';

export interface ConstantRoute extends AsyncDisposable {
  readonly pid: number;
  readonly baseUrl: string;
  readonly path: string;
}

const script = fileURLToPath(new URL('./constant-route-process.ts', import.meta.url));
const startTimeoutMs = 20_000;

/** Starts a bare Fastify in a process of its own, on the cores that the service would have. */
export async function startConstantRoute(under: readonly string[]): Promise<ConstantRoute> {
  const running = startProcess({ title: 'the constant route', command: process.execPath, args: [script], under });
  try {
    await running.waitUntil(async () => portOf(running) !== undefined, startTimeoutMs);
  } catch (error) {
    await running.kill9();
    throw error;
  }
  return {
    pid: running.pid,
    baseUrl: `http://127.0.0.1:${portOf(running)}`,
    path: '/constant',
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  };
}

function portOf(running: RunningProcess): number | undefined {
  const port = /^port (\d+)$/m.exec(running.output())?.[1];
  return port === undefined ? undefined : Number(port);
}

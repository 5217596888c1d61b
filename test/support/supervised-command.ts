import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { outputTail } from './output-tail.ts';

export const repositoryRoot = fileURLToPath(new URL('../../', import.meta.url));

/** Where `npm ci` puts the tools, and the Node that this project pins. */
const toolDirectory = join(repositoryRoot, 'node_modules/.bin');

export interface SupervisedCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly deadlineMs: number;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Sees what is printed as it comes. */
  readonly onOutput?: (chunk: Buffer) => void;
}

export interface SupervisedResult {
  readonly exitCode: number | null;
  readonly output: string;
  readonly seconds: number;
  /** Why it was ended from here. */
  readonly ended?: 'deadline' | 'interrupted';
}

const graceMs = 5000;

/**
 * Runs a tool of this repository to its end, its deadline, or an interruption; then its whole process group is ended,
 * children of children too.
 */
export async function runSupervised(options: SupervisedCommand): Promise<SupervisedResult> {
  const startedAtMs = performance.now();
  const tail = outputTail();
  const [file = '', ...args] = [...diesWithUs, options.command, ...options.args];
  const child = spawn(file, args, {
    cwd: repositoryRoot,
    env: {
      ...process.env,
      PATH: [toolDirectory, process.env['PATH'] ?? ''].join(delimiter),
      // Set where a test runs this; a runner that sees it would report to that test.
      NODE_TEST_CONTEXT: undefined,
      ...options.environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      tail.push(chunk);
      options.onOutput?.(chunk);
    });
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.once('error', reject);
  child.once('close', resolve);

  let ended: SupervisedResult['ended'];
  let impatience: NodeJS.Timeout | undefined;
  const end = (why: 'deadline' | 'interrupted') => {
    ended ??= why;
    signalGroup(child.pid, 'SIGTERM');
    impatience ??= setTimeout(() => signalGroup(child.pid, 'SIGKILL'), graceMs);
  };
  const interrupt = () => end('interrupted');
  const deadline = setTimeout(() => end('deadline'), options.deadlineMs);
  options.signal.addEventListener('abort', interrupt);
  if (options.signal.aborted) interrupt();
  try {
    const exitCode = await promise;
    const seconds = (performance.now() - startedAtMs) / 1000;
    return { exitCode, output: tail.text(), seconds, ...(ended ? { ended } : {}) };
  } finally {
    clearTimeout(deadline);
    clearTimeout(impatience);
    options.signal.removeEventListener('abort', interrupt);
  }
}

/** Should this process be killed, the tool is asked to end itself and its children. */
const diesWithUs = process.platform === 'linux' ? ['setpriv', '--pdeathsig=TERM', '--'] : [];

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is gone already.
  }
}

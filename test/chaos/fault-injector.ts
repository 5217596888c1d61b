import { startProcess } from '../support/process.ts';

/** Makes system calls of a running process fail, until it is disposed of. */
export interface InjectedFault extends AsyncDisposable {
  /** What strace has seen of the calls so far. */
  seen(): string;
}

const attachTimeoutMs = 10_000;

/**
 * @param paths        only calls on these files fail
 * @param expressions  of strace's `-e`, such as `inject=fsync:error=EIO:when=1+`; it counts the calls of each thread by itself, from now on
 */
export async function injectFault(
  pid: number,
  paths: readonly string[],
  expressions: readonly string[],
): Promise<InjectedFault> {
  const tracer = startProcess({
    title: `strace of ${pid}`,
    command: 'strace',
    args: [
      ...`-f -p ${pid}`.split(' '),
      ...paths.flatMap((path) => ['-P', path]),
      ...['trace=fsync,pwrite64,ftruncate', ...expressions].flatMap((expression) => ['-e', expression]),
    ],
  });
  await tracer.waitUntil(() => Promise.resolve(/strace: Process \d+ attached/.test(tracer.output())), attachTimeoutMs);
  return {
    seen: () => tracer.output(),
    [Symbol.asyncDispose]: async () => {
      // It lets go of the process and ends.
      tracer.signal('SIGINT');
      await tracer.exited;
    },
  };
}

/** Whether this user may trace; in a pipeline that has to be so. */
export async function mayTrace(): Promise<boolean> {
  if (process.env['CI'] === 'true') return true;
  const victim = startProcess({ title: 'a process to trace', command: 'sleep', args: ['60'] });
  try {
    await using _fault = await injectFault(victim.pid, ['/nowhere'], []);
    return true;
  } catch {
    return false;
  } finally {
    await victim.kill9();
  }
}

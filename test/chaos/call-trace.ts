import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** A system call as strace has seen it, from all threads in one order. */
export interface TracedCall {
  readonly call: string;
  /** A path, or `TCP:[HERE->THERE]`, `UDP:[HERE]`. */
  readonly target: string;
  /** What it writes or sends; empty for a sync. */
  readonly octets: Buffer;
  /**
   * Lines of the trace. strace stops a thread before a call and after it, and writes each down before it lets the thread go on: so a
   * call that ends in a line above the one in which another begins has ended before the other began, whatever their threads.
   */
  readonly beginsAt: number;
  readonly endsAt: number;
  readonly hasSucceeded: boolean;
}

const traced = 'fsync,fdatasync,pwrite64,write,writev,sendmsg,sendmmsg,sendto';

/** The command to run a process under that becomes it, while strace writes down what it syncs, writes and sends. */
export function tracedTo(file: string, injected: readonly string[] = []): readonly string[] {
  const expressions = [`trace=${traced}`, ...injected].flatMap((expression) => ['-e', expression]);
  return ['strace', '-D', '-f', '-q', '--seccomp-bpf', '-yy', '-xx', '-s', '70000', '-o', file, ...expressions];
}

const patienceMs = 10_000;

/** Reads the trace of a process that has ended, as soon as strace has written all of it. */
export async function readTrace(file: string, pid: number): Promise<readonly TracedCall[]> {
  const deadlineMs = performance.now() + patienceMs;
  const end = new RegExp(`^${pid} +\\+\\+\\+ (?:exited|killed)`, 'm');
  for (;;) {
    const text = await readFile(file, 'utf8');
    if (end.test(text.slice(-2000))) return parseTrace(text);
    if (performance.now() > deadlineMs)
      throw new Error(`strace has not written the end of ${pid}: ${text.slice(-500)}`);
    await sleep(20);
  }
}

interface Unfinished {
  readonly call: string;
  readonly text: string;
  readonly line: number;
}

/** Reads what strace writes with `-f -yy -xx`: all texts are in hexadecimal, so none can be taken for something else. */
export function parseTrace(text: string): readonly TracedCall[] {
  const calls: TracedCall[] = [];
  const unfinished = new Map<string, Unfinished>();
  for (const [line, row] of text.split('\n').entries()) {
    const [, thread = '', rest = ''] = /^(\d+) +(.*)$/.exec(row) ?? [];
    const begun = /^(\w+)\((.*) <unfinished \.\.\.>$/.exec(rest);
    const resumed = /^<\.\.\. (\w+) resumed>(.*)\) += (-?\d+)(.*)$/.exec(rest);
    const whole = /^(\w+)\((.*)\) += (-?\d+)(.*)$/.exec(rest);
    if (begun) unfinished.set(thread, { call: begun[1]!, text: begun[2]!, line });
    else if (resumed) {
      const first = unfinished.get(thread);
      unfinished.delete(thread);
      if (first && first.call === resumed[1])
        calls.push(tracedCall(first.call, first.text + resumed[2]!, [first.line, line], resumed[3]!, resumed[4]!));
    } else if (whole) calls.push(tracedCall(whole[1]!, whole[2]!, [line, line], whole[3]!, whole[4]!));
  }
  return calls.sort((a, b) => a.beginsAt - b.beginsAt);
}

function tracedCall(
  call: string,
  text: string,
  [beginsAt, endsAt]: readonly [number, number],
  result: string,
  remark: string,
): TracedCall {
  const [, target = ''] = /^\d+<(.*?)>(?:,|$)/.exec(text) ?? [];
  const strings = Array.from(text.matchAll(/(?:^|, |iov_base=)"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?/g), ([, hex = '']) =>
    fromHex(hex),
  );
  // What strace has made up was not done.
  const hasSucceeded = !result.startsWith('-') && !remark.includes('INJECTED');
  const isPath = target.startsWith('\\x');
  return {
    call,
    target: isPath ? fromHex(target).toString('latin1') : target,
    octets: Buffer.concat(strings),
    beginsAt,
    endsAt,
    hasSucceeded,
  };
}

function fromHex(text: string): Buffer {
  return Buffer.from(text.replaceAll('\\x', ''), 'hex');
}

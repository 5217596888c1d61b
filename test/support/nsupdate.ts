import { runCommand } from './run-command.ts';
import { keyArgument, type TestKey } from './test-key.ts';

export interface NsupdateOptions {
  readonly port: number;
  readonly address?: string;
  readonly zone: string;
  /** Unsigned when absent. */
  readonly key?: TestKey;
  /** TCP when absent. */
  readonly transport?: 'udp' | 'tcp';
  /** Lines such as `update add www.example. 60 A 192.0.2.1`; they go in one message. */
  readonly commands: readonly string[];
}

export interface NsupdateResult {
  /** `NOERROR`, or what nsupdate says instead: `REFUSED`, `NOTAUTH(BADKEY)`, `NO ANSWER` … */
  readonly status: string;
  readonly text: string;
}

/** Sends one UPDATE by the real nsupdate. */
export async function nsupdate(options: NsupdateOptions): Promise<NsupdateResult> {
  const { address = '127.0.0.1', port, zone, key, transport = 'tcp', commands } = options;
  const script = [`server ${address} ${port}`, `zone ${zone}`, ...commands, 'send', ''].join('\n');
  const { exitCode, stdout, stderr } = await runCommand(
    'nsupdate',
    [...(transport === 'tcp' ? ['-v'] : []), '-t', '5', ...(key ? ['-y', keyArgument(key)] : [])],
    { input: script },
  );
  const text = stdout + stderr;
  const refusal = /update failed: (\S+)/.exec(text)?.[1];
  return { status: refusal ?? (exitCode === 0 ? 'NOERROR' : 'NO ANSWER'), text };
}

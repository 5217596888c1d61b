import { parseArgs } from 'node:util';

import type { BenchSettings } from './bench.ts';
import { noPinning, parsePinning } from './pinning.ts';

/** What the command line asks for. */
export type Invocation =
  | { readonly kind: 'run'; readonly bench: string; readonly settings: BenchSettings }
  | { readonly kind: 'help' }
  | { readonly kind: 'mistake'; readonly text: string };

const usual = { rounds: 4, seconds: 5 };
const quick = { rounds: 3, seconds: 1 };
const most = { rounds: 100, seconds: 600 };

export const optionsHelp = `  --quick             ${quick.rounds} rounds of ${quick.seconds} s for each contender: to see that it works, not to compare
  --rounds N          how often everything is measured (default ${usual.rounds})
  --seconds N         how long each contender runs in a round (default ${usual.seconds})
  --pin ROLES         keeps programs on their cores, e.g. service=0,nameserver=1,load=1 (default: as the kernel likes)`;

export function readInvocation(args: readonly string[]): Invocation {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        quick: { type: 'boolean', default: false },
        rounds: { type: 'string' },
        seconds: { type: 'string' },
        pin: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    return { kind: 'mistake', text: error instanceof Error ? error.message : String(error) };
  }
  const { values, positionals } = parsed;
  const [bench, ...others] = positionals;
  if (values.help || bench === undefined) return { kind: 'help' };
  if (others.length > 0) return { kind: 'mistake', text: `One bench at a time; "${others.join(' ')}" is too much.` };
  const base = values.quick ? quick : usual;
  for (const name of ['rounds', 'seconds'] as const) {
    const text = values[name];
    if (text !== undefined && !(/^[1-9]\d*$/.test(text) && Number(text) <= most[name]))
      return { kind: 'mistake', text: `--${name} wants a whole number from 1 to ${most[name]}, not ${text}.` };
  }
  const pinning = values.pin === undefined ? noPinning : parsePinning(values.pin);
  if (typeof pinning === 'string') return { kind: 'mistake', text: pinning };
  const { rounds = base.rounds, seconds = base.seconds } = values;
  return { kind: 'run', bench, settings: { rounds: Number(rounds), seconds: Number(seconds), pinning } };
}

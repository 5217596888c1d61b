import { typeName } from '../dns/codes.ts';
import { faultRefusal } from '../http/dialects/seed-words.ts';
import type { KnownZones, Read } from '../http/dialects/seed-request.ts';
import type { Refusal } from '../http/refusal.ts';
import { administrator } from '../updates/asker.ts';
import { explainFault } from '../updates/fault.ts';
import { isChanged, type NameOutcome } from '../updates/outcome.ts';
import type { NameRequest, UpdateRequest } from '../updates/request.ts';
import type { CliContext, Invocation } from './command.ts';
import { withConfig } from './configured.ts';
import { ExitCode } from './exit-code.ts';
import { faultExitCode } from './fault-exit-code.ts';
import type { Output } from './output.ts';

/** What `update` and `delete` differ in. */
export interface ChangeCommand {
  /** What the command line asks for. */
  readonly read: (zones: KnownZones) => Read<NameRequest>;
  /** The seed's lines for what became of it. */
  readonly word: (outcome: NameOutcome) => { readonly text: string | undefined };
}

/** Carries out one change of one name, and tells the outcome in the words of the original's answers, or as JSON. */
export async function change(command: ChangeCommand, invocation: Invocation, context: CliContext): Promise<ExitCode> {
  return await withConfig(invocation, context, async (config) => {
    await using updater = await context.services.openUpdater(config);
    const read = command.read(updater.zones);
    if (read.kind === 'refused') return tellRefusal(read.refusal, invocation, context);
    const { ttlSeconds } = read.value;
    const { minSeconds, maxSeconds } = config.ttl;
    if (ttlSeconds !== undefined && (ttlSeconds < minSeconds || ttlSeconds > maxSeconds)) {
      const used = ttlSeconds < minSeconds ? minSeconds : maxSeconds;
      context.errors.print(`warning: the TTL ${ttlSeconds} lies outside ttl.min and ttl.max; ${used} is used`);
    }
    const request: UpdateRequest = {
      dialect: 'cli',
      asker: administrator({ kind: 'command' }, undefined),
      names: [read.value],
    };
    const [outcome] = await updater.update(request);
    if (!outcome) throw new Error('the updater gives one outcome for each name');
    return tellOutcome(outcome, command, invocation, context);
  });
}

function tellOutcome(
  outcome: NameOutcome,
  { word }: ChangeCommand,
  invocation: Invocation,
  context: CliContext,
): ExitCode {
  const { output, errors } = context;
  if (outcome.kind === 'failed') {
    const { remedy } = explainFault(outcome.fault);
    const refusal = faultRefusal(outcome.fault);
    if (invocation.switches.has('json')) {
      const error = { word: refusal.word, code: outcome.fault.code, text: refusal.text, remedy };
      output.printJson({ fqdn: outcome.hostname.toString(), error });
    } else {
      errors.print(`${paintWords(`${refusal.word}: ${refusal.text}`, errors)}\n${remedy}`);
    }
    return faultExitCode(outcome.fault);
  }
  if (invocation.switches.has('json')) {
    const records = outcome.records.map(({ type, before, after, changed }) => ({
      type: typeName(type),
      result: changed ? 'UPDATED' : 'UNCHANGED',
      before,
      after,
    }));
    output.printJson({ fqdn: outcome.hostname.toString(), changed: isChanged(outcome), records });
  } else {
    output.print(paintWords(word(outcome).text ?? '', output));
  }
  return ExitCode.done;
}

/** The arguments themselves are wrong, or name what is not ours: nothing was sent. */
export function tellRefusal({ word, text, status }: Refusal, invocation: Invocation, context: CliContext): ExitCode {
  if (invocation.switches.has('json')) context.output.printJson({ error: { word, text } });
  else context.errors.print(paintWords(`${word}: ${text}`, context.errors));
  return status === 404 ? ExitCode.failed : ExitCode.wrongUsage;
}

const emphases = { UPDATED: 'good', UNCHANGED: 'quiet' } as const;

/** Sets off the word in front of each line, which says what became of it. */
function paintWords(lines: string, output: Output): string {
  return lines.replaceAll(/^[A-Z_]+(?=:)/gm, (word) =>
    output.paint(word in emphases ? emphases[word as keyof typeof emphases] : 'bad', word),
  );
}

import type { Config } from '../config/config.ts';
import { Name } from '../dns/name.ts';
import type { HistoryView } from '../door/administration-orders.ts';
import { ZoneDirectory } from '../updates/zone-directory.ts';
import { administer, type CarryOut, tellUndone } from './administering.ts';
import type { CliContext, Invocation } from './command.ts';
import { ExitCode } from './exit-code.ts';
import { tellMistake } from './failure.ts';
import { localTime, printableText } from './local-time.ts';
import { columns } from './columns.ts';
import { hostOperand } from './host/host-operand.ts';

const defaultLimit = 50;
const mostEntries = 100_000;
const pageSize = 500;

export async function runHistory(invocation: Invocation, context: CliContext): Promise<ExitCode> {
  const written = invocation.values['limit'] ?? String(defaultLimit);
  const limit = Number(written);
  if (!/^\d{1,6}$/.test(written) || limit < 1 || limit > mostEntries)
    return tellMistake(`--limit takes a number from 1 to ${mostEntries}, not ${written}`, invocation, context);
  const [operand] = invocation.operands;
  const name = operand === undefined ? undefined : hostOperand(operand);
  if (operand !== undefined && name === undefined)
    return tellMistake(`${JSON.stringify(operand)} is no name`, invocation, context);
  return await administer(invocation, context, async (carryOut, config) => {
    const entries = await readEntries(carryOut, name, limit);
    if ('kind' in entries) return tellUndone(entries, invocation, context);
    if (invocation.switches.has('json')) context.output.printJson(entries);
    else if (entries.length === 0) context.output.print(nothingKnown(name, config));
    else context.output.print(historyLines(entries).join('\n'));
    return ExitCode.done;
  });
}

function nothingKnown(name: string | undefined, { zones }: Pick<Config, 'zones'>): string {
  if (name === undefined) return 'Nothing is known of updates.';
  const isOurs = new ZoneDirectory(zones).find(Name.parse(name)) !== undefined;
  return `Nothing is known of updates of ${name}${isOurs ? '' : ', which is in none of the zones'}.`;
}

export async function readEntries(carryOut: CarryOut, name: string | undefined, limit: number) {
  const entries: HistoryView[] = [];
  while (entries.length < limit) {
    const before = entries.at(-1)?.sequence;
    const page = await carryOut({
      order: 'history',
      limit: Math.min(pageSize, limit - entries.length),
      ...(name === undefined ? {} : { name }),
      ...(before === undefined ? {} : { before }),
    });
    if (page.kind !== 'history') return page;
    entries.push(...page.entries);
    if (!page.hasMore) break;
  }
  return entries;
}

export function historyLines(entries: readonly HistoryView[]): readonly string[] {
  return columns([['WHEN', 'NAME', 'TYPE', 'WHAT', 'WHO', 'HOW', 'FROM'], ...entries.map(row)]);
}

function row({ at, name, type, outcome, before, after, credential, dialect, source, detail }: HistoryView) {
  const values = (texts: readonly string[]) => (texts.length === 0 ? 'none' : printableText(texts.join(',')));
  const note = detail === null ? '' : printableText(detail);
  const what =
    outcome === 'changed' ? `${values(before)} -> ${values(after)}${note && ` (${note})`}` : `${outcome}: ${note}`;
  return [localTime(at), name, type ?? '', what, credential, dialect, source ?? '-'];
}

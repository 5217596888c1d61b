import type { AdministrationOrder, HostView } from '../../door/administration-orders.ts';
import { administer, administerNew, type CarryOut, tellMistake, tellUndone } from '../administering.ts';
import type { CliContext, Invocation } from '../command.ts';
import { ExitCode } from '../exit-code.ts';
import { localTime, printableText } from '../local-time.ts';
import type { Output } from '../output.ts';
import { parseTimeSpan, timeSpanText } from '../time-span.ts';
import { columns } from '../zone/columns.ts';
import { historyLines, readEntries } from './history.ts';
import { hostOperand } from './host-operand.ts';

type Edit = Extract<AdministrationOrder, { order: 'put-host' }>['edit'];

const pageSize = 500;
const shownEntries = 10;

export async function runSet(invocation: Invocation, context: CliContext): Promise<ExitCode> {
  const name = hostOperand(invocation.operands[0] ?? '');
  if (name === undefined) return tellMistake(`${JSON.stringify(invocation.operands[0])} is no name`, context);
  const edit = readEdit(invocation);
  if (typeof edit === 'string') return tellMistake(edit, context);
  return await administerNew(invocation, context, async (carryOut) => {
    const result = await carryOut({ order: 'put-host', name, edit });
    if (result.kind !== 'host') return tellUndone(result, invocation, context);
    if (invocation.switches.has('json')) context.output.printJson(result.host);
    else printHost(result.host, context.output);
    return ExitCode.done;
  });
}

export async function runList(invocation: Invocation, context: CliContext): Promise<ExitCode> {
  return await administer(invocation, context, async (carryOut) => {
    const hosts = await allHosts(carryOut, invocation.values['text']);
    if ('kind' in hosts) return tellUndone(hosts, invocation, context);
    if (invocation.switches.has('json')) context.output.printJson(hosts);
    else if (hosts.length === 0) context.output.print('There are no hosts.');
    else context.output.print(columns([heading, ...hosts.map(row)]).join('\n'));
    return ExitCode.done;
  });
}

export async function runShow(invocation: Invocation, context: CliContext): Promise<ExitCode> {
  const name = hostOperand(invocation.operands[0] ?? '');
  if (name === undefined) return tellMistake(`${JSON.stringify(invocation.operands[0])} is no name`, context);
  return await administer(invocation, context, async (carryOut) => {
    const result = await carryOut({ order: 'show-host', name });
    if (result.kind !== 'host') return tellUndone(result, invocation, context);
    const entries = await readEntries(carryOut, name, shownEntries);
    if ('kind' in entries) return tellUndone(entries, invocation, context);
    if (invocation.switches.has('json')) {
      context.output.printJson({ ...result.host, history: entries });
      return ExitCode.done;
    }
    printHost(result.host, context.output);
    if (entries.length > 0) context.output.print(['', ...historyLines(entries)].join('\n'));
    return ExitCode.done;
  });
}

export async function runDelete(invocation: Invocation, context: CliContext): Promise<ExitCode> {
  const name = hostOperand(invocation.operands[0] ?? '');
  if (name === undefined) return tellMistake(`${JSON.stringify(invocation.operands[0])} is no name`, context);
  return await administer(invocation, context, async (carryOut) => {
    const result = await carryOut({ order: 'delete-host', name });
    if (result.kind !== 'host') return tellUndone(result, invocation, context);
    if (invocation.switches.has('json')) context.output.printJson(result.host);
    else
      context.output.print(
        `The host ${name} is forgotten. Its records are still there; \`dyndns delete ${name}\` removes them.`,
      );
    return ExitCode.done;
  });
}

/** @returns a sentence without a full stop where the options are wrong */
function readEdit({ values, switches }: Invocation): Edit | string {
  for (const [one, other] of contradictions)
    if (switches.has(other) && (switches.has(one) || values[one] !== undefined))
      return `--${one} and --${other} are both here; keep one of the two`;
  const { ttl } = values;
  if (ttl !== undefined && ttl !== 'default' && !/^\d{1,10}$/.test(ttl))
    return `--ttl takes a whole number of seconds, or the word default, not ${ttl}`;
  const span = values['expires-after'];
  const expiresAfterSeconds = span === undefined ? undefined : parseTimeSpan(span);
  if (span !== undefined && expiresAfterSeconds === undefined)
    return `--expires-after takes a time such as 30d or 12h, not ${span}`;
  const follows = values['follows'] === undefined ? undefined : hostOperand(values['follows']);
  if (values['follows'] !== undefined && follows === undefined)
    return `${JSON.stringify(values['follows'])} is no name`;
  const edit: Edit = {};
  if (values['description'] !== undefined) edit.description = values['description'];
  if (ttl !== undefined) edit.ttlSeconds = ttl === 'default' ? null : Number(ttl);
  if (values['interface-id'] !== undefined) edit.interfaceId = values['interface-id'];
  if (switches.has('no-interface-id')) edit.interfaceId = null;
  if (follows !== undefined) edit.follows = follows;
  if (switches.has('no-follows')) edit.follows = null;
  if (expiresAfterSeconds !== undefined) edit.expiresAfterSeconds = expiresAfterSeconds;
  if (switches.has('no-expiry')) edit.expiresAfterSeconds = null;
  if (switches.has('wildcard')) edit.hasWildcardTwin = true;
  if (switches.has('no-wildcard')) edit.hasWildcardTwin = false;
  return edit;
}

const contradictions = [
  ['interface-id', 'no-interface-id'],
  ['follows', 'no-follows'],
  ['expires-after', 'no-expiry'],
  ['wildcard', 'no-wildcard'],
] as const;

async function allHosts(carryOut: CarryOut, text: string | undefined) {
  const hosts: HostView[] = [];
  for (;;) {
    const after = hosts.at(-1)?.name;
    const page = await carryOut({
      order: 'list-hosts',
      limit: pageSize,
      ...(text === undefined ? {} : { text }),
      ...(after === undefined ? {} : { after }),
    });
    if (page.kind !== 'hosts') return page;
    hosts.push(...page.hosts);
    if (!page.hasMore) return hosts;
  }
}

const heading = ['NAME', 'FOLLOWS', 'INTERFACE ID', 'TTL', 'LAST SEEN', 'DESCRIPTION'];

function row({ name, follows, interfaceId, ttlSeconds, lastSeen, description }: HostView): readonly string[] {
  return [
    name,
    follows ?? '-',
    interfaceId ?? '-',
    ttlSeconds === null ? '-' : String(ttlSeconds),
    lastSeen === null ? 'never' : `${localTime(lastSeen.at)} ${lastSeen.source ?? ''} ${lastSeen.outcome}`,
    printableText(description),
  ];
}

function printHost(host: HostView, output: Output): void {
  const { lastSeen, expiresAfterSeconds } = host;
  const seen =
    lastSeen &&
    `${localTime(lastSeen.at)} from ${lastSeen.source ?? 'nowhere'} by ${lastSeen.dialect}: ${lastSeen.outcome}`;
  output.print(
    columns([
      ['name', host.name],
      ['description', printableText(host.description) || '-'],
      ['TTL', host.ttlSeconds === null ? 'that of the configuration' : String(host.ttlSeconds)],
      ['interface ID', host.interfaceId ?? '-'],
      ['follows', host.follows ?? '-'],
      ['followers', host.followers.join(', ') || '-'],
      ['wildcard twin', host.hasWildcardTwin ? 'yes' : 'no'],
      ['expires after', expiresAfterSeconds === null ? 'never' : timeSpanText(expiresAfterSeconds)],
      ['made by', host.madeBy ?? 'the administrator'],
      ['made', localTime(host.madeAt)],
      ['last seen', seen ?? 'never'],
    ]).join('\n'),
  );
}

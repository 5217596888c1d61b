import type { HostView } from '../../door/administration-orders.ts';
import { administer, administerNew, type CarryOut, tellUndone } from '../administering.ts';
import type { CliContext, Invocation } from '../command.ts';
import { withConfig } from '../configured.ts';
import { ExitCode } from '../exit-code.ts';
import { tellMistake } from '../failure.ts';
import { localTime, printableText } from '../local-time.ts';
import type { Output } from '../output.ts';
import { shortSighting, sightingText } from '../sighting-text.ts';
import { timeSpanText } from '../time-span.ts';
import { columns } from '../columns.ts';
import { historyLines, readEntries } from '../history.ts';
import { hostOperand } from './host-operand.ts';
import { readHostOptions } from './host-options.ts';

const pageSize = 500;
const shownEntries = 10;

export async function runSet(invocation: Invocation, context: CliContext): Promise<ExitCode> {
  const name = hostOperand(invocation.operands[0] ?? '');
  if (name === undefined)
    return tellMistake(`${JSON.stringify(invocation.operands[0])} is no name`, invocation, context);
  return await withConfig(invocation, context, async (config) => {
    const edit = readHostOptions(invocation, config);
    if (typeof edit === 'string') return tellMistake(edit, invocation, context);
    return await administerNew(config, context, async (carryOut) => {
      const result = await carryOut({ order: 'put-host', name, edit });
      if (result.kind !== 'host') return tellUndone(result, invocation, context);
      if (invocation.switches.has('json')) context.output.printJson(result.host);
      else printHost(result.host, context.output);
      return ExitCode.done;
    });
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
  if (name === undefined)
    return tellMistake(`${JSON.stringify(invocation.operands[0])} is no name`, invocation, context);
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
  if (name === undefined)
    return tellMistake(`${JSON.stringify(invocation.operands[0])} is no name`, invocation, context);
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

function row(host: HostView): readonly string[] {
  const { name, follows, interface_id: interfaceId, ttl, last_seen: lastSeen, description } = host;
  return [
    name,
    follows ?? '-',
    interfaceId ?? '-',
    ttl === null ? '-' : String(ttl),
    lastSeen === null ? 'never' : shortSighting(lastSeen, lastSeen.outcome),
    printableText(description),
  ];
}

function printHost(host: HostView, output: Output): void {
  const { expires_after_seconds: expiresAfterSeconds } = host;
  output.print(
    columns([
      ['name', host.name],
      ['description', printableText(host.description) || '-'],
      ['TTL', host.ttl === null ? 'that of the configuration' : String(host.ttl)],
      ['interface ID', host.interface_id ?? '-'],
      ['follows', host.follows ?? '-'],
      ['followers', host.followers.join(', ') || '-'],
      ['wildcard twin', host.wildcard ? 'yes' : 'no'],
      ['expires after', expiresAfterSeconds === null ? 'never' : timeSpanText(expiresAfterSeconds)],
      ['made by', host.made_by ?? 'the administrator'],
      ['made', localTime(host.made_at)],
      ['last seen', sightingText(host.last_seen)],
    ]).join('\n'),
  );
}

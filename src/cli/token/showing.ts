import type { TokenView } from '../../door/administration-orders.ts';
import { administer, type CarryOut, tellUndone } from '../administering.ts';
import type { CliContext, Invocation } from '../command.ts';
import { ExitCode } from '../exit-code.ts';
import { localTime, printableText } from '../local-time.ts';
import type { Output } from '../output.ts';
import { columns } from '../zone/columns.ts';

const pageSize = 500;

export async function runList(invocation: Invocation, context: CliContext): Promise<ExitCode> {
  return await administer(invocation, context, async (carryOut) => {
    const tokens = await allTokens(carryOut);
    if ('kind' in tokens) return tellUndone(tokens, invocation, context);
    if (invocation.switches.has('json')) context.output.printJson(tokens);
    else if (tokens.length === 0) context.output.print('There are no tokens; `dyndns token create` makes one.');
    else context.output.print(columns([heading, ...tokens.map(row)]).join('\n'));
    return ExitCode.done;
  });
}

export async function runShow(invocation: Invocation, context: CliContext): Promise<ExitCode> {
  return await administer(invocation, context, async (carryOut) => {
    const result = await carryOut({ order: 'show-token', id: invocation.operands[0] ?? '' });
    if (result.kind !== 'token') return tellUndone(result, invocation, context);
    showToken(result.token, invocation, context);
    return ExitCode.done;
  });
}

async function allTokens(carryOut: CarryOut) {
  const tokens: TokenView[] = [];
  for (;;) {
    const page = await carryOut({ order: 'list-tokens', offset: tokens.length, limit: pageSize });
    if (page.kind !== 'tokens') return page;
    tokens.push(...page.tokens);
    if (!page.hasMore) return tokens;
  }
}

const heading = ['ID', 'STATE', 'NAMES', 'TYPES', 'EXPIRES', 'LAST USED', 'DESCRIPTION'];

function row(token: TokenView): readonly string[] {
  const { id, state, names, types, expiresAt, lastUse, description } = token;
  const more = names.length > 2 ? ` and ${names.length - 2} more` : '';
  return [
    id,
    state,
    `${names.slice(0, 2).join(',')}${more}`,
    types.join(','),
    expiresAt === null ? '-' : localTime(expiresAt),
    lastUse === null ? 'never' : `${localTime(lastUse.at)} ${lastUse.source ?? ''} ${lastUse.dialect}`,
    printableText(description),
  ];
}

export function showToken(token: TokenView, { switches }: Invocation, { output }: CliContext): void {
  if (switches.has('json')) output.printJson(token);
  else printToken(token, output);
}

export function printToken(token: TokenView, output: Output): void {
  const { lastUse, tsigKeys } = token;
  const lines: (readonly string[])[] = [
    ['id', token.id],
    ['description', printableText(token.description) || '-'],
    ['state', token.state],
    ['names', token.names.join(', ')],
    ['types', token.types.join(', ')],
    ['networks', token.networks.join(', ') || 'any'],
    ['plain HTTP', token.plainHttp ? 'yes' : 'no'],
    ['addresses', token.publicAddressesOnly ? 'public ones only' : 'any'],
    ['most names', String(token.maxNames)],
    ['made', localTime(token.madeAt)],
    ['expires', token.expiresAt === null ? 'never' : localTime(token.expiresAt)],
  ];
  if (token.revokedAt !== null) lines.push(['revoked', localTime(token.revokedAt)]);
  for (const { name, algorithm, expiresAt } of tsigKeys)
    lines.push(['TSIG key', `${name} ${algorithm}${expiresAt === null ? '' : ` until ${localTime(expiresAt)}`}`]);
  const used =
    lastUse && `${localTime(lastUse.at)} from ${lastUse.source ?? 'nowhere'} by ${lastUse.dialect}: ${lastUse.outcome}`;
  lines.push(['last used', used ?? 'never']);
  output.print(columns(lines).join('\n'));
}

import type { TokenView } from '../../door/administration-orders.ts';
import { administer, type CarryOut, tellUndone } from '../administering.ts';
import type { CliContext, Invocation } from '../command.ts';
import { ExitCode } from '../exit-code.ts';
import { localTime, printableText } from '../local-time.ts';
import type { Output } from '../output.ts';
import { shortSighting, sightingText } from '../sighting-text.ts';
import { columns } from '../columns.ts';

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
  const { id, state, scope, expires_at: expiresAt, last_use: lastUse, description } = token;
  const { names, types } = scope;
  const more = names.length > 2 ? ` and ${names.length - 2} more` : '';
  return [
    id,
    state,
    `${names.slice(0, 2).join(',')}${more}`,
    types.join(','),
    expiresAt === null ? '-' : localTime(expiresAt),
    lastUse === null ? 'never' : shortSighting(lastUse, lastUse.dialect),
    printableText(description),
  ];
}

export function showToken(token: TokenView, { switches }: Invocation, { output }: CliContext): void {
  if (switches.has('json')) output.printJson(token);
  else printToken(token, output);
}

export function printToken(token: TokenView, output: Output): void {
  const { scope, expires_at: expiresAt, revoked_at: revokedAt } = token;
  const lines: (readonly string[])[] = [
    ['id', token.id],
    ['description', printableText(token.description) || '-'],
    ['state', token.state],
    ['names', scope.names.join(', ')],
    ['types', scope.types.join(', ')],
    ['networks', scope.networks.join(', ') || 'any'],
    ['plain HTTP', scope.plain_http ? 'yes' : 'no'],
    ['addresses', scope.public_addresses_only ? 'public ones only' : 'any'],
    ['most names', String(token.max_names)],
    ['made', localTime(token.made_at)],
    ['expires', expiresAt === null ? 'never' : localTime(expiresAt)],
  ];
  if (revokedAt !== null) lines.push(['revoked', localTime(revokedAt)]);
  for (const { key_name: name, algorithm, expires_at: end } of token.secrets)
    if (name !== null)
      lines.push(['TSIG key', `${name} ${algorithm}${end === null ? '' : ` until ${localTime(end)}`}`]);
  lines.push(['last used', sightingText(token.last_use)]);
  output.print(columns(lines).join('\n'));
}

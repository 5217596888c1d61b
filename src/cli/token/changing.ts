import type { Config } from '../../config/config.ts';
import type { AdministrationOrder, CreatedTokenView, OrderResult } from '../../door/administration-orders.ts';
import { systemClock as clock } from '../../updates/clock.ts';
import { administer, tellMistake, tellUndone } from '../administering.ts';
import type { CliContext, Invocation } from '../command.ts';
import { ExitCode } from '../exit-code.ts';
import { parseTimeSpan } from '../time-span.ts';
import { readScopeOptions } from './scope-options.ts';
import { printToken } from './showing.ts';

const defaultTypes = ['A', 'AAAA', 'acme'];
const defaultMaxNames = 100;

export async function runCreate(invocation: Invocation, context: CliContext): Promise<ExitCode> {
  return await administer(invocation, context, async (carryOut, config) => {
    const read = readScopeOptions(invocation, config, clock.unixSeconds());
    if (read.kind === 'mistake') return tellMistake(read.text, context);
    const { edit } = read;
    if (!edit.names?.length)
      return tellMistake('a token needs --name or --zone, such as --name home.example.com', context);
    const result = await carryOut({
      order: 'create-token',
      description: edit.description ?? '',
      names: edit.names,
      types: edit.types ?? defaultTypes,
      networks: edit.networks ?? [],
      plainHttp: edit.plainHttp ?? true,
      publicAddressesOnly: edit.publicAddressesOnly ?? false,
      expiresAtSeconds: edit.expiresAtSeconds ?? null,
      maxNames: edit.maxNames ?? defaultMaxNames,
      tsig: invocation.values['tsig'] ?? null,
    });
    if (result.kind === 'created') warnOfNoNames(edit.maxNames, context);
    return tellCreated(result, config, invocation, context);
  });
}

export async function runEdit(invocation: Invocation, context: CliContext): Promise<ExitCode> {
  return await administer(invocation, context, async (carryOut, config) => {
    const read = readScopeOptions(invocation, config, clock.unixSeconds());
    if (read.kind === 'mistake') return tellMistake(read.text, context);
    if (Object.keys(read.edit).length === 0) return tellMistake('nothing is to be changed; give an option', context);
    const result = await carryOut({ order: 'edit-token', id: invocation.operands[0] ?? '', edit: read.edit });
    if (result.kind === 'token') warnOfNoNames(read.edit.maxNames, context);
    return tellToken(result, 'changed', invocation, context);
  });
}

/** It may be meant so, where the administrator makes the hosts; else nothing that the token is used for works. */
function warnOfNoNames(maxNames: number | undefined, { errors }: CliContext): void {
  if (maxNames === 0)
    errors.print(
      'dyndns: with --max-names 0 the token makes no new name; it can change only names that are hosts already',
    );
}

export async function runRotate(invocation: Invocation, context: CliContext): Promise<ExitCode> {
  const written = invocation.values['overlap'];
  const overlapSeconds = written === undefined ? 0 : parseTimeSpan(written);
  if (overlapSeconds === undefined)
    return tellMistake(`--overlap takes a time such as 7d or 12h, not ${written}`, context);
  return await administer(invocation, context, async (carryOut, config) =>
    tellCreated(
      await carryOut({ order: 'rotate-token', id: invocation.operands[0] ?? '', overlapSeconds }),
      config,
      invocation,
      context,
    ),
  );
}

export function runRevoke(invocation: Invocation, context: CliContext): Promise<ExitCode> {
  return order({ order: 'revoke-token', id: invocation.operands[0] ?? '' }, 'revoked', invocation, context);
}

export function runBlock(invocation: Invocation, context: CliContext, isBlocked: boolean): Promise<ExitCode> {
  const id = invocation.operands[0] ?? '';
  return order({ order: 'block-token', id, isBlocked }, isBlocked ? 'blocked' : 'unblocked', invocation, context);
}

async function order(
  what: AdministrationOrder,
  done: string,
  invocation: Invocation,
  context: CliContext,
): Promise<ExitCode> {
  return await administer(invocation, context, async (carryOut) =>
    tellToken(await carryOut(what), done, invocation, context),
  );
}

function tellToken(result: OrderResult, done: string, invocation: Invocation, context: CliContext): ExitCode {
  if (result.kind !== 'token') return tellUndone(result, invocation, context);
  if (invocation.switches.has('json')) context.output.printJson(result.token);
  else context.output.print(`The token ${result.token.id} was ${done}.`);
  return ExitCode.done;
}

function tellCreated(result: OrderResult, config: Config, invocation: Invocation, context: CliContext): ExitCode {
  if (result.kind !== 'created') return tellUndone(result, invocation, context);
  const { created } = result;
  if (invocation.switches.has('json')) {
    context.output.printJson(created);
    return ExitCode.done;
  }
  printToken(created.token, context.output);
  context.output.print(secretText(created, config));
  return ExitCode.done;
}

/** The secret goes into a file or a form, never into a command line, where other users of the machine see it. */
function secretText({ token, secret, tsig }: CreatedTokenView, config: Config): string {
  const [pattern = ''] = token.names;
  const name = pattern.replace(/^zone:/, 'www.').replace(/^\*\./, 'www.');
  const base = config.dyndnsDomain ? `https://${config.dyndnsDomain.toString().slice(0, -1)}` : localBase(config);
  const lines = [
    '',
    `token     ${secret}`,
    '',
    'It is shown this once. It is the password in a router, with any user name, or in a script:',
    `  read -rs TOKEN; curl -u "router:$TOKEN" '${base}/nic/update?hostname=${name}'`,
  ];
  if (tsig) {
    lines.push(
      '',
      'For nsupdate -k, and other programs that read key files of BIND, in a file that nobody else may read:',
      `key "${tsig.keyName}" {`,
      `  algorithm ${tsig.algorithm};`,
      `  secret "${tsig.secret}";`,
      '};',
    );
  }
  return lines.join('\n');
}

function localBase({ http }: Config): string {
  const { host = '127.0.0.1', port = 54321 } = http.listen[0] ?? {};
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

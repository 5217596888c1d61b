import type { Config } from '../../config/config.ts';
import type { AdministrationOrder, OrderResult } from '../../door/administration-orders.ts';
import { parseTsigAlgorithm } from '../../dns/tsig.ts';
import { defaultRegistryLimits } from '../../registry/limits.ts';
import { systemClock as clock } from '../../updates/clock.ts';
import { administer, administerWith, tellUndone } from '../administering.ts';
import type { CliContext, Invocation } from '../command.ts';
import { withConfig } from '../configured.ts';
import { ExitCode } from '../exit-code.ts';
import { tellMistake } from '../failure.ts';
import { parseTimeSpan, timeSpanText } from '../time-span.ts';
import { howToUse } from './how-to-use.ts';
import { readScopeOptions } from './scope-options.ts';
import { printToken, showToken } from './showing.ts';

const defaultTypes = ['A', 'AAAA', 'acme'];
const defaultMaxNames = 100;

export async function runCreate(invocation: Invocation, context: CliContext): Promise<ExitCode> {
  return await withConfig(invocation, context, async (config) => {
    const read = readScopeOptions(invocation, config, clock.unixSeconds());
    if (read.kind === 'mistake') return tellMistake(read.text, invocation, context);
    const { edit } = read;
    if (!edit.names?.length)
      return tellMistake('a token needs --name or --zone, such as --name home.example.com', invocation, context);
    const tsig = invocation.values['tsig'] ?? null;
    if (tsig !== null && !parseTsigAlgorithm(tsig))
      return tellMistake(`--tsig takes hmac-sha256, hmac-sha512 …, not ${tsig}`, invocation, context);
    const wanted: AdministrationOrder = {
      order: 'create-token',
      description: edit.description ?? '',
      names: edit.names,
      types: edit.types ?? defaultTypes,
      networks: edit.networks ?? [],
      plainHttp: edit.plainHttp ?? true,
      publicAddressesOnly: edit.publicAddressesOnly ?? false,
      expiresAtSeconds: edit.expiresAtSeconds ?? null,
      maxNames: edit.maxNames ?? defaultMaxNames,
      tsig,
    };
    return await administerWith(config, context, async (carryOut) =>
      tellCreated(await carryOut(wanted), config, invocation, context),
    );
  });
}

export async function runEdit(invocation: Invocation, context: CliContext): Promise<ExitCode> {
  return await withConfig(invocation, context, async (config) => {
    const read = readScopeOptions(invocation, config, clock.unixSeconds());
    if (read.kind === 'mistake') return tellMistake(read.text, invocation, context);
    const { edit } = read;
    if (Object.keys(edit).length === 0)
      return tellMistake('nothing is to be changed; give an option', invocation, context);
    return await administerWith(config, context, async (carryOut) => {
      const result = await carryOut({ order: 'edit-token', id: invocation.operands[0] ?? '', edit });
      if (result.kind !== 'token') return tellUndone(result, invocation, context);
      showToken(result.token, invocation, context);
      return ExitCode.done;
    });
  });
}

export async function runRotate(invocation: Invocation, context: CliContext): Promise<ExitCode> {
  const written = invocation.values['overlap'];
  const overlapSeconds = written === undefined ? 0 : parseTimeSpan(written);
  const { maxOverlapSeconds } = defaultRegistryLimits;
  if (overlapSeconds !== undefined && overlapSeconds > maxOverlapSeconds)
    return tellMistake(
      `--overlap takes at most ${timeSpanText(maxOverlapSeconds)}, not ${written}`,
      invocation,
      context,
    );
  if (overlapSeconds === undefined)
    return tellMistake(`--overlap takes a time such as 7d or 12h, not ${written}`, invocation, context);
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
  context.output.print(howToUse(created, config));
  return ExitCode.done;
}

import type { Config } from '../config/config.ts';
import type { AdministrationOrder, OrderResult } from '../door/administration-orders.ts';
import { descriptionFault } from '../registry/description-fault.ts';
import { defaultRegistryLimits } from '../registry/limits.ts';
import type { CliContext, Invocation } from './command.ts';
import { withConfig } from './configured.ts';
import type { ExitCode } from './exit-code.ts';
import { tellFailure } from './failure.ts';

/** Carries out one order after the other. */
export type CarryOut = (order: AdministrationOrder) => Promise<OrderResult>;

/** Opens what has tokens, hosts and history, by itself or by the running service. */
export async function administer(
  invocation: Invocation,
  context: CliContext,
  work: (carryOut: CarryOut, config: Config) => Promise<ExitCode>,
): Promise<ExitCode> {
  return await withConfig(invocation, context, (config) =>
    administerWith(config, context, (carryOut) => work(carryOut, config)),
  );
}

/** The same for whoever has looked into the configuration before. */
export async function administerWith(
  config: Config,
  context: CliContext,
  work: (carryOut: CarryOut) => Promise<ExitCode>,
): Promise<ExitCode> {
  await using administering = await context.services.openAdministration(config);
  return await work((order) => administering.carryOut(order));
}

/** Tells why nothing was done. */
export function tellUndone(result: OrderResult, invocation: Invocation, context: CliContext): ExitCode {
  switch (result.kind) {
    case 'unknown':
    case 'refused':
      return tellFailure({ code: result.kind, text: result.reason, remedy: '' }, invocation, context);
    case 'failed':
      return tellFailure({ code: 'failed', text: result.reason, remedy: result.remedy }, invocation, context);
    default:
      throw new Error(`The order was answered with something else: ${result.kind}`);
  }
}

/** `a, b,c` as a list; absent: undefined. */
export function listOf(value: string | undefined): string[] | undefined {
  if (value === undefined) return undefined;
  const pieces = value.split(',').map((piece) => piece.trim());
  return pieces.filter((piece) => piece !== '');
}

/** What would be refused later: a sentence without a full stop. */
export function descriptionMistake(text: string | undefined): string | undefined {
  const fault = descriptionFault(text ?? '', defaultRegistryLimits.descriptionCharacters);
  return fault === undefined ? undefined : `--description: ${fault}`;
}

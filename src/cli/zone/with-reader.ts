import type { Config } from '../../config/config.ts';
import { explainStoreFault, type StoreFault } from '../../store/store-fault.ts';
import type { ZoneReader } from '../../store/zone-store.ts';
import { openZoneReader } from '../../upkeep/stored-zones.ts';
import type { CliContext, Invocation } from '../command.ts';
import { withConfig } from '../configured.ts';
import { ExitCode } from '../exit-code.ts';

/** Runs a command that looks into the database, and changes nothing; without a database there is no reader. */
export async function withReader(
  invocation: Invocation,
  context: CliContext,
  use: (config: Config, reader: ZoneReader | undefined) => Promise<ExitCode>,
): Promise<ExitCode> {
  return await withConfig(invocation, context, async (config) => {
    const opened = await openZoneReader(config.database.path);
    if (opened.kind === 'failed') return tellStoreFault(opened.fault, context);
    return await use(config, opened.kind === 'opened' ? opened.reader : undefined);
  });
}

export function tellStoreFault(fault: StoreFault, { errors }: CliContext): ExitCode {
  const { cause, remedy } = explainStoreFault(fault);
  errors.print(`dyndns: ${cause} ${remedy}`);
  return ExitCode.failed;
}

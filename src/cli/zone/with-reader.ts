import type { Config } from '../../config/config.ts';
import type { ZoneReader } from '../../store/zone-store.ts';
import { openZoneReader } from '../../upkeep/stored-zones.ts';
import type { CliContext, Invocation } from '../command.ts';
import { withConfig } from '../configured.ts';
import type { ExitCode } from '../exit-code.ts';
import { tellStoreFault } from '../failure.ts';

/** Runs a command that looks into the database, and changes nothing; without a database there is no reader. */
export async function withReader(
  invocation: Invocation,
  context: CliContext,
  use: (config: Config, reader: ZoneReader | undefined) => Promise<ExitCode>,
): Promise<ExitCode> {
  return await withConfig(invocation, context, async (config) => {
    const opened = await openZoneReader(config.database.path);
    if (opened.kind === 'failed') return tellStoreFault(opened.fault, invocation, context);
    return await use(config, opened.kind === 'opened' ? opened.reader : undefined);
  });
}

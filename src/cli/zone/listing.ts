import type { Config } from '../../config/config.ts';
import { summariseZones, type ZoneSummary } from '../../upkeep/stored-zones.ts';
import type { CliContext, Invocation } from '../command.ts';
import { ExitCode } from '../exit-code.ts';
import { tellStoreFault } from '../failure.ts';
import { columns } from '../columns.ts';
import { withReader } from './with-reader.ts';
import { externalPlace } from './zone-operand.ts';

interface ListedZone {
  readonly zone: string;
  readonly kind: 'embedded' | 'external';
  /** The address of the nameserver of an external zone. */
  readonly nameserver?: string;
  /** Null where the database has nothing of it. */
  readonly serial: number | null;
  readonly names: number | null;
  readonly records: number | null;
  readonly dormant: boolean;
}

export async function runList(invocation: Invocation, context: CliContext): Promise<ExitCode> {
  return await withReader(invocation, context, async (config, reader) => {
    const summarised = reader ? await summariseZones(reader) : ({ kind: 'zones', zones: [] } as const);
    if (summarised.kind === 'failed') return tellStoreFault(summarised.fault, invocation, context);
    const zones = listZones(config, summarised.zones);
    if (invocation.switches.has('json')) context.output.printJson(zones);
    else context.output.print(columns([heading, ...zones.map(row)]).join('\n'));
    return ExitCode.done;
  });
}

/** Those of the configuration, in its order, and what else the database has. */
function listZones({ zones }: Config, stored: readonly ZoneSummary[]): readonly ListedZone[] {
  const byName = new Map(stored.map((summary) => [summary.zone.key, summary]));
  const configured = zones.map((zone): ListedZone => {
    const name = zone.name.toString();
    const unknown = { serial: null, names: null, records: null, dormant: false };
    if (zone.primary.kind === 'rfc2136')
      return { zone: name, kind: 'external', nameserver: externalPlace(zone), ...unknown };
    const summary = byName.get(zone.name.key);
    byName.delete(zone.name.key);
    return summary ? listed(summary) : { zone: name, kind: 'embedded', ...unknown };
  });
  return [...configured, ...Array.from(byName.values(), listed)];
}

function listed({ zone, serial, names, records, isDormant }: ZoneSummary): ListedZone {
  return { zone: zone.toString(), kind: 'embedded', serial, names, records, dormant: isDormant };
}

const heading = ['ZONE', 'KIND', 'SERIAL', 'NAMES', 'RECORDS', 'DORMANT'];

function row({ zone, kind, nameserver, serial, names, records, dormant }: ListedZone): readonly (string | number)[] {
  const place = nameserver === undefined ? kind : `${kind} (${nameserver})`;
  return [zone, place, serial ?? '-', names ?? '-', records ?? '-', dormant ? 'yes' : 'no'];
}

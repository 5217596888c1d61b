import { typeName } from '../../dns/codes.ts';
import { rdataToText } from '../../dns/rdata-text.ts';
import { readStoredZone, type StoredRecord } from '../../upkeep/stored-zones.ts';
import type { CliContext, Invocation } from '../command.ts';
import { ExitCode } from '../exit-code.ts';
import { tellNoDatabase, tellStoreFault } from '../failure.ts';
import { columns } from '../columns.ts';
import { withReader } from './with-reader.ts';
import { readZoneOperand, tellUnknownZone } from './zone-operand.ts';

export async function runShow(invocation: Invocation, context: CliContext): Promise<ExitCode> {
  const name = readZoneOperand(invocation, context);
  if (!name) return ExitCode.wrongUsage;
  return await withReader(invocation, context, async (config, reader) => {
    if (!reader) return tellNoDatabase(config.database.path, invocation, context);
    const read = await readStoredZone(reader, name);
    if (read.kind === 'failed') return tellStoreFault(read.fault, invocation, context);
    if (read.kind === 'unknown-zone') return tellUnknownZone(config, name, invocation, context);
    const { serial, isDormant, records } = read;
    if (invocation.switches.has('json')) {
      context.output.printJson({
        zone: name.toString(),
        serial,
        dormant: isDormant,
        records: records.map(toJson),
      });
      return ExitCode.done;
    }
    if (isDormant)
      context.errors.print(`${name.toString()} is dormant: the configuration did not name it at the last start`);
    context.output.print(columns(records.map(toRow)).join('\n'));
    return ExitCode.done;
  });
}

function toJson({ record: { name, type, ttl, rdata }, origin }: StoredRecord): object {
  return { name: name.toString(), type: typeName(type), ttlSeconds: ttl, value: rdataToText(rdata), origin };
}

function toRow({ record: { name, type, ttl, rdata }, origin }: StoredRecord): readonly (string | number)[] {
  return [origin, name.toString(), ttl, typeName(type), rdataToText(rdata)];
}

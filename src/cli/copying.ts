import { resolve } from 'node:path';

import { backUpDatabase, type VerifiedCopy } from '../upkeep/back-up-database.ts';
import type { ZoneSummary } from '../upkeep/stored-zones.ts';
import type { CliContext, Invocation } from './command.ts';
import { ExitCode } from './exit-code.ts';
import { tellFailure, tellNoDatabase, tellStoreFault } from './failure.ts';
import { columns } from './columns.ts';
import { withReader } from './zone/with-reader.ts';

export async function runBackup(invocation: Invocation, context: CliContext): Promise<ExitCode> {
  return await withReader(invocation, context, async (config, reader) => {
    if (!reader) return tellNoDatabase(config.database.path, invocation, context);
    const path = resolve(context.workingDirectory, invocation.operands[0] ?? '');
    const made = await backUpDatabase(reader, path);
    switch (made.kind) {
      case 'failed':
        return tellStoreFault(made.fault, invocation, context);
      case 'damaged': {
        const about = `The copy of ${config.database.path} is damaged, and so, most likely, is the database: ${made.complaints.join('; ')}`;
        const remedy = 'It was not kept. Look after the disk, and restore an older backup.';
        return tellFailure({ code: 'damaged', text: `${about}.`, remedy }, invocation, context);
      }
      case 'sound':
        if (invocation.switches.has('json')) context.output.printJson({ file: path, ...copyJson(made.copy) });
        else context.output.print(copyText(path, made.copy));
        return ExitCode.done;
    }
  });
}

export function copyJson({ octets, writtenAt, zones }: VerifiedCopy): object {
  return { octets, writtenAt: writtenAt.toISOString(), zones: zones.map(zoneJson) };
}

function zoneJson({ zone, serial, names, records, isDormant }: ZoneSummary): object {
  return { zone: zone.toString(), serial, names, records, dormant: isDormant };
}

/** What a file is, and which zones are in it. */
export function copyText(path: string, { octets, writtenAt, zones }: VerifiedCopy): string {
  const date = writtenAt.toISOString().replace(/\.\d+Z$/, 'Z');
  const rows = zones.map(({ zone, serial, records, isDormant }) => [
    `  ${zone.toString()}`,
    `serial ${serial}`,
    `${records} records`,
    isDormant ? 'dormant' : '',
  ]);
  const count = zones.length === 1 ? '1 zone' : `${zones.length} zones`;
  return [`${path}: ${octets} octets, written ${date}, read and sound, ${count}`, ...columns(rows)].join('\n');
}

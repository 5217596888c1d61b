import { resolve } from 'node:path';

import { backUpDatabase, type VerifiedCopy } from '../upkeep/back-up-database.ts';
import type { ZoneSummary } from '../upkeep/stored-zones.ts';
import type { CliContext, Invocation } from './command.ts';
import { ExitCode } from './exit-code.ts';
import { columns } from './zone/columns.ts';
import { tellStoreFault, withReader } from './zone/with-reader.ts';
import { noDatabase } from './zone/zone-operand.ts';

export async function runBackup(invocation: Invocation, context: CliContext): Promise<ExitCode> {
  return await withReader(invocation, context, async (config, reader) => {
    if (!reader) {
      context.errors.print(noDatabase(config.database.path));
      return ExitCode.failed;
    }
    const path = resolve(context.workingDirectory, invocation.operands[0] ?? '');
    const made = await backUpDatabase(reader, path);
    switch (made.kind) {
      case 'failed':
        return tellStoreFault(made.fault, context);
      case 'damaged': {
        const about = `the copy of ${config.database.path} is damaged, and so, most likely, is the database: ${made.complaints.join('; ')}`;
        context.errors.print(`dyndns: ${about}. It was not kept. Look after the disk, and restore an older backup.`);
        return ExitCode.failed;
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

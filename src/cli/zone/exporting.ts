import { randomBytes } from 'node:crypto';
import { link, lstat, open, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

import { writeZonefile } from '../../dns/zonefile/write-zonefile.ts';
import { readStoredZone } from '../../upkeep/stored-zones.ts';
import type { CliContext, Invocation } from '../command.ts';
import { ExitCode } from '../exit-code.ts';
import { tellNoDatabase, tellStoreFault } from '../failure.ts';
import { withReader } from './with-reader.ts';
import { readZoneOperand, tellUnknownZone } from './zone-operand.ts';

export async function runExport(invocation: Invocation, context: CliContext): Promise<ExitCode> {
  const [, file] = invocation.operands;
  const name = readZoneOperand(invocation, context);
  if (!name) return ExitCode.wrongUsage;
  const { output, errors, workingDirectory } = context;
  return await withReader(invocation, context, async (config, reader) => {
    if (!reader) return tellNoDatabase(config.database.path, invocation, context);
    const read = await readStoredZone(reader, name);
    if (read.kind === 'failed') return tellStoreFault(read.fault, invocation, context);
    if (read.kind === 'unknown-zone') return tellUnknownZone(config, name, invocation, context);
    const text = [
      ...writeZonefile(
        read.records.map(({ record }) => record),
        name,
      ),
    ].join('');
    if (file === undefined) {
      output.print(text);
      return ExitCode.done;
    }
    const path = resolve(workingDirectory, file);
    const fault = await writeWhole(path, text, invocation.switches.has('force'));
    if (fault === undefined) return ExitCode.done;
    errors.print(`dyndns: ${fault}`);
    return ExitCode.failed;
  });
}

/** The file is there as a whole or not at all. @returns why it could not be written */
async function writeWhole(path: string, text: string, isForced: boolean): Promise<string | undefined> {
  const partial = `${path}.${randomBytes(6).toString('hex')}.partial`;
  try {
    const present = await lstat(path).catch(() => undefined);
    if (present && !isForced) return `${path} is there already; name another file, or give --force`;
    if (present && !present.isFile()) return `${path} is no regular file; name another one`;
    await using file = await open(partial, 'wx', 0o644);
    await file.writeFile(text);
    await file.sync();
    if (isForced) await rename(partial, path);
    else await link(partial, path);
    return undefined;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    if (error.code === 'EEXIST') return `${path} is there already; name another file, or give --force`;
    return `${path} cannot be written (${String(error.code)}); see that ${dirname(path)} is there and may be written`;
  } finally {
    await rm(partial, { force: true });
  }
}

import { closeSync, constants, fstatSync, openSync, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

import type { Name } from '../../dns/name.ts';
import { mistakeText } from '../../dns/zonefile/mistake.ts';
import { readZone } from '../../dns/zonefile/read-zone.ts';
import { ExitCode } from '../exit-code.ts';
import type { SourceRead } from './zone-source.ts';

const maxMistakes = 20;
const maxFileOctets = 1024 * 1024 * 1024;

/**
 * Reads a zone file. What it includes is looked for from its own directory on, wherever the file that includes it is: as BIND does
 * from its `directory`.
 */
export function readFileSource(file: string, zone: Name, workingDirectory: string): SourceRead {
  const path = resolve(workingDirectory, file);
  const text = readOctets(path);
  if (typeof text === 'string') return failed(`${path} cannot be read: ${text}; name a zone file`);
  const content = readZone(text, {
    origin: zone,
    fileName: file,
    maxMistakes,
    include: (included) => {
      const octets = readOctets(resolve(dirname(path), included));
      if (typeof octets !== 'string') return { kind: 'text', text: octets };
      const remedy = `Name a file that can be read, from ${dirname(path)} on`;
      return { kind: 'refused', wrong: `${JSON.stringify(included)} cannot be read: ${octets}`, remedy };
    },
  });
  const warnings = [...journalWarnings(path, zone), ...content.warnings.map(mistakeText)];
  if (content.kind === 'records') return { kind: 'records', records: content.records, warnings };
  const more = content.mistakes.length >= maxMistakes ? ['There may be more mistakes behind these.'] : [];
  return { kind: 'failed', texts: [...content.mistakes.map(mistakeText), ...more], exitCode: ExitCode.failed };
}

/** BIND writes what updates change into a journal, and into the file only later. */
function journalWarnings(path: string, zone: Name): readonly string[] {
  const journal = `${path}.jnl`;
  if (!statSync(journal, { throwIfNoEntry: false })) return [];
  const name = zone.toString().replace(/\.$/, '');
  return [
    `${journal} is beside it: BIND may have changed the zone since it wrote the file. Stop the updates there, run "rndc sync -clean ${name}", and import the file then; or import by --from`,
  ];
}

function failed(text: string): SourceRead {
  return { kind: 'failed', texts: [`dyndns: ${text}`], exitCode: ExitCode.failed };
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'a part of its path is no directory',
  EACCES: 'this user may not read it',
};

/** The octets of a regular file, or why there are none. */
function readOctets(path: string): Uint8Array | string {
  let file: number | undefined;
  try {
    // A pipe that nobody writes to would hold everything up.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const status = fstatSync(file);
    if (!status.isFile()) return 'it is no regular file';
    if (status.size > maxFileOctets) return 'it is larger than 1 GiB';
    return readFileSync(file);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return reasons[String(error.code)] ?? String(error.code);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

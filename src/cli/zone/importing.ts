import { explainFault } from '../../updates/fault.ts';
import type { Config } from '../../config/config.ts';
import type { Name } from '../../dns/name.ts';
import { ImportCollector } from '../../primary/embedded/import/imported-zone.ts';
import type { ImportMode, ImportOutcome, ImportReport } from '../../primary/embedded/import/import-report.ts';
import { previewImport } from '../../primary/embedded/import/preview-import.ts';
import { defaultHostedZoneLimits } from '../../primary/limits.ts';
import { systemClock as clock } from '../../updates/clock.ts';
import { openZoneReader } from '../../upkeep/stored-zones.ts';
import type { CliContext, Invocation } from '../command.ts';
import { withConfig } from '../configured.ts';
import { ExitCode } from '../exit-code.ts';
import { tellMistake, tellStoreFault } from '../failure.ts';
import { faultExitCode } from '../fault-exit-code.ts';
import { readFileSource } from './file-source.ts';
import { parseTransferPlace, readKeyFile, readTransferSource, type TransferWish } from './transfer-source.ts';
import { findHosted, readZoneOperand } from './zone-operand.ts';
import type { SourceRead } from './zone-source.ts';

type Hosted = NonNullable<ReturnType<typeof findHosted>>;

export async function runImport(invocation: Invocation, context: CliContext): Promise<ExitCode> {
  const name = readZoneOperand(invocation, context);
  if (!name) return ExitCode.wrongUsage;
  const mistake = wrongUsage(invocation);
  if (mistake !== undefined) return tellMistake(mistake, invocation, context);
  const mode = readMode(invocation);
  return await withConfig(invocation, context, async (config) => {
    const hosted = findHosted(config, name, invocation, context);
    if (!hosted) return ExitCode.failed;
    const source = await readSource(hosted, invocation, context);
    if (source.kind === 'failed') {
      tellTexts(source.texts, invocation, context);
      return source.exitCode;
    }
    for (const warning of source.warnings) context.errors.print(`warning: ${warning}`);
    if (invocation.switches.has('dry-run')) return await preview(hosted, config, mode, source, invocation, context);
    await using importer = await context.services.openImporter(config);
    const outcome = await importer.importZone(name, mode, source.records);
    const exitCode = tellOutcome(outcome, { isDry: false }, invocation, context);
    if (exitCode === ExitCode.done && !importer.isServiceRunning)
      context.errors.print(
        'No service is running: the zone is served, and secondaries are told, from its next start on.',
      );
    return exitCode;
  });
}

function readMode({ switches }: Invocation): ImportMode {
  if (switches.has('replace')) return 'replace';
  return switches.has('merge') ? 'merge' : 'fresh';
}

/** A sentence without a full stop where it is not clear where the zone is to come from, or what becomes of the one before. */
function wrongUsage({ operands, values, switches }: Invocation): string | undefined {
  if (switches.has('replace') && switches.has('merge'))
    return '--replace and --merge are both here; keep one of the two';
  const hasFile = operands[1] !== undefined;
  const { from } = values;
  if (hasFile === (from !== undefined))
    return `zone import needs either a FILE or --from HOST[:PORT]${hasFile ? ', and not both' : ''}`;
  if (from !== undefined && !parseTransferPlace(from))
    return `--from takes an address or a name, with a port if need be, such as 192.0.2.53:53 or [2001:db8::53]:53; ${JSON.stringify(from)} is neither`;
  return hasFile && values['key-file'] !== undefined
    ? '--key-file is for a transfer; give --from HOST[:PORT] with it'
    : undefined;
}

async function readSource(
  hosted: Hosted,
  { operands, values }: Invocation,
  { workingDirectory }: CliContext,
): Promise<SourceRead> {
  const zone: Name = hosted.name;
  const place = parseTransferPlace(values['from'] ?? '');
  if (!place) return readFileSource(operands[1] ?? '', zone, workingDirectory);
  const keyFile = values['key-file'];
  let key: TransferWish['key'] = hosted.key && { kind: 'tried', key: hosted.key };
  if (keyFile !== undefined) {
    const read = await readKeyFile(keyFile, workingDirectory);
    if (read.kind === 'wrong') return { kind: 'failed', texts: [`dyndns: ${read.text}`], exitCode: ExitCode.failed };
    key = { kind: 'given', key: read.key };
  }
  return await readTransferSource({ zone, ...place, key });
}

async function preview(
  hosted: Hosted,
  { database }: Config,
  mode: ImportMode,
  { records }: Extract<SourceRead, { kind: 'records' }>,
  invocation: Invocation,
  context: CliContext,
): Promise<ExitCode> {
  const opened = await openZoneReader(database.path);
  if (opened.kind === 'failed') return tellStoreFault(opened.fault, invocation, context);
  const collector = new ImportCollector(hosted.name);
  for (const record of records) collector.add(record);
  const collected = collector.finish();
  const outcome: ImportOutcome =
    collected.kind === 'invalid'
      ? { kind: 'refused', reason: `${collected.reason}.`, remedy: 'Correct the zone.' }
      : await previewImport(
          opened.kind === 'opened' ? opened.reader : undefined,
          hosted,
          collected.imported,
          { mode, limits: defaultHostedZoneLimits.zone },
          clock.unixSeconds(),
        );
  return tellOutcome(outcome, { isDry: true }, invocation, context);
}

function tellTexts(texts: readonly string[], { switches }: Invocation, { output, errors }: CliContext): void {
  if (switches.has('json')) output.printJson({ error: { code: 'source', text: texts.join('\n') } });
  else errors.print(texts.join('\n'));
}

function tellOutcome(
  outcome: ImportOutcome,
  { isDry }: { readonly isDry: boolean },
  invocation: Invocation,
  context: CliContext,
): ExitCode {
  const { output, errors } = context;
  const asJson = invocation.switches.has('json');
  switch (outcome.kind) {
    case 'imported': {
      const { report } = outcome;
      if (asJson) output.printJson({ ...report, dryRun: isDry });
      else {
        for (const warning of report.warnings) errors.print(`warning: ${warning}`);
        output.print(reportText(report, isDry));
      }
      return ExitCode.done;
    }
    case 'refused': {
      const { reason, remedy } = outcome;
      if (asJson) output.printJson({ error: { code: 'refused', text: reason, remedy } });
      else errors.print(`${errors.paint('bad', 'refused')}: ${reason}\n${remedy}`);
      return ExitCode.failed;
    }
    case 'failed': {
      const { cause, remedy } = explainFault(outcome.fault);
      if (asJson) output.printJson({ error: { code: outcome.fault.code, text: cause, remedy } });
      else errors.print(`${errors.paint('bad', 'failed')}: ${cause}\n${remedy}`);
      return faultExitCode(outcome.fault);
    }
  }
}

const signs = { added: '+', changed: '~', removed: '-' } as const;

function reportText(report: ImportReport, isDry: boolean): string {
  const { zone, serialBefore, serialAfter, importedSerial, added, changed, removed, unchanged, changes } = report;
  const counts = `${added} RRsets added, ${changed} changed, ${removed} removed, ${unchanged} as they were`;
  if (serialBefore === serialAfter)
    return `${zone} holds all of it already: nothing ${isDry ? 'would change' : 'changed'}.`;
  const verb = isDry ? 'would become' : 'is';
  const summary = `${zone}: ${counts}; the serial ${verb} ${serialAfter} (it was ${serialBefore} here, ${importedSerial} there).`;
  if (!isDry) return summary;
  const more = added + changed + removed - changes.length;
  const lines = changes.map(({ name, type, change }) => `${signs[change]} ${name} ${type}`);
  return [...lines, ...(more > 0 ? [`… and ${more} more`] : []), summary].join('\n');
}

import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

import type { Config } from '../config/config.ts';
import { NameSyntaxError } from '../dns/errors.ts';
import { Name } from '../dns/name.ts';
import { systemClock as clock } from '../updates/clock.ts';
import { restoreDatabase, type RestoredZone, type RestoreOutcome } from '../upkeep/restore-database.ts';
import type { NameKey } from '../zone/name-key.ts';
import type { CliContext, Invocation } from './command.ts';
import { withConfig } from './configured.ts';
import { copyJson, copyText } from './copying.ts';
import { ExitCode } from './exit-code.ts';
import { tellFailure, tellMistake, tellStoreFault } from './failure.ts';
import { type AskedSecondaries, askSecondaries } from './secondaries.ts';

type Restored = Extract<RestoreOutcome, { kind: 'restored' }>;

export async function runRestore(invocation: Invocation, context: CliContext): Promise<ExitCode> {
  const forcedSerials = readForcedSerials(invocation.values['serial']);
  if (typeof forcedSerials === 'string') return tellMistake(forcedSerials, invocation, context);
  return await withConfig(invocation, context, async (config) => {
    const unknown = [...forcedSerials.values()].find(({ zone }) => !isHosted(config, zone))?.zone;
    if (unknown) {
      const text = `--serial names ${unknown.toString()}, and the configuration has no such zone here.`;
      return tellFailure({ code: 'unknown-zone', text, remedy: '' }, invocation, context);
    }
    const from = resolve(context.workingDirectory, invocation.operands[0] ?? '');
    const { path } = config.database;
    await mkdir(dirname(path), { mode: 0o700 }).catch(() => {});
    let unheard: Unheard = { silent: [], unasked: [] };
    const outcome = await restoreDatabase({
      from,
      path,
      forcedSerials: new Map(Array.from(forcedSerials, ([key, { serial }]) => [key, serial])),
      askSecondaries: async (zones) => {
        const asked = await askSecondaries(config, zones);
        unheard = asked;
        return { serials: asked.serials, isComplete: asked.silent.length + asked.unasked.length === 0 };
      },
      clock,
    });
    switch (outcome.kind) {
      case 'failed':
        return tellStoreFault(outcome.fault, invocation, context);
      case 'refused':
        return tellFailure({ code: 'refused', text: outcome.reason, remedy: outcome.remedy }, invocation, context);
      case 'restored':
        tell(outcome, { from, path, ...unheard }, invocation, context);
        return ExitCode.done;
    }
  });
}

/** `ZONE=N,ZONE=N` → by zone; a sentence where it is wrong. */
function readForcedSerials(
  written: string | undefined,
): ReadonlyMap<NameKey, { readonly zone: Name; readonly serial: number }> | string {
  const serials = new Map<NameKey, { readonly zone: Name; readonly serial: number }>();
  for (const part of written?.split(',') ?? []) {
    const wrong = `--serial takes ZONE=N, with N from 1 to 4294967295, such as dyndns.example.com=2026112601; ${JSON.stringify(part)} is something else`;
    const [, writtenZone = '', writtenSerial = ''] = /^(.+)=([0-9]{1,10})$/.exec(part) ?? [];
    const serial = Number(writtenSerial);
    if (writtenZone === '' || serial < 1 || serial > 0xffff_ffff) return wrong;
    try {
      const zone = Name.parse(writtenZone).toLowerCase();
      serials.set(zone.key, { zone, serial });
    } catch (error) {
      if (error instanceof NameSyntaxError) return wrong;
      throw error;
    }
  }
  return serials;
}

function isHosted({ zones }: Config, zone: Name): boolean {
  return zones.some(({ name, primary }) => primary.kind === 'embedded' && name.equals(zone));
}

type Unheard = Pick<AskedSecondaries, 'silent' | 'unasked'>;

interface Surroundings extends Unheard {
  readonly from: string;
  readonly path: string;
}

function tell(outcome: Restored, about: Surroundings, invocation: Invocation, context: CliContext): void {
  const { output, errors } = context;
  const warnings = warningsOf(outcome, about);
  if (invocation.switches.has('json')) {
    const zones = outcome.zones.map(({ zone, serialInBackup, serial, isDormant }) => ({
      zone: zone.toString(),
      serialInBackup,
      serial,
      dormant: isDormant,
    }));
    const { from, path } = about;
    output.printJson({
      database: path,
      keptAs: outcome.keptAs ?? null,
      from,
      backup: copyJson(outcome.copy),
      zones,
      warnings,
    });
    return;
  }
  for (const warning of warnings) errors.print(`warning: ${warning}`);
  const kept =
    outcome.keptAs === undefined
      ? `There was no database ${about.path} before.`
      : `What was there before is kept as ${outcome.keptAs}; remove it when all is well.`;
  output.print(
    [
      copyText(about.from, outcome.copy),
      `It is now the database ${about.path}. ${kept}`,
      ...outcome.zones.map(zoneText),
      'Start the service: it tells the secondaries, which transfer the zones anew.',
    ].join('\n'),
  );
}

function zoneText({ zone, serialInBackup, serial, isDormant }: RestoredZone): string {
  return `${zone.toString()} has the serial ${serial} (${serialInBackup} in the backup)${isDormant ? ', and is dormant' : ''}.`;
}

function warningsOf({ zones, replaced }: Restored, { silent, unasked }: Surroundings): readonly string[] {
  const notAbove = zones.flatMap(({ zone, serial, notAbove: holders }) =>
    holders.map(
      (each) =>
        `the serial ${serial} of ${zone.toString()} is not greater than ${each.serial}, which ${each.holder} has (RFC 1982); whoever has that must transfer the zone anew (rndc retransfer on BIND)`,
    ),
  );
  const estimates = zones
    .filter(({ isEstimated }) => isEstimated)
    .map(
      ({ zone, serial, serialInBackup }) =>
        `nobody could tell how far ${zone.toString()} had come since the backup (${serialInBackup}): its serial ${serial} is an estimate. Compare it with "dig ${zone.toString()} SOA" at whoever was not heard; one that has more takes nothing: then restore again with --serial ${zone.toString().replace(/\.$/, '')}=N, and N greater than that`,
    );
  const asked = [
    ...silent.map((text) => `${text}; what it has of the zones is not known`),
    ...unasked.map((text) => `not asked: ${text}; what it has of the zones is not known`),
    ...estimates,
  ];
  if (replaced.kind === 'unreadable')
    return [`the database before could not be read: ${replaced.cause}`, ...asked, ...notAbove];
  const missing = replaced.kind === 'read' ? replaced.missingZones : [];
  return [
    ...missing.map((zone) => `${zone.toString()} was in the database before, and is not in the backup`),
    ...asked,
    ...notAbove,
  ];
}

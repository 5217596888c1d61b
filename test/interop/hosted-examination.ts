import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';

import { loadConfig } from '../../src/config/load.ts';
import type { DoctorTools } from '../../src/doctor/examine-zone.ts';
import type { AnyFinding } from '../../src/doctor/finding.ts';
import { defaultDoctorLimits } from '../../src/doctor/limits.ts';
import { type ExplainedFinding, findingsOf, type HostedZoneReport } from '../../src/doctor/report.ts';
import { resolverAt } from '../../src/doctor/system-resolver.ts';
import { examineConfig } from '../../src/examine-config.ts';
import { systemClock } from '../../src/updates/clock.ts';
import type { ServiceUnderTest } from '../support/launch-service.ts';

/** Where the world is, on this machine. */
export interface World {
  /** The nameserver of the zone above, which also answers in the place of a resolver. */
  readonly parentPort: number;
  /** By the name of a nameserver, with the trailing dot; the others are at `servicePort`. */
  readonly ports: Readonly<Record<string, number>>;
  readonly servicePort: number;
  readonly propagationMs?: number;
  readonly signal?: AbortSignal;
}

/** Examines the zones of a service as `dyndns check` does beside it, with other ports than 53. */
export async function examineHosted(
  service: Pick<ServiceUnderTest, 'configurationFile' | 'directory'>,
  world: World,
): Promise<readonly HostedZoneReport[]> {
  const { parentPort, ports, servicePort, propagationMs = defaultDoctorLimits.propagationMs } = world;
  const search = { flag: service.configurationFile, environment: {}, workingDirectory: service.directory };
  const loaded = await loadConfig(search);
  assert.ok(loaded.kind === 'loaded', JSON.stringify(loaded));
  const tools: DoctorTools = {
    clock: systemClock,
    randomOctets: randomBytes,
    ...resolverAt([{ address: '127.0.0.1', port: parentPort }]),
    nameserverPort: (name) => ports[name] ?? servicePort,
    limits: { ...defaultDoctorLimits, propagationMs },
    signal: world.signal ?? new AbortController().signal,
  };
  const { zones } = await examineConfig(loaded.config, tools);
  return zones.filter((zone) => zone.primary === 'embedded');
}

/** The findings of a zone's report, by what they are, without their words. */
export function foundIn(report: HostedZoneReport | undefined): readonly AnyFinding[] {
  assert.ok(report);
  return findingsOf(report).map(({ severity: _severity, cause: _cause, remedy: _remedy, ...finding }) => finding);
}

/** The only finding of the report is this one, and its words match. */
export function expectOnlyFinding(
  report: HostedZoneReport | undefined,
  finding: AnyFinding,
  ...words: readonly RegExp[]
): ExplainedFinding {
  assert.deepEqual(foundIn(report), [finding]);
  const [explained] = report ? findingsOf(report) : [];
  assert.ok(explained);
  for (const pattern of words) assert.match(`${explained.cause} ${explained.remedy}`, pattern);
  return explained;
}

export function stepsOf({ steps }: HostedZoneReport): readonly string[] {
  return steps.map(({ step, status }) => `${step} ${status}`);
}

import assert from 'node:assert/strict';
import { join } from 'node:path';

import type { RegistryLimits } from '../../src/registry/limits.ts';
import { Registry } from '../../src/registry/registry.ts';
import { configuredZones } from '../../src/registry/configured-zones.ts';
import type { Ledger } from '../../src/store/ledger.ts';
import type { StoreFault } from '../../src/store/store-fault.ts';
import { systemClock } from '../../src/updates/clock.ts';
import type { ZoneDirectory } from '../../src/updates/zone-directory.ts';
import { createTemporaryDirectory } from './temporary-directory.ts';

export interface OpenedRegistry extends AsyncDisposable {
  readonly registry: Registry;
  readonly warnings: readonly string[];
  /** What its observer was told. */
  readonly faults: (StoreFault | undefined)[];
  readonly dropped: number[];
}

export interface OpenRegistryOptions {
  readonly ledger: Ledger;
  readonly zones: ZoneDirectory;
  /** A file of its own that goes at the end, when absent. */
  readonly keyFile?: string;
  readonly limits?: RegistryLimits;
  readonly unixMs?: () => number;
  readonly monotonicMs?: () => number;
}

/** A registry of what the ledger has. */
export async function openRegistry(options: OpenRegistryOptions): Promise<OpenedRegistry> {
  const { ledger, zones, limits, unixMs = () => Date.now(), monotonicMs = () => systemClock.monotonicMs() } = options;
  const directory = await createTemporaryDirectory('registry');
  const faults: (StoreFault | undefined)[] = [];
  const dropped: number[] = [];
  const surroundings = configuredZones(zones, { defaultSeconds: 300, minSeconds: 30, maxSeconds: 86_400 }, monotonicMs);
  const opened = await Registry.open({
    ledger,
    keyFile: options.keyFile ?? join(directory.path, 'token.key'),
    surroundings: () => surroundings,
    unixMs,
    monotonicMs,
    observer: {
      lateWritesFault: (fault) => void faults.push(fault),
      historyDropped: (entries) => void dropped.push(entries),
    },
    ...(limits ? { limits } : {}),
  });
  assert.ok(opened.kind === 'opened', JSON.stringify(opened));
  const { registry, warnings } = opened;
  return {
    registry,
    warnings,
    faults,
    dropped,
    [Symbol.asyncDispose]: async () => {
      await registry[Symbol.asyncDispose]();
      await directory[Symbol.asyncDispose]();
    },
  };
}

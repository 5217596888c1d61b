import { readFileSync } from 'node:fs';

import { startNameserver } from '../../test/support/nameserver/primary-server.ts';
import type { Say } from '../bench.ts';
import { EmbeddedTestbed, embeddedZone } from '../embedded/embedded-testbed.ts';
import { parseMemory } from '../measure/memory-watch.ts';
import type { Pinning } from '../pinning.ts';
import { largeNames, zoneAddresses, zoneLines } from './large-zone.ts';

/** One server with the large zone, start by start. */
export interface Load {
  /** From its start until it answers for the zone. */
  readonly seconds: readonly number[];
  /** Resident, then. */
  readonly megabytes: readonly number[];
}

export interface Loads {
  readonly ours: Load;
  readonly bind: Load;
  readonly knot: Load;
}

interface Server {
  readonly pid: number;
  stop(): Promise<unknown>;
  restart(): Promise<void>;
}

/** Starts each of them several times, one at a time and in turns. */
export async function measureLoads(rounds: number, pinning: Pinning, say: Say): Promise<Loads> {
  await using servers = new AsyncDisposableStack();
  say(`a zone of ${largeNames} names is made for each`);
  const ours = servers.use(await EmbeddedTestbed.open({ pinning, addresses: zoneAddresses(largeNames) })).service;
  const zones = [{ name: embeddedZone, records: zoneLines(largeNames) }];
  const bind = servers.use(await startNameserver('bind', { zones, under: pinning.nameserver }));
  const knot = servers.use(await startNameserver('knot', { zones, under: pinning.nameserver }));
  const contenders = { ours, bind, knot } satisfies Record<keyof Loads, Server>;
  for (const server of Object.values(contenders)) await server.stop();
  const loads = { ours: emptyLoad(), bind: emptyLoad(), knot: emptyLoad() };
  for (let round = 1; round <= rounds; round += 1) {
    say(`loading, round ${round} of ${rounds}`);
    for (const key of ['ours', 'bind', 'knot'] as const) {
      const server: Server = contenders[key];
      const startedAtMs = performance.now();
      await server.restart();
      loads[key].seconds.push((performance.now() - startedAtMs) / 1000);
      loads[key].megabytes.push(parseMemory(readFileSync(`/proc/${server.pid}/status`, 'utf8')).resident / 1e6);
      await server.stop();
    }
  }
  return loads;
}

function emptyLoad(): { readonly seconds: number[]; readonly megabytes: number[] } {
  return { seconds: [], megabytes: [] };
}

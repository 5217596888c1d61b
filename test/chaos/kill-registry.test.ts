import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { requirePeer } from '../support/peers.ts';
import type { ServiceUnderTest } from '../support/launch-service.ts';
import { launchTokenService, type TokenService } from '../support/token-service.ts';
import { HostKeeper } from './host-keeper.ts';
import { NameUpdater } from './name-updater.ts';
import type { Actor } from './registry-actor.ts';
import { TokenHolder } from './token-holder.ts';

/** More of them: npm run soak. */
const cycles = Number(process.env['DYNDNS_KILL_CYCLES'] ?? 48);
/** Each on a service of its own, so that one starts while the other is under load. */
const lanes = 2;
const longestCycleMs = 5_000;
/** A slow machine does less in each cycle, and goes on until it has done enough. */
const mostCycles = 3 * cycles;
const whatever = ['creation', 'edit', 'rotation', 'revocation', 'host set', 'host deleted', 'update'];
const leastInLane = cycles / 4 / lanes;
/** Two kills under load come to one in the midst of a start. */
const startKillEvery = 3;
const longestLoadMs = 600;
const longestStartMs = 450;

test(
  'the service is killed while tokens, hosts and names change: what was acknowledged is there, once, and nothing half done',
  { timeout: (mostCycles / lanes) * longestCycleMs },
  async (t) => {
    if (!requirePeer(t, 'nsupdate')) return;
    const counts = new Map<string, number>();
    const count = (word: string, times = 1) => void counts.set(word, (counts.get(word) ?? 0) + times);
    await Promise.all(Array.from({ length: lanes }, (_, lane) => killOverAndOver(lane, count)));
    for (const [word, times] of counts) t.diagnostic(`${times} × ${word}`);
    for (const what of whatever) assert.ok((counts.get(what) ?? 0) > cycles / 4, `${what}: ${counts.get(what)}`);
  },
);

type Count = (word: string, times?: number) => void;

async function killOverAndOver(lane: number, count: Count): Promise<void> {
  await using tokens = await launchTokenService('embedded', `dyn${lane}.example.test`, {
    throttle: { burst: 0 },
  });
  const actors = await makeActors(tokens);
  const lacksAny = () => whatever.some((what) => toldOf(actors, what) <= leastInLane);
  for (let cycle = lane; cycle < cycles || (cycle < mostCycles && lacksAny()); cycle += lanes) {
    const life = new AbortController();
    const working = Promise.all(actors.map((actor) => workUntil(life.signal, actor)));
    working.catch(() => {});
    await Promise.race([sleep(Math.random() * longestLoadMs), working]);
    life.abort();
    await tokens.service.kill9();
    await working;
    count('kill under load');
    if (cycle % startKillEvery === 0) {
      cycle += lanes;
      count(await killWhileStarting(tokens.service));
    }
    await tokens.service.restart();
    for (const actor of actors) await actor.judge();
  }
  for (const actor of actors) await actor.judgeAll();
  for (const { told } of actors) for (const [what, times] of told) count(what, times);
}

/** How often the service has acknowledged that. */
function toldOf(actors: readonly Actor[], what: string): number {
  return actors.reduce((sum, { told }) => sum + (told.get(what) ?? 0), 0);
}

async function makeActors(tokens: TokenService): Promise<readonly Actor[]> {
  return [
    new TokenHolder(tokens, 'first'),
    new TokenHolder(tokens, 'second'),
    new HostKeeper(tokens, 'set'),
    await NameUpdater.make(tokens, 'left'),
    await NameUpdater.make(tokens, 'right'),
  ];
}

async function workUntil(signal: AbortSignal, actor: Actor): Promise<void> {
  while (!signal.aborted) await actor.act();
}

async function killWhileStarting(service: ServiceUnderTest): Promise<string> {
  const starting = service.restart().then(
    () => 'kill after a start',
    () => 'kill in the midst of a start',
  );
  await sleep(Math.random() * longestStartMs);
  await service.kill9();
  return await starting;
}

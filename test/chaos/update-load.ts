import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

import type { ServiceUnderTest } from '../support/launch-service.ts';
import type { NameserverUnderTest } from '../support/nameserver/primary-server.ts';
import { type Door, httpDoor } from './update-doors.ts';

/** What a request asked for, and what is known of it. `unknown`: nobody was told that it failed. */
interface Wish {
  readonly counter: number;
  readonly outcome: 'updated' | 'failed' | 'unknown';
}

export interface LoadReport {
  readonly requests: number;
  readonly updated: number;
  /** How often each answer came that was none of success, without what differs from request to request. */
  readonly failures: ReadonlyMap<string, number>;
  readonly slowestMs: number;
}

/** Whoever hands out the zone to the holder of its key. */
export type TransferringNameserver = Pick<NameserverUnderTest, 'query' | 'key'>;

/** Clients that change names as fast as they are answered, each its own, and remember what they were told. */
export interface UpdateLoad {
  /** Waits for so many successes from now on. */
  waitForUpdates(count: number, timeoutMs: number): Promise<void>;
  stop(): Promise<LoadReport>;
  /** Compares what the clients were told with what the zone holds; to be called after {@link stop}. */
  expectKept(nameserver: TransferringNameserver): Promise<void>;
}

/** Besides its new names, which are never changed again, each client has so many to which it comes back. */
const recurringNames = 3;
const pauseAfterFailureMs = 20;

export interface LoadOptions {
  /** How a client asks; by HTTP when absent. */
  readonly openDoor?: (client: number) => Door;
  /** Waited for by a client that got no answer, lest it beat at a closed door. */
  readonly whenUp?: () => Promise<void>;
}

/**
 * Every request gives a name two addresses that stand for the same number, one of each family, so that half a change could
 * be seen.
 */
export function startLoad(
  service: ServiceUnderTest,
  zone: string,
  clients: number,
  { openDoor = () => httpDoor(service), whenUp = () => Promise.resolve() }: LoadOptions = {},
): UpdateLoad {
  const wishes = new Map<string, Wish[]>();
  const failures = new Map<string, number>();
  let counter = 0;
  let updated = 0;
  let requests = 0;
  let slowestMs = 0;
  const over = new AbortController();

  const request = async (door: Door, name: string) => {
    counter += 1;
    const mine = counter;
    requests += 1;
    const startedAtMs = performance.now();
    const asked = { name, ipv4: ipv4(mine), ipv6: ipv6(mine), id: mine & 0xffff };
    const { outcome, text } = await door.ask(asked);
    slowestMs = Math.max(slowestMs, performance.now() - startedAtMs);
    const history = wishes.get(name) ?? [];
    wishes.set(name, history);
    history.push({ counter: mine, outcome });
    if (outcome === 'updated') updated += 1;
    else {
      const general = text.replaceAll(/'[^']+'/g, "'NAME'").trim();
      failures.set(general, (failures.get(general) ?? 0) + 1);
      await sleep(pauseAfterFailureMs);
      if (outcome === 'unknown') await whenUp();
    }
  };
  const client = async (number: number) => {
    await using door = openDoor(number);
    for (let round = 0; !over.signal.aborted; round += 1) {
      await request(door, `again${number}-${round % recurringNames}.${zone}`);
      await request(door, `once${number}-${round}.${zone}`);
    }
  };
  const countUpdated = () => updated;
  const working = Promise.all(Array.from({ length: clients }, (_, number) => client(number)));
  working.catch(() => {});
  return {
    waitForUpdates: async (count, timeoutMs) => {
      const before = updated;
      const deadlineMs = performance.now() + timeoutMs;
      while (countUpdated() - before < count) {
        if (performance.now() > deadlineMs)
          assert.fail(`fewer than ${count} updates in ${timeoutMs} ms; ${JSON.stringify([...failures])}`);
        await Promise.race([sleep(10), working]);
      }
    },
    stop: async () => {
      over.abort();
      await working;
      return { requests, updated, failures, slowestMs };
    },
    expectKept: async (nameserver) => {
      const held = await readZone(nameserver, zone);
      for (const [name, history] of wishes) expectOneOf(name, history, held.get(name) ?? emptyHolding);
    },
  };
}

interface Holding {
  readonly ipv4: string[];
  readonly ipv6: string[];
}

const emptyHolding: Holding = { ipv4: [], ipv6: [] };

/** What was last told to be there, or what was asked for after it and may have been carried out. */
function expectOneOf(name: string, history: readonly Wish[], held: Holding): void {
  const lastTold = history.findLastIndex(({ outcome }) => outcome === 'updated');
  const candidates = history.slice(Math.max(0, lastTold)).filter(({ outcome }) => outcome !== 'failed');
  const allowed: Holding[] = candidates.map(({ counter }) => ({ ipv4: [ipv4(counter)], ipv6: [ipv6(counter)] }));
  if (lastTold < 0) allowed.push(emptyHolding);
  const isAllowed = allowed.some((each) => JSON.stringify(each) === JSON.stringify(held));
  assert.ok(isAllowed, `${name} holds ${JSON.stringify(held)}; its history is ${JSON.stringify(history.slice(-5))}`);
}

async function readZone(nameserver: TransferringNameserver, zone: string): Promise<ReadonlyMap<string, Holding>> {
  const { answers, text } = await nameserver.query(zone, 'AXFR', { key: nameserver.key(zone) });
  assert.equal(answers.filter(({ type }) => type === 'SOA').length, 2, text.slice(0, 1000));
  const held = new Map<string, Holding>();
  for (const { name, type, value } of answers) {
    const owner = name.replace(/\.$/, '');
    const holding = held.get(owner) ?? { ipv4: [], ipv6: [] };
    held.set(owner, holding);
    if (type === 'A') holding.ipv4.push(value);
    if (type === 'AAAA') holding.ipv6.push(value);
  }
  return held;
}

/** RFC 1918's largest network, which has room for 16 million. */
function ipv4(counter: number): string {
  return `10.${(counter >> 16) & 0xff}.${(counter >> 8) & 0xff}.${counter & 0xff}`;
}

function ipv6(counter: number): string {
  const [high, low] = [counter >> 16, counter & 0xffff];
  return `2001:db8::${high === 0 ? '' : `${high.toString(16)}:`}${low.toString(16)}`;
}

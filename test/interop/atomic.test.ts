import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import { Type, typeName } from '../../src/dns/codes.ts';
import type { ServiceUnderTest } from '../support/launch-service.ts';
import {
  type MakeName,
  makeNames,
  makes,
  type NameserverUnderTest,
  startNameserver,
} from '../support/nameserver/primary-server.ts';
import { requirePeer } from '../support/peers.ts';
import { type PollTally, startUdpPoller } from '../support/udp-poller.ts';
import { ask, serveZones, updatePath, zoneOf } from './seed-service.ts';

const zone = 'dyn.example.test';
const host = `host.${zone}`;
const pollsPerSecond = 5000;
const patienceMs = 60_000;
/** However fast the polls are. */
const fewestUpdates = 30;

/** How often each type is asked for in each of the loops; together 20,000 times or more. */
const pollsPerLoop: Readonly<Record<MakeName, number>> = { bind: 20_000, knot: 10_000, powerdns: 10_000 };

interface Loop {
  readonly title: string;
  /** The addresses of the name in this round. */
  readonly addresses: (round: number) => readonly string[];
  /** What the name holds all the time, whatever the round. */
  readonly types: readonly number[];
  /** Other names that change at the same time, so that they share messages with this one. */
  readonly neighbours: number;
}

const ipv4 = (round: number) => `198.51.100.${round % 250}`;
const ipv6 = (round: number) => `2001:db8::${(1 + (round % 250)).toString(16)}`;

const loops: readonly Loop[] = [
  { title: 'IPv4 alone', addresses: (round) => [ipv4(round)], types: [Type.A], neighbours: 0 },
  { title: 'IPv6 alone', addresses: (round) => [ipv6(round)], types: [Type.AAAA], neighbours: 0 },
  {
    title: 'both together, beside other names',
    addresses: (round) => [ipv4(round), ipv6(round)],
    types: [Type.A, Type.AAAA],
    neighbours: 8,
  },
];

/** The original deleted and added in separate messages: 9 to 45 % of the polls saw no address. */
for (const make of makeNames)
  test(`${makes[make].title}: a name that is updated in a loop is never without its addresses`, async (t) => {
    if (!requirePeer(t, ...makes[make].peers)) return;
    await using nameserver = await startNameserver(make, { zones: [{ name: zone }] });
    await using service = await serveZones([zoneOf(nameserver, zone)]);
    for (const loop of loops)
      await t.test(loop.title, async (loopTest) => {
        const tallies = await pollWhile(nameserver, loop.types, pollsPerLoop[make], (isOver) =>
          updateInLoop(loopTest, service, loop, isOver),
        );
        for (const tally of tallies) {
          loopTest.diagnostic(describe(tally));
          assert.equal(emptyAnswers(tally), 0, describe(tally));
          assert.ok(tally.answers >= pollsPerLoop[make], describe(tally));
        }
      });
  });

test('the poller does see a name that is deleted in one message and added in the next', async (t) => {
  if (!requirePeer(t, ...makes.bind.peers)) return;
  await using nameserver = await startNameserver('bind', {
    zones: [{ name: zone, records: ['host 60 IN A 192.0.2.1'] }],
  });
  const commands = Array.from({ length: 50 }, (_, round) => [
    `update delete ${host}. A`,
    'send',
    `update add ${host}. 60 A ${ipv4(round)}`,
    'send',
  ]).flat();
  const tallies = await pollWhile(nameserver, [Type.A], 1000, async (isOver) => {
    do {
      const { status, text } = await nameserver.update(zone, commands);
      assert.equal(status, 'NOERROR', text);
    } while (!isOver());
  });
  for (const tally of tallies) {
    t.diagnostic(describe(tally));
    assert.ok(emptyAnswers(tally) > 0, describe(tally));
  }
});

/** Polls the name while the work is done; the work is told when there have been polls enough. */
async function pollWhile(
  nameserver: NameserverUnderTest,
  types: readonly number[],
  polls: number,
  work: (isOver: () => boolean) => Promise<void>,
): Promise<readonly PollTally[]> {
  let isOver = false;
  let isHeld = false;
  const started = Promise.withResolvers<void>();
  const working = work(() => {
    // The first round is done, so the name has its addresses.
    if (!isHeld) started.resolve();
    isHeld = true;
    return isOver;
  }).finally(started.resolve);
  await started.promise;
  const questions = types.map((type) => ({ name: host, type }));
  await using poller = startUdpPoller({ port: nameserver.port, questions, pollsPerSecond });
  try {
    await Promise.race([poller.waitForPolls(polls, patienceMs), working]);
  } finally {
    isOver = true;
  }
  await working;
  // Not without await, for that would end the poller before it has answered.
  return await poller.stop();
}

async function updateInLoop(
  t: TestContext,
  service: ServiceUnderTest,
  { addresses, neighbours }: Loop,
  isOver: () => boolean,
): Promise<void> {
  let isFirstDone = false;
  const change = async (name: string, isDone: () => boolean) => {
    let round = 0;
    do {
      const { status, body } = await ask(service, updatePath(name, ...addresses(round)));
      assert.equal(status, 200, body);
      // The first one may find what the loop before has left.
      if (round > 0) assert.match(body, /^UPDATED: /m);
      round += 1;
      isFirstDone ||= name === host;
    } while (!isDone() || round < fewestUpdates);
    return round;
  };
  const neighbourNames = Array.from({ length: neighbours }, (_, index) => `neighbour${index}.${zone}`);
  const [rounds, ...others] = await Promise.all([
    change(host, isOver),
    ...neighbourNames.map((name) => change(name, () => isFirstDone && isOver())),
  ]);
  t.diagnostic(`${rounds} updates of the name, ${others.reduce((sum, count) => sum + count, 0)} of its neighbours`);
}

function emptyAnswers({ empty, nxdomain, servfail, otherErrors }: PollTally): number {
  return empty + nxdomain + servfail + otherErrors;
}

function describe(tally: PollTally): string {
  const { answers, empty, nxdomain, servfail, otherErrors, lost } = tally;
  return `${typeName(tally.type)}: ${answers} polls answered, ${empty} empty, ${nxdomain} NXDOMAIN, ${servfail + otherErrors} errors, ${lost} lost`;
}

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { launchService, type ServiceUnderTest } from '../support/launch-service.ts';
import { type NameserverUnderTest, makeNames, makes, startNameserver } from '../support/nameserver/primary-server.ts';
import { requirePeer } from '../support/peers.ts';
import { type Exchange, seedSecret, updates } from '../vectors/seed-exchanges.ts';
import { configurationOf, zoneOf } from './seed-service.ts';

/** Innermost first. */
const zones = ['sub.example.com', 'example.com', 'dyndns1.dev'];
const types = ['A', 'AAAA'] as const;

/** The exchanges that the other kinds of primary are tried on, with real nameservers. */
for (const make of makeNames)
  test(`${makes[make].title}: every exchange of the seed that changes something or finds it changed`, async (t) => {
    if (!requirePeer(t, ...makes[make].peers)) return;
    const served = zones.map((name) => ({ name, bindStatements: 'check-names ignore;' }));
    await using nameserver = await startNameserver(make, { zones: served });
    const settings = zones.map((name) => zoneOf(nameserver, name));
    await using service = await launchService({
      configuration: configurationOf(settings, { secret: seedSecret }),
      readyWhen: 'ready',
    });
    for (const exchange of updates) await t.test(exchange.name, () => carryOut(exchange, nameserver, service));
  });

async function carryOut(exchange: Exchange, nameserver: NameserverUnderTest, service: ServiceUnderTest): Promise<void> {
  const { before = {}, after = {}, method = 'GET', target, headers = {}, body, status, text } = exchange;
  await place(nameserver, new Set([...Object.keys(before), ...Object.keys(after), ...namesIn(text)]), before);
  const init = { method, headers, ...(body === undefined ? {} : { body }) };
  const answer = await service.get(target, init);
  assert.deepEqual({ status: answer.status, text: answer.body }, { status, text });
  for (const [name, values] of Object.entries(after)) {
    const held = await Promise.all(types.map((type) => nameserver.values(name, type)));
    assert.deepEqual(held.flat(), values, name);
  }
}

/** Gives the names the addresses that stood there before, and no others, by nsupdate. */
async function place(
  nameserver: NameserverUnderTest,
  names: ReadonlySet<string>,
  before: Readonly<Record<string, readonly string[]>>,
): Promise<void> {
  for (const name of names) {
    const zone = zones.find((each) => name === each || name.endsWith(`.${each}`));
    assert.ok(zone !== undefined, name);
    const removals = types.map((type) => `update delete ${name}. ${type}`);
    const additions = (before[name] ?? []).map(
      (value) => `update add ${name}. 300 ${value.includes(':') ? 'AAAA' : 'A'} ${value}`,
    );
    const result = await nameserver.update(zone, [...removals, ...additions]);
    assert.equal(result.status, 'NOERROR', result.text);
  }
}

/** The names that the answer is about. */
function namesIn(text: string): readonly string[] {
  return [...text.matchAll(/^\w+: (\S+)\. (?:A|AAAA) |domain name '([^']+)\.'/gm)].flatMap(([, first, second]) =>
    [first, second].filter((name) => name !== undefined),
  );
}

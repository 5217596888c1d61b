import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import { Type } from '../../src/dns/codes.ts';
import { Name } from '../../src/dns/name.ts';
import { parseAddress } from '../../src/updates/address.ts';
import type { Change, CurrentRecords, Primary } from '../../src/updates/ports.ts';
import { type RecordSet, valueTexts } from '../../src/updates/record-set.ts';

/** A primary to be tried, and a way to see what its zone holds that does not go through it. */
export interface PrimaryUnderTest extends AsyncDisposable {
  readonly primary: Primary;
  readonly zone: Name;
  /** The values that a query for the name gets, wildcards included; in no order. */
  readonly lookUp: (name: Name, type: number) => Promise<readonly string[]>;
  readonly serial: () => Promise<number>;
}

/** Opens a primary whose zone also holds these records, in master-file lines; undefined when it has skipped the test. */
export type OpenPrimary = (t: TestContext, records: readonly string[]) => Promise<PrimaryUnderTest | undefined>;

/** What the zone of the contract holds besides SOA and NS. */
const records = [
  '*.wild 60 IN A 192.0.2.200',
  'alias 60 IN CNAME elsewhere.example.',
  '*.aliased 60 IN CNAME elsewhere.example.',
  'three 60 IN A 192.0.2.31',
  'three 60 IN A 192.0.2.3',
  'three 60 IN A 192.0.2.20',
  'cut 60 IN NS ns.elsewhere.example.',
];

const deadlineMs = () => performance.now() + 10_000;

/** Promises of every {@link Primary}, tried on one of them. */
export function primaryContract(title: string, open: OpenPrimary): void {
  test(`${title}: keeps the promises of a primary`, async (t) => {
    await using subject = await open(t, records);
    if (!subject) return;
    const { primary, zone } = subject;
    const name = (label: string) => Name.parse(`${label}.${zone.toString()}`);
    const replace = (target: Name, ...texts: string[]) => replaceAddresses(primary, target, texts);

    await t.test('an address is set, replaced and removed', async () => {
      const host = name('www');
      assert.deepEqual(await replace(host, '192.0.2.1'), []);
      assert.deepEqual(await subject.lookUp(host, Type.A), ['192.0.2.1']);
      assert.deepEqual(await replace(host, '192.0.2.2'), ['192.0.2.1']);
      assert.deepEqual(await subject.lookUp(host, Type.A), ['192.0.2.2']);
      assert.deepEqual(await replace(host), ['192.0.2.2']);
      assert.deepEqual(await subject.lookUp(host, Type.A), []);
    });

    await t.test('both families change together', async () => {
      const host = name('dual');
      const result = await primary.transact({
        reads: [
          { name: host, type: Type.A },
          { name: host, type: Type.AAAA },
        ],
        plan: () => ({
          changes: [change(host, undefined, ['192.0.2.1']), change(host, undefined, ['2001:db8::1'])],
        }),
        deadlineMs: deadlineMs(),
      });
      assert.equal(result.kind, 'done');
      assert.deepEqual(await subject.lookUp(host, Type.A), ['192.0.2.1']);
      assert.deepEqual(await subject.lookUp(host, Type.AAAA), ['2001:db8::1']);
    });

    await t.test('no changes, no write: the serial stands still', async () => {
      const before = await subject.serial();
      const seen = await transactAddress(primary, name('three'), () => undefined);
      assert.deepEqual(seen, ['192.0.2.3', '192.0.2.20', '192.0.2.31']);
      assert.equal(await subject.serial(), before);
    });

    await t.test('several records of a name become the one that is planned', async () => {
      await replace(name('three'), '192.0.2.20');
      assert.deepEqual(await subject.lookUp(name('three'), Type.A), ['192.0.2.20']);
    });

    await t.test('transactions over a name run one after the other, as they were asked for', async () => {
      const host = name('queue');
      const numbers = Array.from({ length: 40 }, (_, index) => index + 1);
      const seen = await Promise.all(numbers.map((number) => replace(host, `198.51.100.${number}`)));
      assert.deepEqual(
        seen.map(([before]) => before),
        [undefined, ...numbers.slice(0, -1).map((number) => `198.51.100.${number}`)],
      );
      assert.deepEqual(await subject.lookUp(host, Type.A), ['198.51.100.40']);
    });

    await t.test('many names at once all change, and the serial shows that they went together', async () => {
      const before = await subject.serial();
      const hosts = Array.from({ length: 250 }, (_, index) => name(`host${index}`));
      await Promise.all(hosts.map((host, index) => replace(host, `198.51.100.${index % 250}`)));
      for (const [index, host] of hosts.entries())
        if (index % 10 === 0) assert.deepEqual(await subject.lookUp(host, Type.A), [`198.51.100.${index}`]);
      const commits = ((await subject.serial()) - before) >>> 0;
      assert.ok(commits > 0 && commits < hosts.length, `${commits} commits for ${hosts.length} changes`);
    });

    await wildcards(t, subject, name);
    await obstacles(t, subject, name);

    await t.test('the TTL is the planned one', async () => {
      await transactAddress(primary, name('ttl'), () => ['192.0.2.1'], 77);
      const result = await primary.transact({
        reads: [{ name: name('ttl'), type: Type.A }],
        plan: (current) => ({ changes: [], found: current.recordSet(name('ttl'), Type.A) }),
        deadlineMs: deadlineMs(),
      });
      assert.ok(result.kind === 'done' && result.plan.found?.ttlSeconds === 77);
    });

    await t.test('the apex, underscored names and wildcards are names like others', async () => {
      for (const host of [zone, name('_service'), name('*.home')]) {
        assert.deepEqual(await replace(host, '192.0.2.77'), []);
        assert.deepEqual(await subject.lookUp(host, Type.A), ['192.0.2.77']);
        assert.deepEqual(await replace(host), ['192.0.2.77']);
        assert.deepEqual(await subject.lookUp(host, Type.A), []);
      }
      assert.equal((await subject.lookUp(zone, Type.SOA)).length, 1);
    });

    await t.test('what comes too late changes nothing', async () => {
      const result = await primary.transact({
        reads: [{ name: name('late'), type: Type.A }],
        plan: () => ({ changes: [change(name('late'), undefined, ['192.0.2.1'])] }),
        deadlineMs: performance.now() - 1,
      });
      assert.equal(result.kind, 'failed');
      assert.deepEqual(await subject.lookUp(name('late'), Type.A), []);
    });

    await t.test('looking finds it well', async () => {
      assert.equal(await primary.probe(deadlineMs()), undefined);
    });
  });
}

/** A query may be answered from a wildcard; what a transaction sees and changes is literal. */
async function wildcards(t: TestContext, { primary, lookUp }: PrimaryUnderTest, name: (label: string) => Name) {
  await t.test('a record that a wildcard makes up is not there', async () => {
    const host = name('host.wild');
    assert.deepEqual(await lookUp(host, Type.A), ['192.0.2.200']);
    assert.deepEqual(await replaceAddresses(primary, host, ['192.0.2.200']), []);
    assert.deepEqual(await replaceAddresses(primary, host, ['192.0.2.9']), ['192.0.2.200']);
    assert.deepEqual(await lookUp(host, Type.A), ['192.0.2.9']);
    assert.deepEqual(await replaceAddresses(primary, host, []), ['192.0.2.9']);
    assert.deepEqual(await lookUp(host, Type.A), ['192.0.2.200']);
    assert.deepEqual(await replaceAddresses(primary, host, []), []);
    assert.deepEqual(await lookUp(name('deep.below.wild'), Type.A), ['192.0.2.200']);
    assert.deepEqual(await replaceAddresses(primary, name('deep.below.wild'), ['192.0.2.8']), []);
  });
  await t.test('the wildcard itself is there', async () => {
    assert.deepEqual(await replaceAddresses(primary, name('*.wild'), ['192.0.2.201']), ['192.0.2.200']);
    assert.deepEqual(await lookUp(name('other.wild'), Type.A), ['192.0.2.201']);
  });
  await t.test('an alias that a wildcard makes up is not in the way', async () => {
    assert.deepEqual(await replaceAddresses(primary, name('host.aliased'), ['192.0.2.4']), []);
    assert.deepEqual(await lookUp(name('host.aliased'), Type.A), ['192.0.2.4']);
  });
}

async function obstacles(t: TestContext, { primary, lookUp, zone }: PrimaryUnderTest, name: (label: string) => Name) {
  await t.test('an alias is seen, and what does not take beside it is no success', async () => {
    const host = name('alias');
    let alias: string | undefined;
    const result = await primary.transact({
      reads: [{ name: host, type: Type.A }],
      plan: (current) => {
        alias = current.aliasTarget(host);
        return { changes: [change(host, undefined, ['192.0.2.1'])] };
      },
      deadlineMs: deadlineMs(),
    });
    assert.equal(alias, 'elsewhere.example.');
    assert.ok(result.kind === 'failed');
    assert.ok(['not-applied', 'refused'].includes(result.fault.code), result.fault.code);
  });
  await t.test('at a delegation, and below one, nothing is set, removed or called unchanged', async () => {
    for (const host of [name('cut'), name('www.cut'), name('*.deep.cut')])
      for (const after of [['192.0.2.1'], []]) {
        const result = await primary.transact({
          reads: [{ name: host, type: Type.A }],
          plan: (current) => {
            const before = current.recordSet(host, Type.A);
            return { changes: after.length === 0 ? [] : [change(host, before, after)] };
          },
          deadlineMs: deadlineMs(),
        });
        assert.ok(result.kind === 'failed', `${host.toString()} ${after.join()}`);
        assert.equal(result.fault.code, 'not-authoritative');
        assert.deepEqual(await lookUp(host, Type.A), []);
      }
  });
  await t.test('one change that is refused fails alone, whatever travels with it', async () => {
    const outside = Name.parse('www.outside.invalid');
    const good = Array.from({ length: 30 }, (_, index) => name(`neighbour${index}`));
    const bad = primary.transact({
      reads: [{ name: name('culprit'), type: Type.A }],
      plan: () => ({
        // The second is to a name that was not read, for only so does it get as far as the nameserver.
        changes: [change(name('culprit'), undefined, ['192.0.2.1']), change(outside, undefined, ['192.0.2.1'])],
      }),
      deadlineMs: deadlineMs(),
    });
    const seen = await Promise.all(good.map((host) => replaceAddresses(primary, host, ['192.0.2.1'])));
    assert.ok(seen.every((before) => before.length === 0));
    const result = await bad;
    assert.ok(result.kind === 'failed' && result.fault.code === 'refused', `refused in ${zone.toString()}`);
    assert.deepEqual(await lookUp(name('culprit'), Type.A), []);
    for (const host of good) assert.deepEqual(await lookUp(host, Type.A), ['192.0.2.1']);
  });
}

/** Replaces the A records of a name, and returns what they were. */
function replaceAddresses(primary: Primary, name: Name, texts: readonly string[]): Promise<readonly string[]> {
  return transactAddress(primary, name, () => texts);
}

async function transactAddress(
  primary: Primary,
  name: Name,
  wanted: () => readonly string[] | undefined,
  ttlSeconds = 60,
): Promise<readonly string[]> {
  const result = await primary.transact({
    reads: [{ name, type: Type.A }],
    plan: (current: CurrentRecords) => {
      const before = current.recordSet(name, Type.A);
      const texts = wanted();
      const isNothing = texts === undefined || (texts.length === 0 && before === undefined);
      return { before, changes: isNothing ? [] : [change(name, before, texts, ttlSeconds)] };
    },
    deadlineMs: deadlineMs(),
  });
  assert.ok(result.kind === 'done', JSON.stringify(result));
  return valueTexts(result.plan.before);
}

function change(name: Name, before: RecordSet | undefined, texts: readonly string[], ttlSeconds = 60): Change {
  const addresses = texts.map((text) => {
    const address = parseAddress(text);
    assert.ok(address);
    return address;
  });
  const kind = addresses[0]?.family === 6 ? 'AAAA' : 'A';
  const after: RecordSet | undefined =
    addresses.length === 0
      ? undefined
      : { name, type: Type[kind], ttlSeconds, rdatas: addresses.map(({ octets }) => ({ kind, address: octets })) };
  return { name, type: Type[kind], before, after };
}

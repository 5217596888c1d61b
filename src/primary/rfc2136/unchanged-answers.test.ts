import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import { faultOf, key, limits, openPrimary, replacement, set, www } from '../../../test/support/rfc2136-primary.ts';
import { Type } from '../../dns/codes.ts';
import { Name } from '../../dns/name.ts';
import { valueTexts } from '../../updates/record-set.ts';

/** What a transaction sees that has nothing to change. */
async function look({ primary }: Awaited<ReturnType<typeof openPrimary>>, name: Name): Promise<readonly string[]> {
  let seen: readonly string[] = [];
  const result = await primary.transact({
    reads: [{ name, type: Type.A }],
    plan: (current) => {
      seen = valueTexts(current.recordSet(name, Type.A));
      return { changes: [] };
    },
    deadlineMs: performance.now() + 3_000,
  });
  assert.equal(result.kind, 'done');
  return seen;
}

test('while the serial stands still, one question vouches for all that was read', async () => {
  await using subject = await openPrimary();
  const hosts = Array.from({ length: 20 }, (_, index) => Name.parse(`h${index}.example.com.`));
  await Promise.all(hosts.map((host, index) => set(subject.primary, host, `198.51.100.${index}`)));
  // Once to learn the serial, once to read with it known.
  for (const _ of [1, 2]) for (const host of hosts) await look(subject, host);
  const queries = subject.fake.queries.length;
  const seen = await Promise.all(hosts.map((host) => look(subject, host)));
  assert.deepEqual(
    seen,
    hosts.map((_, index) => [`198.51.100.${index}`]),
  );
  const types = subject.fake.queries.slice(queries).map(({ questions }) => questions[0]?.type);
  assert.deepEqual([...new Set(types)], [Type.SOA]);
  assert.ok(types.length <= 2, `${types.length} questions`);
});

test('a serial that has moved vouches for nothing: what somebody else changed is seen', async () => {
  await using subject = await openPrimary();
  await set(subject.primary, www, '192.0.2.1');
  for (const _ of [1, 2, 3]) assert.deepEqual(await look(subject, www), ['192.0.2.1']);
  subject.fake.put(www, '192.0.2.66');
  assert.deepEqual(await look(subject, www), ['192.0.2.66']);
});

test('a serial vouches for a while only', async () => {
  await using subject = await openPrimary({ ...limits, rfc2136: { ...limits.rfc2136, vouchedForMs: 0 } });
  await set(subject.primary, www, '192.0.2.1');
  for (const _ of [1, 2]) await look(subject, www);
  await delay(5);
  const queries = subject.fake.queries.length;
  await look(subject, www);
  assert.ok(subject.fake.queries.slice(queries).some(({ questions }) => questions[0]?.type === Type.A));
});

test('a name with an unconfirmed update is not called unchanged before that is settled', async () => {
  await using subject = await openPrimary();
  await set(subject.primary, www, '192.0.2.1');
  const late: (() => void)[] = [];
  let isStuck = true;
  subject.fake.behave((exchange) => {
    if (exchange.isUpdate && isStuck) return void late.push(exchange.apply);
    // A nameserver works off the updates in the order in which they came.
    if (exchange.isUpdate) for (const apply of late.splice(0)) apply();
    exchange.send(exchange.sign(exchange.answerNow()));
  });
  assert.equal(faultOf(await set(subject.primary, www, '192.0.2.2', 1_000)).code, 'unconfirmed');
  isStuck = false;
  let seen: readonly string[] = [];
  const result = await subject.primary.transact({
    reads: [{ name: www, type: Type.A }],
    plan: (current) => {
      seen = valueTexts(current.recordSet(www, Type.A));
      return { changes: [] };
    },
    deadlineMs: performance.now() + 3_000,
  });
  assert.equal(result.kind, 'done');
  assert.deepEqual(seen, ['192.0.2.2']);
  assert.deepEqual(subject.held(www), ['192.0.2.2']);
});

/** From now on no update is answered; `release` ends that, and what came is worked off in its order. */
function stuckUpdates({ fake }: Awaited<ReturnType<typeof openPrimary>>) {
  const late: (() => void)[] = [];
  let isStuck = true;
  fake.behave((exchange) => {
    if (exchange.isUpdate && isStuck) return void late.push(exchange.apply);
    if (exchange.isUpdate) for (const apply of late.splice(0)) apply();
    const answer = exchange.answerNow();
    exchange.apply();
    exchange.send(exchange.sign(answer));
  });
  return { release: () => (isStuck = false) };
}

test('what one primary has left unconfirmed, the next one of the zone does not call unchanged', async () => {
  await using subject = await openPrimary();
  await set(subject.primary, www, '192.0.2.1');
  const updates = stuckUpdates(subject);
  assert.equal(faultOf(await set(subject.primary, www, '192.0.2.2', 1_000)).code, 'unconfirmed');
  updates.release();
  // As a configuration describes it that was read anew, with another key.
  const next = subject.primaryAt(subject.fake.port, { ...key, secret: Buffer.from(key.secret) });
  assert.deepEqual(await look({ ...subject, primary: next }, www), ['192.0.2.2']);
});

test('a name that stays as it is, beside one that changes, is a condition of the change', async () => {
  await using subject = await openPrimary();
  const mail = Name.parse('mail.example.com.');
  for (const name of [www, mail]) await set(subject.primary, name, '192.0.2.1');
  subject.fake.put(mail, '192.0.2.66');
  let seen: readonly string[] = [];
  const result = await subject.primary.transact({
    reads: [www, mail].map((name) => ({ name, type: Type.A })),
    plan: (current) => {
      seen = valueTexts(current.recordSet(mail, Type.A));
      return { changes: [replacement(www, current, '192.0.2.2')] };
    },
    deadlineMs: performance.now() + 3_000,
  });
  assert.equal(result.kind, 'done');
  assert.deepEqual(seen, ['192.0.2.66']);
});

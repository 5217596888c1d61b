import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import { honest } from '../../../test/support/fake-nameserver.ts';
import { faultOf, key, limits, openPrimary, replacement, set, www } from '../../../test/support/rfc2136-primary.ts';
import { tsigRecord } from '../../../test/support/tsig-by-hand.ts';
import { Class, Rcode, TsigError, Type } from '../../dns/codes.ts';
import { encodeMessage, type Message } from '../../dns/message.ts';
import { Name } from '../../dns/name.ts';
import { valueTexts } from '../../updates/record-set.ts';

test('a change is one message: what to delete, what to add, in this order', async () => {
  await using subject = await openPrimary();
  assert.equal((await set(subject.primary, www, '192.0.2.1')).kind, 'done');
  assert.equal((await set(subject.primary, www, '192.0.2.2')).kind, 'done');
  assert.deepEqual(subject.held(www), ['192.0.2.2']);
  assert.equal(subject.changing().length, 2);
  const classes = subject
    .changing()
    .at(-1)
    ?.authorities.map((record) => record.class);
  assert.deepEqual(classes, [255, 1]);
});

test('what arrives while an update is under way goes together into the next', async () => {
  await using subject = await openPrimary();
  subject.fake.behave((exchange) => void setTimeout(() => honest(exchange), exchange.isUpdate ? 20 : 0));
  const hosts = Array.from({ length: 150 }, (_, index) => Name.parse(`h${index}.example.com.`));
  const results = await Promise.all(hosts.map((host, index) => set(subject.primary, host, `198.51.100.${index}`)));
  assert.ok(results.every(({ kind }) => kind === 'done'));
  assert.ok(subject.batches.length <= 5, `${subject.batches.length} messages`);
  assert.ok(Math.max(...subject.batches) <= 100);
});

test('a culprit in a batch fails alone', async () => {
  await using subject = await openPrimary();
  const bad = Name.parse('bad.example.com.');
  subject.fake.behave((exchange) => {
    const isRefused = exchange.request.authorities.some(({ name }) => name.equals(bad));
    if (exchange.isUpdate && isRefused) exchange.send(exchange.sign({ ...exchange.answer, rcode: Rcode.REFUSED }));
    else honest(exchange);
  });
  const hosts = Array.from({ length: 20 }, (_, index) => Name.parse(`h${index}.example.com.`));
  const good = hosts.map((host) => set(subject.primary, host, '198.51.100.1'));
  const refused = faultOf(await set(subject.primary, bad, '198.51.100.1'));
  assert.ok(refused.code === 'refused' && refused.rcode === Rcode.REFUSED);
  assert.ok((await Promise.all(good)).every(({ kind }) => kind === 'done'));
  assert.deepEqual(subject.held(bad), []);
});

test('a culprit in a batch fails alone where the key is said to be unknown because of it, as Knot does', async () => {
  await using subject = await openPrimary();
  const bad = Name.parse('bad.example.com.');
  subject.fake.behave((exchange) => {
    const isDenied = exchange.request.authorities.some(({ name }) => name.equals(bad));
    if (exchange.isUpdate && isDenied) exchange.send(badKey(exchange.answer));
    else honest(exchange);
  });
  const hosts = Array.from({ length: 20 }, (_, index) => Name.parse(`h${index}.example.com.`));
  const good = hosts.map((host) => set(subject.primary, host, '198.51.100.1'));
  assert.equal(faultOf(await set(subject.primary, bad, '198.51.100.1')).code, 'unknown-key');
  assert.ok((await Promise.all(good)).every(({ kind }) => kind === 'done'));
});

test('an unsigned refusal is believed after a look: unconfirmed would say less', async () => {
  await using subject = await openPrimary();
  subject.fake.behave((exchange) => {
    if (exchange.isUpdate) exchange.send(encodeMessage({ ...exchange.answer, rcode: Rcode.NOTAUTH }));
    else honest(exchange);
  });
  const fault = faultOf(await set(subject.primary, www, '192.0.2.1'));
  assert.ok(fault.code === 'refused' && fault.rcode === Rcode.NOTAUTH, fault.code);
});

test('a lost answer is settled by asking: what took effect is done', async () => {
  await using subject = await openPrimary();
  subject.fake.behave((exchange) => {
    exchange.apply();
    if (exchange.isUpdate) exchange.socket.resetAndDestroy();
    else honest(exchange);
  });
  assert.equal((await set(subject.primary, www, '192.0.2.1')).kind, 'done');
  assert.equal(subject.changing().length, 1);
});

test('an answer that is lost with the nameserver itself is settled when the nameserver is back', async () => {
  await using subject = await openPrimary();
  for (const [address, isApplied] of [
    ['192.0.2.1', true],
    ['192.0.2.2', false],
  ] as const) {
    const { promise: stopped, resolve } = Promise.withResolvers<void>();
    subject.fake.behave((exchange) => {
      if (!exchange.isUpdate) return honest(exchange);
      if (isApplied) exchange.apply();
      resolve(subject.fake.stop());
    });
    const result = set(subject.primary, www, address, 10_000);
    await stopped;
    subject.fake.behave(({ answer, sign, send }) => send(sign({ ...answer, rcode: Rcode.SERVFAIL })));
    await delay(200);
    await subject.fake.listen();
    await delay(200);
    subject.fake.behave(honest);
    assert.equal((await result).kind, 'done');
    assert.deepEqual(subject.held(www), [address]);
  }
});

test('a lost message goes again once, when the peer hung up', async () => {
  await using subject = await openPrimary();
  subject.fake.behave((exchange) => {
    if (exchange.isUpdate && exchange.ordinal === 0) exchange.socket.resetAndDestroy();
    else honest(exchange);
  });
  assert.equal((await set(subject.primary, www, '192.0.2.1')).kind, 'done');
  assert.equal(subject.changing().length, 2);
});

test('a primary that nods at many changes, and at every prerequisite, is not believed', async () => {
  await using subject = await openPrimary();
  subject.fake.behave((exchange) => {
    if (exchange.isUpdate) exchange.send(exchange.sign(exchange.answer));
    else honest(exchange);
  });
  const hosts = Array.from({ length: 20 }, (_, index) => Name.parse(`h${index}.example.com.`));
  const results = await Promise.all(hosts.map((host) => set(subject.primary, host, '198.51.100.1')));
  for (const result of results) assert.equal(faultOf(result).code, 'not-applied');
});

test('many changes at once are looked after with two messages', async () => {
  await using subject = await openPrimary();
  const hosts = Array.from({ length: 50 }, (_, index) => Name.parse(`h${index}.example.com.`));
  const results = await Promise.all(hosts.map((host) => set(subject.primary, host, '198.51.100.1')));
  assert.ok(results.every(({ kind }) => kind === 'done'));
  const large = subject.fake.updates.filter(({ authorities }) => authorities.length > 2).length;
  const looking = subject.fake.updates.filter(({ authorities }) => authorities.length === 0).length;
  assert.ok(large > 0);
  // Two more where they overtook the changes.
  assert.ok(looking >= 2 * large && looking <= 4 * large, `${looking} looks at ${large} batches`);
  // One to plan each; a few may go out twice to acknowledge what has come.
  assert.ok(subject.fake.queries.length <= hosts.length + 10, `${subject.fake.queries.length} queries`);
});

test('what is remembered saves the reading, and is confirmed by the primary itself', async () => {
  await using subject = await openPrimary();
  await set(subject.primary, www, '192.0.2.1');
  const queries = subject.fake.queries.length;
  assert.equal((await set(subject.primary, www, '192.0.2.2')).kind, 'done');
  const prerequisites = subject.fake.updates.findLast(({ authorities }) => authorities.length > 0)?.answers;
  assert.deepEqual(
    prerequisites?.map(({ type, class: of }) => [type, of]),
    [
      // Where there is an address, there is no alias.
      [Type.A, Class.IN],
      [Type.NS, Class.NONE],
    ],
  );
  assert.equal(subject.fake.queries.length, queries + 1, 'only to see that nothing hides it');
});

test('what somebody else changed meanwhile is read anew, not overwritten unseen', async () => {
  await using subject = await openPrimary();
  await set(subject.primary, www, '192.0.2.1');
  subject.fake.put(www, '192.0.2.66');
  let seen: readonly string[] = [];
  const result = await subject.primary.transact({
    reads: [{ name: www, type: Type.A }],
    plan: (current) => {
      seen = valueTexts(current.recordSet(www, Type.A));
      return { changes: [replacement(www, current, '192.0.2.2')] };
    },
    deadlineMs: performance.now() + 3_000,
  });
  assert.equal(result.kind, 'done');
  assert.deepEqual(seen, ['192.0.2.66']);
  assert.deepEqual(subject.held(www), ['192.0.2.2']);
});

test('one outdated guess in a batch does not stop its neighbours', async () => {
  await using subject = await openPrimary();
  const hosts = Array.from({ length: 30 }, (_, index) => Name.parse(`h${index}.example.com.`));
  await Promise.all(hosts.map((host) => set(subject.primary, host, '198.51.100.1')));
  for (const host of hosts.slice(3, 5)) subject.fake.put(host, '192.0.2.66');
  const results = await Promise.all(hosts.map((host) => set(subject.primary, host, '198.51.100.2')));
  assert.ok(results.every(({ kind }) => kind === 'done'));
  for (const host of hosts) assert.deepEqual(subject.held(host), ['198.51.100.2']);
});

test('silence is no failure and no success', async () => {
  await using subject = await openPrimary();
  subject.fake.behave((exchange) => {
    if (!exchange.isUpdate) honest(exchange);
  });
  const fault = faultOf(await set(subject.primary, www, '192.0.2.1'));
  assert.ok(fault.code === 'unconfirmed' && fault.cause.code === 'timeout');
  assert.equal(subject.changing().length, 1);
});

test('a primary that has been honest, and nods from now on, is not believed', async () => {
  await using subject = await openPrimary();
  assert.equal((await set(subject.primary, www, '192.0.2.1')).kind, 'done');
  subject.fake.behave((exchange) => {
    if (exchange.isUpdate) exchange.send(exchange.sign({ ...exchange.answer, rcode: Rcode.NOERROR }));
    else honest(exchange);
  });
  assert.equal(faultOf(await set(subject.primary, www, '192.0.2.2')).code, 'not-applied');
});

test('one that is in a hurry does not spoil the look for the others', async () => {
  await using subject = await openPrimary({
    ...limits,
    rfc2136: { ...limits.rfc2136, batch: { changes: 100, octets: 64_000, timeoutMs: 1_000 } },
  });
  subject.fake.behave((exchange) => void setTimeout(() => honest(exchange), exchange.isUpdate ? 150 : 0));
  const hosts = Array.from({ length: 20 }, (_, index) => Name.parse(`h${index}.example.com.`));
  // The first change is alone, and all others wait for it.
  const first = set(subject.primary, www, '192.0.2.1');
  await delay(50);
  const results = await Promise.all(
    hosts.map((host, index) => set(subject.primary, host, '192.0.2.1', index === 0 ? 220 : 3_000)),
  );
  assert.equal((await first).kind, 'done');
  assert.ok(results.slice(1).every(({ kind }) => kind === 'done'));
  assert.ok(subject.fake.queries.length <= hosts.length + 15, `${subject.fake.queries.length} queries`);
});

test('a primary that went away is found again, and what it was asked meanwhile fails at once', async () => {
  await using subject = await openPrimary();
  assert.equal((await set(subject.primary, www, '192.0.2.1')).kind, 'done');
  await subject.fake.stop();
  // Until the end of the connections has come here, a message could still be lost on one.
  await delay(50);
  assert.equal(faultOf(await set(subject.primary, www, '192.0.2.2')).code, 'unreachable');
  await subject.fake.listen();
  assert.equal((await set(subject.primary, www, '192.0.2.3')).kind, 'done');
  assert.deepEqual(subject.held(www), ['192.0.2.3']);
});

test('a key that the nameserver does not know is told as that', async () => {
  await using subject = await openPrimary();
  const other = subject.primaryAt(subject.fake.port, { ...key, name: Name.parse('other.') });
  assert.equal(faultOf(await set(other, www, '192.0.2.1')).code, 'unknown-key');
  const wrong = subject.primaryAt(subject.fake.port, { ...key, secret: Buffer.from('another secret') });
  assert.equal(faultOf(await set(wrong, www, '192.0.2.1')).code, 'wrong-signature');
});

test('an answer about another name, or without authority, is no reading', async () => {
  await using subject = await openPrimary();
  subject.fake.behave(({ request, answer, sign, send }) => {
    const questions = request.questions.map((question) => ({ ...question, name: Name.parse('other.example.com.') }));
    send(sign({ ...answer, questions }));
  });
  assert.equal(faultOf(await set(subject.primary, www, '192.0.2.1')).code, 'not-dns');
  subject.fake.behave(({ answer, sign, send }) => send(sign({ ...answer, aa: false })));
  assert.equal(faultOf(await set(subject.primary, www, '192.0.2.1')).code, 'not-authoritative');
});

test('an answer that comes after its time is not taken for that to the next question', async () => {
  await using subject = await openPrimary();
  const late: (() => void)[] = [];
  subject.fake.behave((exchange) => {
    if (exchange.isUpdate && exchange.ordinal === 0) late.push(() => honest(exchange));
    else honest(exchange);
  });
  faultOf(await set(subject.primary, www, '192.0.2.1'));
  for (const send of late) send();
  assert.equal((await set(subject.primary, www, '192.0.2.2')).kind, 'done');
});

test('more than may wait is told to come back', async () => {
  await using subject = await openPrimary({ ...limits, rfc2136: { ...limits.rfc2136, transactions: 3 } });
  subject.fake.behave((exchange) => void setTimeout(() => honest(exchange), 20));
  const results = await Promise.all(
    ['a', 'b', 'c', 'd', 'e'].map((label) => set(subject.primary, Name.parse(`${label}.example.com.`), '192.0.2.1')),
  );
  const codes = results.map((result) => (result.kind === 'failed' ? result.fault.code : 'done'));
  assert.deepEqual(codes, ['done', 'done', 'done', 'busy', 'busy']);
});

test('a transaction that fits no message is refused whole', async () => {
  await using subject = await openPrimary();
  const strings = [Buffer.alloc(255, 'x')];
  const rdatas = Array.from({ length: 240 }, (_, index) => ({
    kind: 'TXT' as const,
    strings: [...strings, Buffer.from(String(index))],
  }));
  const result = await subject.primary.transact({
    reads: [{ name: www, type: Type.TXT }],
    plan: () => ({
      changes: [
        { name: www, type: Type.TXT, before: undefined, after: { name: www, type: Type.TXT, ttlSeconds: 1, rdatas } },
      ],
    }),
    deadlineMs: performance.now() + 3_000,
  });
  assert.equal(faultOf(result).code, 'too-large');
  assert.equal(subject.fake.updates.length, 0);
});

/** RFC 8945 §5.2.1: NOTAUTH with a TSIG record that is not signed. */
function badKey(answer: Message): Uint8Array {
  const nowSeconds = Math.floor(Date.now() / 1000);
  const wire = encodeMessage({ ...answer, rcode: Rcode.NOTAUTH });
  wire[11] = 1;
  const record = tsigRecord(key.name.toString(), 'hmac-sha256.', nowSeconds, '', answer.id, TsigError.BADKEY, '');
  return Buffer.concat([wire, record]);
}

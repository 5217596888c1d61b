import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Type } from '../dns/codes.ts';
import { Name } from '../dns/name.ts';
import { parseAddress } from './address.ts';
import { administrator } from './asker.ts';
import { systemClock } from './clock.ts';
import type { Fault } from './fault.ts';
import { type Hostname, parseHostname } from './hostname.ts';
import type { NameOutcome } from './outcome.ts';
import type { Planned, Primary, Transaction, TransactionResult } from './ports.ts';
import { exactAddresses, type UpdateRequest } from './request.ts';
import { Updater } from './updater.ts';
import { ZoneDirectory } from './zone-directory.ts';

/** Plans against an empty zone, and counts; or fails with the fault it was given. */
class EmptyPrimary implements Primary {
  readonly keepsHistory = false;
  readonly transactions: string[][] = [];
  readonly fault: Fault | undefined;

  constructor(fault?: Fault) {
    this.fault = fault;
  }

  async transact<Plan extends Planned>(transaction: Transaction<Plan>): Promise<TransactionResult<Plan>> {
    this.transactions.push([...new Set(transaction.reads.map(({ name }) => name.toString()))]);
    if (this.fault) return { kind: 'failed', fault: this.fault };
    return {
      kind: 'done',
      plan: transaction.plan({ recordSet: () => undefined, aliasTarget: () => undefined }),
    };
  }

  probe(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}

function hostname(text: string): Hostname {
  const verdict = parseHostname(text);
  assert.ok(verdict.kind === 'hostname');
  return verdict.hostname;
}

function asking(...names: readonly [name: string, address: string][]): UpdateRequest {
  return {
    dialect: 'test',
    asker: administrator({ kind: 'administrator' }, undefined),
    names: names.map(([name, address]) => ({
      hostname: hostname(name),
      intents: exactAddresses(parseAddress(address), undefined),
    })),
  };
}

function open(first: Primary, second: Primary) {
  const settled: (readonly NameOutcome[])[] = [];
  const updater = new Updater({
    zones: new ZoneDirectory([
      { name: Name.parse('one.example.'), primary: first },
      { name: Name.parse('two.example.'), primary: second },
    ]),
    ttl: { defaultSeconds: 300, minSeconds: 30, maxSeconds: 86_400 },
    clock: systemClock,
    observer: { settled: (_request, outcomes) => void settled.push(outcomes) },
    timeoutMs: 1000,
  });
  return { updater, settled };
}

test('the names of one zone go to its primary in one transaction, and outcomes come in the order asked', async () => {
  const [one, two] = [new EmptyPrimary(), new EmptyPrimary()];
  const { updater, settled } = open(one, two);
  const outcomes = await updater.update(
    asking(
      ['a.one.example', '192.0.2.1'],
      ['b.two.example', '192.0.2.2'],
      ['nowhere.example', '192.0.2.3'],
      ['c.one.example', '192.0.2.4'],
    ),
  );
  assert.deepEqual(one.transactions, [['a.one.example.', 'c.one.example.']]);
  assert.deepEqual(two.transactions, [['b.two.example.']]);
  assert.deepEqual(
    outcomes.map((outcome) => [outcome.hostname.toString(), outcome.kind === 'failed' ? outcome.fault.code : 'done']),
    [
      ['a.one.example.', 'done'],
      ['b.two.example.', 'done'],
      ['nowhere.example.', 'unknown-zone'],
      ['c.one.example.', 'done'],
    ],
  );
  assert.deepEqual(settled, [outcomes]);
});

test('a zone that fails does not stop the other', async () => {
  const { updater } = open(new EmptyPrimary({ code: 'timeout', nameserver: '192.0.2.53' }), new EmptyPrimary());
  const outcomes = await updater.update(asking(['a.one.example', '192.0.2.1'], ['b.two.example', '192.0.2.2']));
  assert.deepEqual(
    outcomes.map(({ kind }) => kind),
    ['failed', 'done'],
  );
});

test('where a name is repeated, its last wish counts, and is told each time', async () => {
  const one = new EmptyPrimary();
  const { updater } = open(one, new EmptyPrimary());
  const outcomes = await updater.update(asking(['a.one.example', '192.0.2.1'], ['A.one.example', '192.0.2.2']));
  assert.equal(one.transactions.length, 1);
  for (const outcome of outcomes) {
    assert.ok(outcome.kind === 'done');
    assert.deepEqual(outcome.records.find(({ type }) => type === Type.A)?.after, ['192.0.2.2']);
  }
});

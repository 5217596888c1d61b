import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';

import { Type } from '../../src/dns/codes.ts';
import { Name } from '../../src/dns/name.ts';
import { addressText } from '../../src/updates/address.ts';
import { openZoneReader, readStoredZone } from '../../src/upkeep/stored-zones.ts';
import { dyndns } from '../e2e/cli-process.ts';
import { updatePath } from '../interop/seed-service.ts';
import { launchEmbedded } from '../support/embedded-service.ts';

const zone = 'dyn.example.test';
const clients = 32;
const backups = 4;

/** One update that was answered, or is on its way; on the monotonic clock. */
interface Sent {
  readonly client: number;
  readonly counter: number;
  readonly sentAtMs: number;
  answeredAtMs: number | undefined;
}

const address = (counter: number) => `10.${counter >> 16}.${(counter >> 8) & 0xff}.${counter & 0xff}`;

/** What the copy holds of each client: the number of its last update, 0 before the first. */
async function countersIn(path: string): Promise<ReadonlyMap<number, number>> {
  const opened = await openZoneReader(path);
  assert.ok(opened.kind === 'opened', JSON.stringify(opened));
  const read = await readStoredZone(opened.reader, Name.parse(zone));
  assert.ok(read.kind === 'read', JSON.stringify(read));
  const counters = new Map<number, number>();
  for (const { record } of read.records) {
    const client = /^c(\d+)\./.exec(record.name.toString())?.[1];
    if (client === undefined || record.type !== Type.A || record.rdata.kind !== 'A') continue;
    const [, high = 0, middle = 0, low = 0] = addressText(record.rdata.address).split('.').map(Number);
    counters.set(Number(client), (high << 16) | (middle << 8) | low);
  }
  return counters;
}

test('a backup while updates come at full rate holds all that was answered before it, and nothing without what came before that', async (t) => {
  await using embedded = await launchEmbedded(zone);
  const { service } = embedded;
  const sent: Sent[] = [];
  const over = new AbortController();
  const load = Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      for (let counter = 1; !over.signal.aborted; counter += 1) {
        const update: Sent = { client, counter, sentAtMs: performance.now(), answeredAtMs: undefined };
        sent.push(update);
        const { status, body } = await service.get(updatePath(`c${client}.${zone}`, address(counter)));
        assert.equal(status, 200, body);
        update.answeredAtMs = performance.now();
      }
    }),
  );
  const begins: number[] = [];
  try {
    for (let number = 0; number < backups; number += 1) {
      begins.push(performance.now());
      const { configurationFile, directory } = service;
      const made = await dyndns(['-c', configurationFile, 'backup', `copy${number}.db`], { directory });
      assert.equal(made.exitCode, 0, made.stderr);
      assert.match(made.stdout, /read and sound, 1 zone\n {2}dyn\.example\.test\. +serial \d+/);
    }
  } finally {
    over.abort();
    await load;
  }
  for (const [number, beganAtMs] of begins.entries()) {
    const counters = await countersIn(join(service.directory, `copy${number}.db`));
    const isHeld = ({ client, counter }: Sent) => (counters.get(client) ?? 0) >= counter;
    const answeredBy = (atMs: number) => sent.filter(({ answeredAtMs }) => (answeredAtMs ?? Infinity) < atMs);
    assert.deepEqual(
      answeredBy(beganAtMs).filter((update) => !isHeld(update)),
      [],
      `copy ${number}`,
    );
    const latestHeldAtMs = Math.max(...sent.filter(isHeld).map(({ sentAtMs }) => sentAtMs));
    assert.deepEqual(
      answeredBy(latestHeldAtMs).filter((update) => !isHeld(update)),
      [],
      `copy ${number}`,
    );
    if (number > 0)
      assert.ok(
        sent.some((update) => !isHeld(update)),
        'the load has gone on after the copy',
      );
  }
  t.diagnostic(`${sent.length} updates, ${backups} backups`);
});

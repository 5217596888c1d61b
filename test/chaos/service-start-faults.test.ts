import assert from 'node:assert/strict';
import { cp, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { Name } from '../../src/dns/name.ts';
import { openSqliteZoneStore } from '../../src/store/sqlite/sqlite-zone-store.ts';
import { startDyndns } from '../e2e/cli-process.ts';
import { launchEmbedded } from '../support/embedded-service.ts';
import { freePort } from '../support/free-port.ts';
import { requirePeer } from '../support/peers.ts';
import { storedContent } from '../support/stored-content.ts';
import { createTemporaryDirectory, type TemporaryDirectory } from '../support/temporary-directory.ts';
import { expectChange } from './failing-change.ts';
import { mayTrace } from './fault-injector.ts';
import { doorNames } from './update-doors.ts';

const zone = 'dyn.example.test';
const calls = ['fsync', 'pwrite64', 'ftruncate'] as const;
/** In a soak each call meets both errors, once and from there on. */
const isSoak = process.env['DYNDNS_LONG_FAULTS'] === '1';
const startTimeoutMs = 20_000;
const lanes = 2;

interface Place {
  readonly call: (typeof calls)[number];
  readonly number: number;
}

/** A database as a kill has left it, its newest changes in the log. */
interface Seed {
  readonly path: string;
  readonly names: readonly string[];
}

test('the disk fails while the service starts: it says so with path and remedy, or starts; nothing is lost', async (t) => {
  if (!requirePeer(t, 'strace', 'dig')) return;
  if (!(await mayTrace())) return t.skip('strace may not trace here');
  await using directory = await createTemporaryDirectory('start-faults');
  const seed = await makeSeed(directory);
  const places = await callsOfStart(directory, seed);
  const faults = places.flatMap(({ call, number }) => {
    const errors = isSoak ? ['EIO', 'ENOSPC'] : [number % 2 === 0 ? 'EIO' : 'ENOSPC'];
    const whens = isSoak ? [`${number}`, `${number}+`] : [`${number}+`];
    return errors.flatMap((error) => whens.map((when) => `inject=${call}:error=${error}:when=${when}`));
  });
  const counts = { started: 0, refused: 0 };
  const waiting = faults.values();
  const lane = async () => {
    for (const fault of waiting) counts[await startOn(directory, seed, fault)] += 1;
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  t.diagnostic(`${faults.length} faults: ${counts.refused} starts were refused, ${counts.started} went on`);
  assert.ok(counts.refused > 5 && faults.length > 10);
});

async function makeSeed(directory: TemporaryDirectory): Promise<Seed> {
  await mkdir(join(directory.path, 'seed'));
  const path = join(directory.path, 'seed', 'zones.db');
  await using embedded = await launchEmbedded(zone, { database: path });
  const names: string[] = [];
  for (let number = 0; number < 6; number += 1) names.push(await expectChange(embedded, doorNames[number % 3]!));
  await embedded.service.kill9();
  return { path, names };
}

async function callsOfStart(directory: TemporaryDirectory, seed: Seed): Promise<readonly Place[]> {
  const trace = join(directory.path, 'trace');
  assert.equal(await startOn(directory, seed, undefined, trace), 'started');
  const counts = new Map<string, number>();
  const places: Place[] = [];
  // The end of the process is not its start; it is killed, and so does not come to it.
  for (const [, thread = '', name] of (await readFile(trace, 'utf8')).matchAll(/^(\d+) +(\w+)\(.*zones\.db/gm)) {
    const call = calls.find((each) => each === name);
    if (!call) continue;
    const number = (counts.get(`${thread} ${call}`) ?? 0) + 1;
    counts.set(`${thread} ${call}`, number);
    places.push({ call, number });
  }
  return places;
}

/** Starts the service on a copy of the database, kills it when it has started, and looks what is there then. */
async function startOn(
  directory: TemporaryDirectory,
  seed: Seed,
  fault: string | undefined,
  trace = '/dev/null',
): Promise<'started' | 'refused'> {
  const name = fault === undefined ? 'dry' : fault.replaceAll(/[^\w+]+/g, '-');
  const path = join(directory.path, name, 'zones.db');
  await mkdir(join(directory.path, name));
  for (const suffix of ['', '-wal']) await cp(seed.path + suffix, path + suffix);
  const file = await directory.write(`${name}.yml`, await configuration(path), 0o600);
  await using service = startDyndns(['serve', '--config', file, '--port', '0'], {
    under: [
      ...`strace -D -f -qq -y --seccomp-bpf -o ${trace}`.split(' '),
      ...[`trace=${calls.join(',')}`, ...(fault === undefined ? [] : [fault])].flatMap((word) => ['-e', word]),
    ],
  });
  let hasEnded = false;
  void service.exited.then(() => (hasEnded = true));
  const isDecided = () => hasEnded || service.output().includes('answers DNS');
  const started = await service
    .waitUntil(() => Promise.resolve(isDecided()), startTimeoutMs)
    .then(
      () => !hasEnded,
      () => false,
    );
  if (started) await service.kill9();
  else {
    const { exitCode } = await service.exited;
    assert.equal(exitCode, 1, `${name}: ${service.output()}`);
    const words = service.output().trimEnd();
    assert.match(
      words,
      /^dyndns: (?:The disk failed under|There is no room left to write) \S*zones\.db: .+ \(SQLite \d+\)\. \S.+\.$/,
    );
  }
  await expectAllThere(path, seed, name);
  return started ? 'started' : 'refused';
}

async function configuration(path: string): Promise<string> {
  const dns = { listen: `127.0.0.1:${await freePort()}` };
  return JSON.stringify({ secret: 'abcdefghijklmnop', dns, database: `sqlite:${path}`, zones: [{ name: zone }] });
}

async function expectAllThere(path: string, { names }: Seed, where: string): Promise<void> {
  const opened = await openSqliteZoneStore({ path, unixSeconds: () => 0 });
  assert.ok(opened.kind === 'opened', `${where}: ${JSON.stringify(opened)}`);
  await using store = opened.store;
  assert.deepEqual(await store.check(), { kind: 'sound' }, where);
  const content = await storedContent(store, Name.parse(zone));
  for (const name of names) assert.ok(content?.recordSets[`${name}./1`], `${where}: ${name} is gone`);
}

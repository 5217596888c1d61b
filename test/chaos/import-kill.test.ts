import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import { dyndns } from '../e2e/cli-process.ts';
import { launchEmbedded } from '../support/embedded-service.ts';

const zone = 'dyn.example.test';
const names = 10_000;
/** More of them for a soak. */
const cycles = Number(process.env['DYNDNS_KILL_CYCLES'] ?? 6);
/** An import of this size is under way about so long. */
const longestLifeMs = 2_000;

const textOf = (version: number) =>
  `$TTL 60\n@ SOA a b ${version + 1} 2 3 4 5\n${Array.from({ length: names }, (_, n) => `h${n} TXT "version ${version}"\n`).join('')}`;

test('the service is killed while a zone is imported: all of it is there or nothing, and what was told is true', async (t) => {
  await using embedded = await launchEmbedded(zone);
  const { service } = embedded;
  const { configurationFile, directory } = service;
  const cli = (...args: readonly string[]) =>
    dyndns(['-c', configurationFile, ...args], { directory, timeoutMs: 120_000 });
  const held = async () => {
    const shown = await cli('zone', 'show', zone, '--json');
    assert.equal(shown.exitCode, 0, shown.stderr);
    const { serial, records } = JSON.parse(shown.stdout) as {
      serial: number;
      records: { type: string; value: string }[];
    };
    const values = records.filter(({ type }) => type === 'TXT').map(({ value }) => value);
    const versions = [...new Set(values)];
    assert.equal(versions.length, 1, versions.join());
    assert.equal(values.length, names);
    return { serial, version: Number(/\d+/.exec(versions[0] ?? '')?.[0]) };
  };
  await writeFile(join(directory, 'import.zone'), textOf(0));
  assert.equal((await cli('zone', 'import', zone, 'import.zone')).exitCode, 0);
  let before = await held();
  const codes = new Map<number | null, number>();
  for (let version = 1; version <= cycles; version += 1) {
    await writeFile(join(directory, 'import.zone'), textOf(version));
    const importing = cli('zone', 'import', zone, 'import.zone', '--replace');
    await delay(longestLifeMs * (version / cycles));
    await service.kill9();
    const { exitCode, stderr } = await importing;
    codes.set(exitCode, (codes.get(exitCode) ?? 0) + 1);
    assert.ok(exitCode === 0 || exitCode === 69 || exitCode === 75, `${exitCode} ${stderr}`);
    await service.restart();
    const after = await held();
    assert.ok(after.version === version || (after.version === before.version && exitCode !== 0), `cycle ${version}`);
    assert.ok(after.serial >= before.serial, `cycle ${version}`);
    before = after;
  }
  t.diagnostic(JSON.stringify([...codes]));
});

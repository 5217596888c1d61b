import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { freePort } from '../support/free-port.ts';
import { createTemporaryDirectory, type TemporaryDirectory } from '../support/temporary-directory.ts';
import { dyndns } from './cli-process.ts';

const zone = 'dyn.example.test';
let home: TemporaryDirectory;

const configuration = (zones: string) => `secret: firstSecret
database: sqlite:data/zones.db
zones:
${zones}`;

const both = `  - name: ${zone}
    tsig_key: Zm9vYmFy
    records: |
      @ A 192.0.2.53
      www CNAME @
  - {name: second.example, nameserver: embedded}
  - {name: ext.example, nameserver: 192.0.2.1, tsig_key: Zm9v}
`;

before(async () => {
  home = await createTemporaryDirectory('cli-zone');
  await home.write('.dyndns.yml', configuration(both), 0o600);
  await home.write('good.zone', '$TTL 60\n@ SOA a b 5 2 3 4 5\nhome A 192.0.2.1\n');
  await home.write('hosts.part', '$TTL 60\npart A 192.0.2.7\n');
});

after(async () => {
  await home[Symbol.asyncDispose]();
});

const cli = (...args: readonly string[]) => dyndns(args, { directory: home.path });

test('before there is a database, zones are listed, and nothing is made', async () => {
  const list = await cli('zone', 'list', '--json');
  assert.equal(list.exitCode, 0);
  const unknown = { serial: null, names: null, records: null, dormant: false };
  assert.deepEqual(JSON.parse(list.stdout), [
    { zone: `${zone}.`, kind: 'embedded', ...unknown },
    { zone: 'second.example.', kind: 'embedded', ...unknown },
    { zone: 'ext.example.', kind: 'external', nameserver: '192.0.2.1', ...unknown },
  ]);
  const dry = await cli('zone', 'import', zone, 'good.zone', '--dry-run');
  assert.match(
    dry.stdout,
    /^\+ home\.dyn\.example\.test\. A\n.*the serial would become \d+ \(it was \d+ here, 5 there\)\.\n$/,
  );
  for (const args of [
    ['zone', 'show', zone],
    ['zone', 'export', zone],
    ['backup', 'x.db'],
    ['token', 'list'],
    ['token', 'show', 'abcdefghij'],
    ['token', 'revoke', 'abcdefghij'],
    ['host', 'list'],
    ['host', 'show', `home.${zone}`],
    ['host', 'delete', `home.${zone}`],
    ['history'],
    ['history', `home.${zone}`],
  ]) {
    const { exitCode: code, stderr, stdout: told } = await cli(...args);
    assert.deepEqual([code, told], [1, '']);
    assert.equal(
      stderr,
      `dyndns: There is no database ${home.path}/data/zones.db yet. The service makes it at its first start; else correct "database" in the configuration.\n`,
    );
  }
  await assert.rejects(stat(join(home.path, 'data')), { code: 'ENOENT' });
});

test('an import without a service is there for the next start, and shown', async () => {
  const imported = await cli('zone', 'import', zone, 'good.zone', '--json');
  assert.equal(imported.exitCode, 0, imported.stderr);
  assert.match(imported.stderr, /No service is running/);
  const report = JSON.parse(imported.stdout);
  assert.deepEqual([report.added, report.dryRun, report.importedSerial], [1, false, 5]);
  const listed = await cli('zone', 'list');
  assert.match(
    listed.stdout,
    /^ZONE +KIND +SERIAL +NAMES +RECORDS +DORMANT\ndyn\.example\.test\. +embedded +\d+ +3 +5 {2}no\n/,
  );
  assert.match(listed.stdout, /^ext\.example\. +external \(192\.0\.2\.1\)/m);
  const shown = await cli('zone', 'show', zone);
  assert.match(shown.stdout, /^static {3}dyn\.example\.test\. +3600 {2}SOA /);
  assert.match(shown.stdout, /^dynamic {2}home\.dyn\.example\.test\. +60 {2}A +192\.0\.2\.1$/m);
  const asJson = JSON.parse((await cli('zone', 'show', zone, '--json')).stdout);
  assert.deepEqual(asJson.records.at(-2), {
    name: `home.${zone}.`,
    type: 'A',
    ttlSeconds: 60,
    value: '192.0.2.1',
    origin: 'dynamic',
  });
});

test('a zone that has left the configuration is shown as dormant, and exported', async () => {
  const alone = await home.write(
    'alone.yml',
    configuration('  - {name: second.example, nameserver: embedded}\n'),
    0o600,
  );
  assert.equal((await cli('-c', alone, 'update', 'a.second.example', '192.0.2.1')).exitCode, 0);
  const listed = JSON.parse((await cli('-c', alone, 'zone', 'list', '--json')).stdout);
  assert.deepEqual(
    listed.map((each: { zone: string; dormant: boolean }) => [each.zone, each.dormant]),
    [
      ['second.example.', false],
      [`${zone}.`, true],
    ],
  );
  assert.match((await cli('-c', alone, 'zone', 'show', zone)).stdout, /dynamic {2}home/);
  assert.match((await cli('-c', alone, 'zone', 'export', zone)).stdout, /^home +60 +IN A +192\.0\.2\.1$/m);
  const refused = await cli('-c', alone, 'zone', 'import', zone, 'good.zone');
  assert.equal(refused.exitCode, 1);
  assert.match(
    refused.stderr,
    /dyn\.example\.test\. is no zone of .*alone\.yml\. The zones here are second\.example\./,
  );
  // Back in the configuration, it wakes up with what it had.
  assert.equal((await cli('update', `b.${zone}`, '192.0.2.1')).exitCode, 0);
  assert.match((await cli('zone', 'show', zone)).stdout, /dynamic {2}home/);
});

test('included files are looked for beside the zone file', async () => {
  await home.write('sub/whole.zone', '$TTL 60\n@ SOA a b 6 2 3 4 5\n$INCLUDE part.zone inner\n');
  await home.write('sub/part.zone', 'part A 192.0.2.7\n');
  const { exitCode, stdout, stderr } = await cli('zone', 'import', zone, 'sub/whole.zone', '--merge', '--dry-run');
  assert.equal(exitCode, 0, stderr);
  assert.match(stdout, /^\+ part\.inner\.dyn\.example\.test\. A$/m);
});

/** What is given, the exit code, and what is said. */
const refusals: readonly (readonly [args: readonly string[], exitCode: number, said: RegExp])[] = [
  [['zone'], 2, /zone needs one of list, show, export, import/],
  [['zone', 'imprt'], 2, /there is no command "zone imprt"; did you mean zone import\?/],
  [['zone', 'import'], 2, /zone import needs ZONE \[FILE\]/],
  [['zone', 'import', zone], 2, /needs either a FILE or --from/],
  [['zone', 'import', zone, 'good.zone', '--from', '192.0.2.1'], 2, /and not both/],
  [['zone', 'import', zone, 'good.zone', '--replace', '--merge'], 2, /keep one of the two/],
  [['zone', 'import', zone, 'good.zone', '--key-file', 'x'], 2, /--key-file is for a transfer/],
  [['zone', 'import', zone, '--from', '192.0.2.1:99999'], 2, /--from takes an address or a name/],
  [['zone', 'import', 'a..b', 'good.zone'], 2, /"a\.\.b" is no name of a zone/],
  [
    ['zone', 'import', 'ext.example', 'good.zone'],
    1,
    /ext\.example\. is on the nameserver 192\.0\.2\.1, and not hosted here/,
  ],
  [
    ['zone', 'import', 'nowhere.example', 'good.zone'],
    1,
    /is no zone of .*The zones here are dyn\.example\.test\., second\.example\./,
  ],
  [['zone', 'import', zone, 'missing.zone'], 1, /missing\.zone cannot be read: there is no such file/],
  [['zone', 'import', zone, '.'], 1, /cannot be read: it is no regular file/],
  [['zone', 'import', zone, 'good.zone'], 1, /holds records already .*\n.*--replace.*--merge/],
  [
    ['zone', 'import', zone, 'no-soa.zone', '--merge'],
    1,
    /no-soa\.zone:1:1: The zone dyn\.example\.test\. has no SOA record\. Begin with one/,
  ],
  [
    ['zone', 'import', zone, 'wrong.zone', '--merge'],
    1,
    /^wrong\.zone:3:8: .*\nwrong\.zone:4:1: .*outside of the zone.*\nwrong\.zone:6:1: .*CNAME.*\nwrong\.zone:7:1: \$GENERATE .*named-compilezone/,
  ],
  [
    ['zone', 'import', zone, 'include.zone', '--merge'],
    1,
    /include\.zone:3:1: "none\.zone" cannot be read: there is no such file/,
  ],
  [['zone', 'import', zone, 'long.zone', '--merge'], 1, /(?:long\.zone:\d+:\d+: .*\n){20}There may be more mistakes/],
  [
    ['zone', 'import', zone, 'raw.zone', '--merge'],
    1,
    /raw\.zone:1:1: This is no text, but a zone as BIND writes it for itself/,
  ],
  [
    ['zone', 'import', zone, '--from', '127.0.0.1:1', '--key-file', 'good.zone'],
    1,
    /good\.zone:1:\d+: a key begins with the word key/,
  ],
  [
    ['zone', 'import', zone, '--from', '127.0.0.1:1', '--key-file', 'none.key'],
    1,
    /none\.key cannot be read: there is no such file/,
  ],
  [['zone', 'import', zone, '--from', '127.0.0.1:1'], 69, /could not be transferred .*ECONNREFUSED/],
  [
    ['zone', 'show', 'ext.example'],
    1,
    /has no zone ext\.example\. It is on the nameserver 192\.0\.2\.1: dig @192\.0\.2\.1/,
  ],
  [['zone', 'export', zone, 'good.zone'], 1, /good\.zone is there already/],
  [['zone', 'export', zone, 'no/such/directory'], 1, /cannot be written \(ENOENT\)/],
  [['zone', 'export', zone, '/dev/null', '--force'], 1, /\/dev\/null is no regular file/],
  [['backup', 'good.zone'], 1, /good\.zone is there already/],
  [['backup', 'no/such/file'], 1, /no\/such\/file/],
  [
    ['restore', 'good.zone'],
    1,
    /good\.zone is damaged, or no database at all.*Name a file that "dyndns backup" has written/,
  ],
  [['restore', 'missing.db'], 1, /missing\.db cannot be opened/],
  [['restore', 'data/zones.db'], 1, /is the database itself/],
  [['restore', 'x.db', '--serial', '5'], 2, /--serial takes ZONE=N/],
  [['restore', 'x.db', '--serial', `${zone}=0`], 2, /--serial takes ZONE=N/],
  [['restore', 'x.db', '--serial', 'nowhere.example=5'], 1, /--serial names nowhere\.example\./],
];

test('what cannot be done is refused with what is wrong and what would be right, and changes nothing', async (t) => {
  await home.write('no-soa.zone', '$TTL 60\nhome A 192.0.2.1\n');
  const wrong = [
    '$TTL 60',
    '@ SOA a b 1 2 3 4 5',
    'home A 192.0.2.300',
    'x.other.example. A 192.0.2.1',
    'c A 192.0.2.1',
    'c CNAME d',
    '$GENERATE 1-2 h$ A 192.0.2.$',
    '',
  ];
  await home.write('wrong.zone', wrong.join('\n'));
  await home.write('include.zone', '$TTL 60\n@ SOA a b 1 2 3 4 5\n$INCLUDE none.zone\n');
  await home.write('long.zone', `$TTL 60\n@ SOA a b 1 2 3 4 5\n${'x A nothing\n'.repeat(30)}`);
  await home.write('raw.zone', Uint8Array.of(0, 0, 0, 2, 0, 0, 0, 1));
  const held = (await cli('zone', 'show', zone)).stdout;
  const good = await readFile(join(home.path, 'good.zone'), 'utf8');
  for (const [args, exitCode, said] of refusals)
    await t.test(args.join(' '), async () => {
      const result = await cli(...args);
      assert.equal(result.exitCode, exitCode, result.stderr);
      assert.equal(result.stdout, '');
      assert.match(result.stderr, said);
    });
  assert.equal((await cli('zone', 'show', zone)).stdout, held);
  assert.equal(await readFile(join(home.path, 'good.zone'), 'utf8'), good);
});

test("a file of BIND's with a journal beside it may be old, and that is said", async () => {
  const quiet = await cli('zone', 'import', zone, 'good.zone', '--dry-run', '--replace');
  assert.doesNotMatch(quiet.stderr, /\.jnl/);
  await home.write('journaled.zone', '$TTL 60\n@ SOA a b 5 2 3 4 5\nhome A 192.0.2.1\n');
  await home.write('journaled.zone.jnl', ';BIND LOG V9.2\n');
  const { exitCode, stderr } = await cli('zone', 'import', zone, 'journaled.zone', '--dry-run', '--replace');
  assert.equal(exitCode, 0, stderr);
  assert.match(stderr, /warning: \S+journaled\.zone\.jnl is beside it: .*"rndc sync -clean dyn\.example\.test"/);
});

test('an alias that the configuration has is to be removed there', async () => {
  const { exitCode, stderr } = await cli('update', `www.${zone}`, '192.0.2.1');
  assert.equal(exitCode, 1);
  assert.match(stderr, /or remove the alias from the configuration, at \S+\.dyndns\.yml:\d+, and reload\./);
});

test('a failure is data, too, where data was asked for', async () => {
  for (const [args, code] of [
    [['zone', 'show', 'ext.example'], 'unknown-zone'],
    [['zone', 'import', 'nowhere.example', 'good.zone'], 'unknown-zone'],
    [['zone', 'import', zone, 'wrong.zone', '--merge'], 'source'],
    [['zone', 'import', zone, 'good.zone'], 'refused'],
    [['backup', 'good.zone'], 'exists'],
    [['restore', 'good.zone'], 'refused'],
  ] as const) {
    const { exitCode, stdout, stderr } = await cli(...args, '--json');
    assert.deepEqual([exitCode, stderr], [1, ''], args.join(' '));
    const { error } = JSON.parse(stdout);
    assert.equal(error.code, code);
    assert.notEqual(error.text, '');
  }
});

test('a backup tells what is in it, is for its owner alone, and comes back', async () => {
  const made = await cli('backup', 'copy.db');
  assert.equal(made.exitCode, 0, made.stderr);
  assert.match(
    made.stdout,
    /copy\.db: \d+ octets, written 2\d{3}-.*Z, read and sound, 2 zones\n {2}dyn\.example\.test\. +serial \d+ +\d+ records\n/,
  );
  assert.equal((await stat(join(home.path, 'copy.db'))).mode & 0o777, 0o600);
  const held = (await cli('zone', 'show', zone)).stdout;
  assert.equal((await cli('update', `late.${zone}`, '192.0.2.1')).exitCode, 0);
  const restored = await cli('restore', 'copy.db', '--json');
  assert.equal(restored.exitCode, 0, restored.stderr);
  const { keptAs, zones } = JSON.parse(restored.stdout);
  assert.ok(zones[0].serial > zones[0].serialInBackup);
  const withoutSoa = (text: string) => text.replaceAll(/^.* SOA .*\n/gm, '');
  assert.equal(withoutSoa((await cli('zone', 'show', zone)).stdout), withoutSoa(held));
  // What was there before is a database by itself.
  const kept = await home.write('kept.yml', configuration(both).replace('data/zones.db', keptAs), 0o600);
  assert.match((await cli('-c', kept, 'zone', 'show', zone)).stdout, /late\./);
});

test('a secondary that does not answer is named', async () => {
  const port = await freePort();
  const text = `dns: {notify: ['127.0.0.1:${port}']}\n${configuration(both)}`;
  const file = await home.write('notify.yml', text, 0o600);
  const restored = await cli('-c', file, 'restore', 'copy.db');
  assert.equal(restored.exitCode, 0, restored.stderr);
  assert.match(restored.stderr, new RegExp(`warning: 127\\.0\\.0\\.1:${port} does not answer; what it has`));
});

test('a damaged database gives way to a backup, and is kept with its log', async () => {
  const path = join(home.path, 'data/zones.db');
  await writeFile(path, 'This was a database.\n'.repeat(500));
  const restored = await cli('restore', 'copy.db', '--serial', `${zone}=4000000001`);
  assert.equal(restored.exitCode, 0, restored.stderr);
  assert.match(restored.stderr, /warning: the database before could not be read: .*zones\.db is damaged/);
  assert.match(restored.stdout, /dyn\.example\.test\. has the serial 4000000001 \(\d+ in the backup\)\./);
  const keptAs = /kept as (\S+);/.exec(restored.stdout)?.[1] ?? '';
  assert.match(await readFile(keptAs, 'utf8'), /^This was a database/);
  assert.equal((await cli('update', `late.${zone}`, '192.0.2.1')).exitCode, 0);
});

test('help of the commands that are two words', async () => {
  for (const args of [
    ['zone', '--help'],
    ['help', 'zone'],
  ]) {
    const { exitCode, stdout } = await cli(...args);
    assert.equal(exitCode, 0);
    assert.match(stdout, /^Usage: dyndns zone COMMAND[^]*zone list[^]*zone import ZONE \[FILE\]/);
  }
  for (const command of ['list', 'show', 'export', 'import']) {
    const { stdout } = await cli('zone', command, '--help');
    assert.match(stdout, new RegExp(`^Usage: dyndns zone ${command} `));
    assert.equal((await cli('help', 'zone', command)).stdout, stdout);
  }
});

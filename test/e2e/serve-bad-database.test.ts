import assert from 'node:assert/strict';
import {
  chmod,
  chown,
  copyFile,
  link,
  mkdir,
  readdir,
  readFile,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, test } from 'node:test';

import { Name } from '../../src/dns/name.ts';
import { openSqliteZoneStore } from '../../src/store/sqlite/sqlite-zone-store.ts';
import { freePort } from '../support/free-port.ts';
import { requirePeer } from '../support/peers.ts';
import { address } from '../support/stored-content.ts';
import { createTemporaryDirectory, type TemporaryDirectory } from '../support/temporary-directory.ts';
import { isRoot, nobody } from '../support/unprivileged.ts';
import { dyndns, startDyndns } from './cli-process.ts';

const zone = 'dyn.example.test';
const pageOctets = 4096;

/** What stands where the database should be, and what `dyndns serve` says of it; `PATH` and `DIRECTORY` stand for those. */
interface Case {
  readonly title: string;
  readonly needsRoot?: true;
  /** @param path  there is a sound database of ours, which belongs to the user of the service */
  readonly prepare: (path: string, directory: string) => Promise<void> | void;
  readonly says: string;
}

const damaged = (word: string) =>
  `PATH is damaged, or no database at all: ${word}. Move PATH away together with PATH-wal and PATH-shm, restore a backup, and look after the disk.`;
const unwritable = (word: string) =>
  `PATH cannot be written: ${word}. Let the user of the service write the file and its directory, on a file system that is not mounted read-only.`;
const ofAnother = (word: string) =>
  `PATH-wal or PATH-shm cannot be opened for writing: ${word}. Give PATH, PATH-wal, PATH-shm and their directory to the user of the service (chown).`;

const ofRoot =
  'PATH belongs to the user root, and the service runs as a different one. Give it, whatever is beside it (PATH-wal, PATH-shm, PATH-lock) and their directory to the user of the service (chown).';

const cases: readonly Case[] = [
  {
    title: 'its header is damaged',
    prepare: (path) => overwrite(path, 0, 16),
    says: damaged('file is not a database (SQLite 26)'),
  },
  {
    title: 'its first page is damaged behind the header',
    prepare: (path) => overwrite(path, 100, pageOctets - 100),
    says: damaged('database disk image is malformed (SQLite 11)'),
  },
  {
    title: 'pages in its middle are damaged',
    prepare: (path) => overwrite(path, 20 * pageOctets, 10 * pageOctets),
    says: damaged('database disk image is malformed (SQLite 11)'),
  },
  {
    title: 'it was cut off within a page',
    prepare: (path) => truncate(path, 20 * pageOctets + 1000),
    says: damaged('database disk image is malformed (SQLite 11)'),
  },
  {
    title: 'it was cut off within its header',
    prepare: (path) => truncate(path, 50),
    says: damaged('database disk image is malformed (SQLite 11)'),
  },
  {
    title: 'it is a text',
    prepare: (path) => writeFile(path, 'zones: [dyn.example.test]\n'.repeat(100)),
    says: damaged('file is not a database (SQLite 26)'),
  },
  {
    title: 'its log is garbage',
    prepare: (path) => giveAway(`${path}-wal`, Buffer.alloc(3 * pageOctets, 0x5a)),
    says: 'PATH-wal is damaged: it does not begin as a log of SQLite does, so the newest changes cannot be read. Restore a backup; or move PATH-wal away, start with what PATH holds without them, and look after the disk.',
  },
  {
    title: "it is another program's",
    prepare: (path) => change(path, 'PRAGMA application_id = 7'),
    says: 'PATH is a database, but not one of dyndns (application_id 7). Name another file for the database, or move this one away.',
  },
  {
    title: 'a newer version has written it',
    prepare: (path) => change(path, 'PRAGMA user_version = 99'),
    says: 'PATH was written by a newer dyndns (schema 99; this one knows 2). Start the newer version again, or restore a backup that was made before the upgrade.',
  },
  {
    title: 'it is a directory',
    prepare: async (path) => {
      await rm(path);
      await mkdir(path);
    },
    says: 'PATH is a directory. Name a file for the database, such as PATH/dyndns.db.',
  },
  {
    title: 'it has another name that is no symbolic link',
    prepare: (path, directory) => link(path, join(directory, 'other.db')),
    says: 'PATH has another name (hard links), under which another dyndns could change it at the same time. Remove what "find DIRECTORY -samefile PATH" shows besides it; a symbolic link is fine.',
  },
  {
    title: 'its directory and the one above are missing',
    prepare: (_path, directory) =>
      rm(directory, { recursive: true }).then(() => rm(join(directory, '..'), { recursive: true })),
    says: "PATH cannot be opened: ENOENT: no such file or directory, mkdir 'DIRECTORY'. Make its directory, and let the user of the service read and write there.",
  },
  {
    title: 'it may only be read',
    needsRoot: true,
    prepare: (path) => chmod(path, 0o444),
    says: unwritable("EACCES: permission denied, access 'PATH'"),
  },
  {
    title: 'it belongs to another user',
    needsRoot: true,
    prepare: (path) => chown(path, 0, 0),
    says: ofRoot,
  },
  {
    title: 'its directory may only be read',
    needsRoot: true,
    prepare: (_path, directory) => chmod(directory, 0o555),
    says: unwritable("EACCES: permission denied, access 'DIRECTORY'"),
  },
  {
    title: 'its directory belongs to another user',
    needsRoot: true,
    prepare: (_path, directory) => chown(directory, 0, 0),
    says: unwritable("EACCES: permission denied, access 'DIRECTORY'"),
  },
  {
    title: 'it is to be made in the directory of another user',
    needsRoot: true,
    prepare: async (path, directory) => {
      await rm(path);
      await chown(directory, 0, 0);
    },
    says: unwritable("EACCES: permission denied, access 'DIRECTORY'"),
  },
  {
    title: 'root has made its directory',
    needsRoot: true,
    prepare: async (_path, directory) => {
      await chown(directory, 0, 0);
      await chmod(directory, 0o700);
    },
    says: ofRoot,
  },
  {
    title: 'nobody may look into its directory',
    needsRoot: true,
    prepare: (_path, directory) => chmod(directory, 0),
    says: unwritable("EACCES: permission denied, stat 'PATH'"),
  },
  {
    title: 'its log was left by root',
    needsRoot: true,
    prepare: (path) => writeFile(`${path}-wal`, '', { mode: 0o600 }),
    says: ofAnother("EACCES: permission denied, access 'PATH-wal'"),
  },
];

let place: TemporaryDirectory;
let sound: string;

before(async () => {
  place = await createTemporaryDirectory('bad-database', 'nobody');
  sound = join(place.path, 'sound.db');
  const opened = await openSqliteZoneStore({ path: sound, unixSeconds: () => 0 });
  assert.ok(opened.kind === 'opened');
  await using store = opened.store;
  const origin = Name.parse(zone);
  const recordSets = Array.from({ length: 2000 }, (_, number) => address(origin.prepend(`h${number}`), 1));
  assert.deepEqual(await store.create({ zone: origin, serial: 1, recordSets }), { kind: 'committed' });
});

after(() => place[Symbol.asyncDispose]());

for (const [number, { title, needsRoot, prepare, says }] of cases.entries())
  test(`a database that cannot be used: ${title}`, async (t) => {
    if (needsRoot && !isRoot()) return t.skip('only root can make files of two users');
    const { path, directory, serve } = await setUp(`${number}`);
    await prepare(path, directory);
    const { exitCode, stdout, stderr } = await dyndns(serve, { asNobody: true });
    assert.equal(stderr, `dyndns: ${says.replaceAll('PATH', path).replaceAll(/DIRECTORY(?! -)/g, directory)}\n`);
    assert.equal(stdout, '');
    assert.equal(exitCode, 1);
  });

test('a database that another service uses: the one that has it is named, and goes on', async (t) => {
  if (!requirePeer(t, 'dig')) return;
  const { path, serve } = await setUp('two');
  await rm(path);
  await using first = startDyndns(serve, { asNobody: true });
  await first.waitUntil(() => Promise.resolve(first.output().includes('answers DNS')), 20_000);
  const { exitCode, stderr } = await dyndns(serve, { asNobody: true });
  assert.equal(
    stderr,
    `dyndns: ${path} is in use by process ${first.pid}: only one at a time can change it. Stop the other dyndns first, or ask it.\n`,
  );
  assert.equal(exitCode, 1);
  assert.equal((await first.stop()).exitCode, 0);
  assert.deepEqual((await readFile(path)).subarray(0, 15).toString(), 'SQLite format 3');
});

test('a symbolic link to a database is the same database: for its lock, its files and its door', async (t) => {
  if (!requirePeer(t, 'dig')) return;
  const { path, directory, serve, file } = await setUp('linked');
  await rm(path);
  const links = dirname(await place.write('links/why.txt', 'Links are here.', 0o644));
  await symlink(path, join(links, 'by-file.db'));
  await symlink(directory, join(links, 'by-directory'));
  await using first = startDyndns(serve, { asNobody: true });
  await first.waitUntil(() => Promise.resolve(first.output().includes('answers DNS')), 20_000);
  for (const other of ['by-file.db', 'by-directory/zones.db']) {
    const linked = join(links, other);
    const text = (await readFile(file, 'utf8')).replace(path, linked).replace(/127\.0\.0\.1:\d+/, '127.0.0.1:0');
    const linkedFile = await place.write(`linked-${other.length}.yml`, text, 0o600);
    const second = await dyndns(['-c', linkedFile, 'serve', '--port', '0'], { asNobody: true });
    assert.match(second.stderr, new RegExp(`^dyndns: \\S+ is in use by process ${first.pid}:`));
    assert.equal(second.exitCode, 1);
    const updated = await dyndns(['-c', linkedFile, 'update', `a.${zone}`, '192.0.2.1'], { asNobody: true });
    assert.match(`${updated.stdout}${updated.stderr}`, /^(?:UPDATED|UNCHANGED): a\./);
  }
  assert.equal((await first.stop()).exitCode, 0);
  assert.deepEqual((await readdir(links)).sort(), ['by-directory', 'by-file.db', 'why.txt']);
});

async function setUp(name: string): Promise<{
  readonly path: string;
  readonly directory: string;
  readonly serve: readonly string[];
  readonly file: string;
}> {
  const directory = join(place.path, name, 'data');
  const path = join(directory, 'zones.db');
  const configuration = {
    secret: 'abcdefghijklmnop',
    dns: { listen: `127.0.0.1:${await freePort()}` },
    database: `sqlite:${path}`,
    zones: [{ name: zone }],
  };
  const file = await place.write(`${name}.yml`, JSON.stringify(configuration), 0o600);
  await mkdir(directory, { recursive: true });
  await copyFile(sound, path);
  if (isRoot()) for (const each of [join(directory, '..'), directory, path]) await chown(each, nobody.uid, nobody.gid);
  await chmod(path, 0o600);
  return { path, directory, file, serve: ['serve', '--config', file, '--port', '0'] };
}

async function overwrite(path: string, at: number, count: number): Promise<void> {
  const octets = await readFile(path);
  assert.ok(octets.length >= at + count, `${octets.length}`);
  await writeFile(path, octets.fill(0xee, at, at + count));
}

async function giveAway(path: string, octets: Uint8Array): Promise<void> {
  await writeFile(path, octets, { mode: 0o600 });
  if (isRoot()) await chown(path, nobody.uid, nobody.gid);
}

function change(path: string, sql: string): void {
  using database = new DatabaseSync(path);
  database.exec(sql);
}

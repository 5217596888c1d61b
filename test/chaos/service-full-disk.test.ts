import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { type EmbeddedService, launchEmbedded } from '../support/embedded-service.ts';
import { requirePeer } from '../support/peers.ts';
import { isRoot } from '../support/unprivileged.ts';
import {
  expectChange,
  expectUnseen,
  lookUp,
  tryChange,
  untilChangesAreTaken,
  untilReady,
  untilSaid,
} from './failing-change.ts';
import { mountOwnDisk, type OwnDisk } from './own-disk.ts';
import { doorNames } from './update-doors.ts';

const zone = 'dyn.example.test';

test('the disk is full: changes fail by every door, answers go on, and room is all that it takes', async (t) => {
  await using disk = await diskOrSkip(t, 'mount -t tmpfs -o size=1m none "$1"');
  if (!disk) return;
  await using embedded = await serveOn(disk);
  const { service } = embedded;
  const known = await expectChange(embedded, 'http');
  const failed: string[] = [];
  for (const end of ['room', 'kill', 'end']) {
    const logBefore = service.log().length;
    await disk.fillUp();
    for (const door of doorNames) failed.push(await expectFailure(embedded, door, `full, ${door}`, known));
    const body = await untilReady(embedded, false);
    assert.match(body, /There is no room left to write \S+zones\.db: /);
    await untilSaid(
      embedded,
      logBefore,
      /"CRITICAL".*There is no room left to write \S+zones\.db: .*Free space on that file system\./,
    );
    if (end === 'kill') await service.kill9();
    if (end === 'end') await service.stop();
    if (end !== 'room')
      t.diagnostic(`started on the full disk after a ${end}: ${await startOnFullDisk(embedded, known)}`);
    await disk.makeRoom();
    if (end === 'room') await untilSaid(embedded, logBefore, /The database takes changes again/);
    else await service.restart();
    await untilReady(embedded, true);
    await untilChangesAreTaken(embedded, 'tcp');
    for (const name of failed) await expectUnseen(embedded, name, end);
    assert.equal((await lookUp(embedded, known)).answers.length, 1, end);
  }
});

test('a disk that is full to the last page at the start is called full, and not failing', async (t) => {
  await using disk = await diskOrSkip(t, 'mount -t tmpfs -o size=1m none "$1"');
  if (!disk) return;
  await using embedded = await serveOn(disk);
  const known = await expectChange(embedded, 'http');
  await embedded.service.stop();
  // The log went with the service, and left its room.
  await disk.fillUp();
  assert.equal(await startOnFullDisk(embedded, known), 'it says so and ends');
  await disk.makeRoom();
  await embedded.service.restart();
  assert.equal((await lookUp(embedded, known)).answers.length, 1);
});

test('the file system turns read-only under the service: answers go on, and nothing that was acknowledged is lost', async (t) => {
  if (!requirePeer(t, 'mkfs.ext4')) return;
  const make = 'truncate -s 8M "$2" && mkfs.ext4 -q "$2"';
  await using disk = await diskOrSkip(t, `${make} && mount -o loop,errors=remount-ro "$2" "$1"`);
  if (!disk) return;
  await using embedded = await serveOn(disk);
  const { service } = embedded;
  const kept: string[] = [];
  for (const door of doorNames) kept.push(await expectChange(embedded, door));
  const [known] = kept;
  assert.ok(known);
  const logBefore = service.log().length;
  const device = (await disk.run('findmnt', '--noheadings', '--output', 'SOURCE', disk.path)).trim();
  // As the kernel does when it finds the file system damaged.
  await disk.run('sh', '-c', `echo 1 > /sys/fs/ext4/${device.replace('/dev/', '')}/trigger_fs_error`);
  const failed: string[] = [];
  for (const door of doorNames) failed.push(await expectFailure(embedded, door, `read-only, ${door}`, known));
  assert.match(await untilReady(embedded, false), /zones\.db/);
  await untilSaid(embedded, logBefore, /"CRITICAL".*Changes are suspended, and answers go on\. .*zones\.db/);
  await service.kill9();
  // Started on it as it is, it says what is wrong.
  const refusal = await service.restart().then(
    () => '',
    (error: Error) => error.message,
  );
  assert.match(
    refusal,
    /exit code 1[^]*dyndns: \S+zones\.db cannot be written: .*read-?only.* Let the user of the service/i,
  );
  // What an administrator would do.
  await disk.run('umount', disk.path);
  await disk.run('sh', '-c', `e2fsck -fy ${join(disk.path, '..', 'image')} || test $? -le 1`);
  await disk.run('mount', '-o', 'loop,errors=remount-ro', join(disk.path, '..', 'image'), disk.path);
  await service.restart();
  for (const name of kept) assert.equal((await lookUp(embedded, name)).answers.length, 1, name);
  for (const name of failed) await expectUnseen(embedded, name, 'after the repair');
  await expectChange(embedded, 'udp');
});

/** Copying the log into the database may make room, and may need some. */
async function startOnFullDisk(embedded: EmbeddedService, known: string): Promise<string> {
  try {
    await embedded.service.restart();
  } catch (error) {
    assert.match(
      String(error),
      /exit code 1[^]*dyndns: There is no room left to write \S+zones\.db: .* Free space on that file system\.\n/,
    );
    return 'it says so and ends';
  }
  assert.equal((await lookUp(embedded, known)).answers.length, 1);
  return 'it answers';
}

/** @returns undefined where this machine does not let us, and the test is skipped */
async function diskOrSkip(t: TestContext, mount: string): Promise<OwnDisk | undefined> {
  try {
    return await mountOwnDisk(mount);
  } catch (error) {
    // A container without the right to mount is no fault of ours, root or not.
    const reason = `no file system can be mounted here${isRoot() ? '' : ' without root'}: ${String(error)}`;
    t.skip(reason);
    return undefined;
  }
}

async function serveOn(disk: OwnDisk): Promise<EmbeddedService> {
  return await launchEmbedded(zone, { database: join(disk.path, 'zones.db'), process: { under: disk.under } });
}

async function expectFailure(
  embedded: EmbeddedService,
  door: (typeof doorNames)[number],
  where: string,
  known: string,
): Promise<string> {
  const { name, told } = await tryChange(embedded, door, where, known);
  assert.equal(told.outcome, 'failed', `${where}: ${told.text}`);
  return name;
}

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { startProcess } from '../support/process.ts';
import { createTemporaryDirectory } from '../support/temporary-directory.ts';

/** A file system of its own in a mount namespace of its own, which both end with the process that holds them. */
export interface OwnDisk extends AsyncDisposable {
  /** Where it is mounted, for whoever is in the namespace. */
  readonly path: string;
  /** The command to run a process under that is in the namespace. */
  readonly under: readonly string[];
  /** Runs a command in the namespace. @returns what it printed */
  run(...words: readonly string[]): Promise<string>;
  /** Writes a file until there is no room left. */
  fillUp(): Promise<void>;
  makeRoom(): Promise<void>;
}

const mountTimeoutMs = 10_000;
const filler = 'filler';
const pageOctets = 4096;
const execute = promisify(execFile);

/**
 * @param mount  shell words that mount the file system at `$1`; `$2` is the path of a file that does not exist yet
 * @throws where this user may not mount, or not this
 */
export async function mountOwnDisk(mount: string): Promise<OwnDisk> {
  await using stack = new AsyncDisposableStack();
  const directory = stack.use(await createTemporaryDirectory('own-disk'));
  const path = join(directory.path, 'data');
  await mkdir(path);
  const script = `${mount} && echo mounted && exec sleep infinity`;
  const holder = startProcess({
    title: 'the holder of a file system',
    command: 'unshare',
    args: ['--mount', 'sh', '-c', script, 'sh', path, join(directory.path, 'image')],
  });
  stack.defer(async () => void (await holder.kill9()));
  await holder.waitUntil(() => Promise.resolve(holder.output().includes('mounted')), mountTimeoutMs);
  const under = ['nsenter', `--mount=/proc/${holder.pid}/ns/mnt`];
  const inside = join(`/proc/${holder.pid}/root`, path);
  const owned = stack.move();
  return {
    path,
    under,
    run: async (...words) => {
      const [command, ...args] = [...under, ...words];
      assert.ok(command !== undefined);
      const { stdout, stderr } = await execute(command, args);
      return stdout + stderr;
    },
    fillUp: async () => {
      await using file = await open(join(inside, filler), 'a');
      const page = Buffer.alloc(pageOctets);
      for (;;) {
        const fault = await file.write(page).then(
          () => undefined,
          (error: NodeJS.ErrnoException) => error.code,
        );
        if (fault === undefined) continue;
        assert.equal(fault, 'ENOSPC');
        return;
      }
    },
    makeRoom: () => rm(join(inside, filler)),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

import { chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { isRoot, nobody } from './unprivileged.ts';

export interface TemporaryDirectory extends AsyncDisposable {
  readonly path: string;
  /** Writes a file below the directory, for its owner, and returns its path. */
  write(name: string, content: string | Uint8Array, mode?: number): Promise<string>;
}

/**
 * A fresh directory, gone with everything in it when it is disposed of.
 *
 * @param owner  `nobody`: an unprivileged process may write in it; without root it is the user's own all the same
 */
export async function createTemporaryDirectory(
  purpose: string,
  owner: 'user' | 'nobody' = 'user',
): Promise<TemporaryDirectory> {
  const path = await mkdtemp(join(tmpdir(), `dyndns-${purpose}-`));
  const giveAway = async (file: string) => {
    if (owner === 'nobody' && isRoot()) await chown(file, nobody.uid, nobody.gid);
  };
  await giveAway(path);
  return {
    path,
    write: async (name, content, mode = 0o644) => {
      const file = join(path, name);
      const parent = dirname(file);
      if (parent !== path) {
        await mkdir(parent, { recursive: true });
        await giveAway(parent);
      }
      await writeFile(file, content, { mode });
      await giveAway(file);
      return file;
    },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 3 }),
  };
}

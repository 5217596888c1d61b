import { realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * The one path of a database that is named by several: symbolic links are followed, as SQLite does before it names the files beside it.
 * Of what does not exist yet, the directories are followed that do.
 *
 * @param path  absolute
 */
export function realDatabasePath(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    const directory = dirname(path);
    return directory === path ? path : join(realDatabasePath(directory), basename(path));
  }
}

import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

import type { StoreFault } from './store-fault.ts';

/** Why this user may not look into a database, or not change it: it is another's. Undefined where there is another reason, or none. */
export function otherUserFault(path: string, wish: 'read' | 'change'): StoreFault | undefined {
  try {
    accessSync(path, wish === 'read' ? constants.R_OK : constants.R_OK | constants.W_OK);
    if (wish === 'change') accessSync(dirname(path), constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EACCES')) return undefined;
    const uid = ownerOf(path);
    if (uid === undefined || uid === process.geteuid?.()) return undefined;
    return { code: 'forbidden', path, owner: userName(uid) };
  }
}

/** Of the file, or, where that may not be seen, of the directory that hides it. */
function ownerOf(path: string): number | undefined {
  try {
    return statSync(path).uid;
  } catch {
    return dirname(path) === path ? undefined : ownerOf(dirname(path));
  }
}

/** As passwd(5) has it; whoever is known elsewhere alone stays without a name. */
function userName(uid: number): string | undefined {
  try {
    const users = readFileSync('/etc/passwd', 'utf8').split('\n');
    return users.map((line) => line.split(':')).find(([, , id]) => id === String(uid))?.[0];
  } catch {
    return undefined;
  }
}

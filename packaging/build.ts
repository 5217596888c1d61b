import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Makes dist/ for publishing: the sources without their types. Node strips types by itself, but not below node_modules,
 * where a published package lives.
 */
const root = join(import.meta.dirname, '..');
rmSync(join(root, 'dist'), { recursive: true, force: true });
const { error, status } = spawnSync(
  join(root, 'node_modules', '.bin', 'tsc'),
  ['--project', join(root, 'packaging', 'tsconfig.json')],
  {
    cwd: root,
    stdio: 'inherit',
  },
);
if (error) throw error;
process.exitCode = status ?? 1;

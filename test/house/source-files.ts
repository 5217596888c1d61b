import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A file of ours: its path from the root of the repository, with slashes, and what stands in it. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** A sentence that names the file and says what would be right. */
export type Complaint = string;

export function readSourceFiles(pattern: string): readonly SourceFile[] {
  return globSync(pattern, { cwd: root })
    .sort()
    .map((path) => ({ path: path.replaceAll('\\', '/'), text: readFileSync(join(root, path), 'utf8') }));
}

export function isTest(path: string): boolean {
  return path.endsWith('.test.ts');
}

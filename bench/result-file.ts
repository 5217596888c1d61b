import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('./results/', import.meta.url));

/** Keeps what a run measured, so that two runs can be compared. */
export async function writeResult(bench: string, at: Date, result: object): Promise<string> {
  await mkdir(folder, { recursive: true });
  const moment = at.toISOString().replaceAll(/[-:]/g, '').slice(0, 15);
  const file = `${folder}${bench}-${moment}.json`;
  await writeFile(file, `${JSON.stringify(result, undefined, 2)}\n`);
  return file;
}

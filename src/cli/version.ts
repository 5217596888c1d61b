import { readFileSync } from 'node:fs';

/** The version of the package; its description stands one folder above both src/ and dist/. */
export function packageVersion(): string {
  const description: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  if (typeof description === 'object' && description !== null && 'version' in description) {
    return String(description.version);
  }
  throw new Error('package.json names no version');
}

import { dirname, isAbsolute, resolve } from 'node:path';
import type { Position, ProblemList } from './problem.ts';
import { isHarmless } from './quoted.ts';

export type SecretFile =
  | { readonly kind: 'text'; readonly text: string; readonly isReadableByOthers: boolean }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** Reads one file with a secret; never throws for what the file or its owner did. */
export type SecretFileReader = (path: string) => Promise<SecretFile>;

/** What reading a secret needs besides the keys themselves. */
export interface SecretContext {
  /** The configuration file. */
  readonly file: string;
  readonly problems: ProblemList;
  readonly warnings: string[];
  readonly readFile: SecretFileReader;
}

/** The text of a file that the configuration names, or undefined after telling why there is none. */
export async function readSecretFile(
  written: string,
  position: Position,
  context: SecretContext,
): Promise<{ path: string; text: string } | undefined> {
  const path = resolve(dirname(context.file), written);
  const file = await context.readFile(path);
  if (file.kind === 'unreadable') {
    const named =
      isHarmless(written) || (isAbsolute(written) && !written.endsWith('=')) ? path : 'the file that is named here';
    context.problems.add(position, `${named} cannot be read: ${file.reason}; name a file that this service may read`);
    return undefined;
  }
  if (file.isReadableByOthers) context.warnings.push(othersMayRead(path));
  return { path, text: file.text };
}

export function othersMayRead(path: string): string {
  return `${path}: every user of this machine may read the secrets in it; chmod o-rwx keeps them to its owner and group`;
}

import { defaultPageEntries } from './field-schemas.ts';
import type { Visit } from './operation.ts';
import type { Problem } from './problem.ts';
import { invalidCursor } from './request-problems.ts';

interface PageQuery {
  readonly cursor?: string | undefined;
  readonly limit?: number | undefined;
}

/** Where a page begins and how long it is. */
export interface PageStart {
  /** Undefined: at the beginning. */
  readonly position: string | undefined;
  readonly atMost: number;
  readonly nextCursor: (position: string) => string;
}

/** @param list  which list, with what filters it: a cursor is good for nothing else */
export function readPage({ cursors, asker }: Visit, list: string, { cursor, limit }: PageQuery): PageStart | Problem {
  const { credential } = asker;
  // What another credential may see begins elsewhere.
  const sealedFor = `${list}\0${credential.kind === 'token' ? credential.id : ''}`;
  const position = cursor === undefined ? undefined : cursors.open(sealedFor, cursor);
  if (cursor !== undefined && position === undefined) return invalidCursor;
  return {
    position,
    atMost: limit ?? defaultPageEntries,
    nextCursor: (next) => cursors.seal(sealedFor, next),
  };
}

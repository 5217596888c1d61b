import type { IncomingHttpHeaders } from 'node:http';

/** What a request says of the version that it is meant for (RFC 9110 §13.1). */
export interface Preconditions {
  /** Undefined: whatever there is. `any`: there has to be something. */
  readonly ifMatch: EntityTags | undefined;
  /** `any`: there must be nothing yet. */
  readonly ifNoneMatch: EntityTags | undefined;
}

/** The strong ones as they are written, without quotes; those that are weak or none of ours match nothing. */
export type EntityTags = 'any' | ReadonlySet<string>;

/** What tells two states of a thing apart; a text has no quotes in it. */
export type Version = number | string;

/** A strong entity tag (RFC 9110 §8.8.3): the version in quotes. */
export function entityTag(version: Version): string {
  return `"${version}"`;
}

export function readPreconditions(headers: IncomingHttpHeaders): Preconditions {
  return { ifMatch: readTags(headers['if-match'], false), ifNoneMatch: readTags(headers['if-none-match'], true) };
}

/**
 * Compares strongly for If-Match, so that a weak tag matches nothing, and weakly for If-None-Match (RFC 9110 §13.1.1, §13.1.2).
 */
function readTags(header: string | undefined, isWeak: boolean): EntityTags | undefined {
  if (header === undefined) return undefined;
  if (header.trim() === '*') return 'any';
  const tags = new Set<string>();
  for (const [, weak, tag = ''] of header.matchAll(/(W\/)?"([^"]*)"/g)) if (isWeak || weak === undefined) tags.add(tag);
  return tags;
}

/** @param version  of what there is; undefined where there is nothing */
export function holds({ ifMatch, ifNoneMatch }: Preconditions, version: Version | undefined): boolean {
  if (ifMatch !== undefined && !matches(ifMatch, version)) return false;
  return ifNoneMatch === undefined || !matches(ifNoneMatch, version);
}

export function matches(tags: EntityTags, version: Version | undefined): boolean {
  return version !== undefined && (tags === 'any' || tags.has(String(version)));
}

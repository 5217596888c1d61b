import type { HostView } from '../door/administration-orders.ts';
import { localTime } from './local-time.ts';

type Sighting = NonNullable<HostView['last_seen']>;

/** When somebody was last heard of, from where, and how; what a command did on this machine has no place. */
export function sightingText(sighting: Sighting | null): string {
  if (sighting === null) return 'never';
  const { at, source, dialect, outcome } = sighting;
  return `${localTime(at)}${source === null ? '' : ` from ${source}`} by ${dialect}: ${outcome}`;
}

/** For a cell of a table. */
export function shortSighting({ at, source }: Sighting, how: string): string {
  return [localTime(at), source, how].filter((piece) => piece !== null).join(' ');
}

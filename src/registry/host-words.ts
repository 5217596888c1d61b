import type { Name } from '../dns/name.ts';
import type { Hostname } from '../updates/hostname.ts';

/**
 * Why hosts cannot be as they are wished, in words: sentences without a full stop, which begin with a word and not with a name, since a first
 * letter is made a capital.
 *
 * Whoever may not know of a host is not told its name.
 */
export type MayName = (name: Hostname) => boolean;

const mostNamed = 3;

/** @param followers  at least one */
export function followedReason(followers: readonly Hostname[], mayName: MayName): string {
  const names = followers.filter(mayName).slice(0, mostNamed).map(nameWords);
  const others = followers.length - names.length;
  if (names.length === 0) return others === 1 ? 'another host follows it' : `${others} other hosts follow it`;
  if (others > 0) return `the hosts ${names.join(', ')} and ${others} more follow it`;
  return names.length === 1 ? `the host ${names.join('')} follows it` : `the hosts ${names.join(', ')} follow it`;
}

/** @param chain  whom it would follow, and whom that one follows, up to itself */
export function circleReason(name: Hostname, chain: readonly Hostname[], mayName: MayName): string {
  const start = `the host ${nameWords(name)} would follow itself`;
  if (!chain.every(mayName)) return `${start}, by way of others`;
  return `${start}: it ${chain.map((each) => `follows ${nameWords(each)}`).join(', which ')}`;
}

export function zoneReason(name: Hostname, zones: readonly Name[]): string {
  const named = zones.slice(0, mostNamed).map(nameWords);
  const others = zones.length - named.length;
  const list = others > 0 ? `${named.join(', ')} and ${others} more` : named.join(', ');
  return `the name ${nameWords(name)} lies in none of the zones (${list})`;
}

/** As people write it: without the dot at its end. */
export function nameWords(name: Name): string {
  const text = name.toString();
  return text === '.' ? text : text.slice(0, -1);
}

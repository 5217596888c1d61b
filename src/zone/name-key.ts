import { Name } from '../dns/name.ts';

/**
 * Names as a zone keeps them: `Name.key`, the wire form with ASCII letters in lower case, one UTF-16 unit an octet.
 *
 * A string takes a third of the memory of a `Name`, and its tails are the keys of the names above it.
 */
export type NameKey = string;

/** The name of a key. Its case is lower, whatever it once was. */
export function nameOfKey(key: NameKey): Name {
  return Name.fromWire(Buffer.from(key, 'latin1'));
}

/** The key of the name above; the root has none above it, and must not be asked for. */
export function parentKey(key: NameKey): NameKey {
  return key.slice(1 + key.charCodeAt(0));
}

/** The wildcard just below a name (RFC 4592 §2.1.1). */
export function wildcardKey(parent: NameKey): NameKey {
  return `\x01*${parent}`;
}

/** Whether the first label is one asterisk (RFC 4592 §2.1.1). */
export function isWildcardKey(key: NameKey): boolean {
  return key.startsWith('\x01*');
}

/** Whether the name is the ancestor or below it, label by label. */
export function isKeyAtOrBelow(key: NameKey, ancestor: NameKey): boolean {
  const surplus = key.length - ancestor.length;
  if (surplus < 0 || !key.endsWith(ancestor)) return false;
  let offset = 0;
  while (offset < surplus) offset += 1 + key.charCodeAt(offset);
  return offset === surplus;
}

/** The same key in a string of its own, which keeps no longer one alive. */
export function compactKey(key: NameKey): NameKey {
  return Buffer.from(key, 'latin1').toString('latin1');
}

/** ASCII letters in lower case, other octets as they are: RFC 4343 §3 knows no others, unlike `toLowerCase`. */
export function foldCase(octets: string): string {
  return octets.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

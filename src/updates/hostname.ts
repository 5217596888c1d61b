import { Name } from '../dns/name.ts';

declare const hostnameBrand: unique symbol;

/** A lower-case name that may hold address records; only {@link parseHostname} makes one. */
export type Hostname = Name & { readonly [hostnameBrand]: true };

export type HostnameFault =
  | { readonly kind: 'empty' }
  | { readonly kind: 'label'; readonly label: string; readonly name: string }
  | { readonly kind: 'numeric-top-level'; readonly label: string; readonly name: string }
  | { readonly kind: 'too-long'; readonly name: string };

export type HostnameVerdict =
  | { readonly kind: 'hostname'; readonly hostname: Hostname }
  | { readonly kind: 'invalid'; readonly fault: HostnameFault };

/** RFC 1035 §2.3.4 allows 255 octets on the wire, which leaves 253 characters of text. */
const longestNameCharacters = 253;

/** Letters, digits and hyphens (RFC 1123 §2.1), and the underscore that service names use (RFC 8552). */
const labelGrammar = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/;

/**
 * Checks the ASCII form of a name from outside and makes it a {@link Hostname}.
 *
 * The grammar is deliberately narrower than the protocol's, which allows any octet: what people type is a host name, an
 * underscored name such as `_acme-challenge.www`, or a wildcard, and everything else is a mistake or an attack. U-labels
 * are turned into A-labels before they come here.
 *
 * @param text  the name in ASCII, of any case, with or without the trailing dot
 */
export function parseHostname(text: string): HostnameVerdict {
  const name = (text.endsWith('.') ? text.slice(0, -1) : text).toLowerCase();
  if (text === '') return invalid({ kind: 'empty' });
  if (name.length > longestNameCharacters) return invalid({ kind: 'too-long', name });
  const labels = name.split('.');
  const topLevel = labels.at(-1) ?? '';
  if (/^[0-9]+$/.test(topLevel)) return invalid({ kind: 'numeric-top-level', label: topLevel, name });
  for (let position = 0; position < labels.length; position += 1) {
    const label = labels[position] ?? '';
    const isWildcard = label === '*' && position === 0 && labels.length > 1;
    if (!isWildcard && !labelGrammar.test(label)) return invalid({ kind: 'label', label, name });
  }
  return { kind: 'hostname', hostname: Name.fromCheckedText(name) as Hostname };
}

function invalid(fault: HostnameFault): HostnameVerdict {
  return { kind: 'invalid', fault };
}

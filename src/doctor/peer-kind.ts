/**
 * Guesses from its first octets what a peer is that does not speak DNS, in words that complete "it seems to be …".
 *
 * Most protocols give themselves away: they greet, or they complain about our question in their own tongue.
 */
export function peerKind(octets: Uint8Array): string {
  const [first = 0, second = 0] = octets;
  // RFC 8446 §5.1: an alert (21) or handshake (22) record, then the version's major number 3.
  if ((first === 0x15 || first === 0x16) && second === 0x03) return 'a server that speaks TLS';
  const text = firstLine(octets);
  for (const [pattern, kind] of greetings) if (pattern.test(text)) return `${kind} ("${text}")`;
  if (text.length >= 4) return `something that says "${text}"`;
  return 'something that sends octets which are no DNS messages';
}

const greetings: readonly (readonly [RegExp, string])[] = [
  [/^HTTP\/|^<(!doctype |html)/i, 'a web server (HTTP)'],
  [/^SSH-/, 'an SSH server'],
  [/^220[ -].*(smtp|mail)/i, 'a mail server (SMTP)'],
  [/^220[ -].*ftp/i, 'an FTP server'],
  [/^\* OK/, 'a mail server (IMAP)'],
  [/^\+OK/, 'a mail server (POP3)'],
];

const longestQuote = 60;

/** The printable beginning, up to the end of the line; a peer's octets must not get onto a terminal as they are. */
function firstLine(octets: Uint8Array): string {
  let text = '';
  for (const octet of octets) {
    if (octet < 0x20 || octet > 0x7e || text.length >= longestQuote) break;
    text += String.fromCharCode(octet);
  }
  return text;
}

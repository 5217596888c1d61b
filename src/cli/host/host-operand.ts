import { toAsciiName } from '../../idn/ascii-name.ts';
import { parseHostname } from '../../updates/hostname.ts';

/** A name as somebody has typed it, in ASCII and without the trailing dot; undefined for what is none. */
export function hostOperand(written: string): string | undefined {
  const ascii = toAsciiName(written);
  const parsed = ascii.kind === 'invalid' ? undefined : parseHostname(ascii.text);
  return parsed?.kind === 'hostname' ? parsed.hostname.toString().slice(0, -1) : undefined;
}

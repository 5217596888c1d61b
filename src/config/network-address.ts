import { isIP } from 'node:net';
import type { ListenAddress } from './config.ts';

/** `127.0.0.1:54321` or `[::1]:54321`; the port may be 0, and then the system chooses one. */
export function parseListenAddress(text: string): ListenAddress | undefined {
  const match = /^(?:\[(?<ipv6>[^\]]*)\]|(?<ipv4>[^:[\]]*)):(?<port>[0-9]{1,5})$/.exec(text);
  const { ipv4, ipv6, port } = match?.groups ?? {};
  const isAddress = ipv6 === undefined ? isIP(ipv4 ?? '') === 4 : isIP(ipv6) === 6;
  if (!isAddress || Number(port) > 65535) return undefined;
  return { host: ipv6 ?? ipv4 ?? '', port: Number(port) };
}

/** The text of an address to listen on, with brackets where the port needs them. */
export function listenAddressText({ host, port }: ListenAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** An address, or a network in CIDR form, in which an address may stand for its network; returned as it was written. */
export function networkAsWritten(text: string): string | undefined {
  const [address = '', prefix, ...rest] = text.split('/');
  const family = isIP(address);
  // A zone index names an interface of one machine; no peer's address can be compared with it.
  if (family === 0 || address.includes('%') || rest.length > 0) return undefined;
  if (prefix === undefined) return text;
  const isPrefix = /^(?:0|[1-9][0-9]{0,2})$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128);
  return isPrefix ? text : undefined;
}

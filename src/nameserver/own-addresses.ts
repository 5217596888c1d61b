import type { NetworkInterfaceInfo } from 'node:os';

/** What stands for all addresses of a family: `0.0.0.0`, `::` in any form. */
export function wildcardFamily(address: string): 4 | 6 | undefined {
  if (address === '0.0.0.0') return 4;
  return /^[0:]+$/.test(address) && address.includes(':') ? 6 : undefined;
}

/**
 * The addresses of a family at which this machine can be asked, loopback among them, each once.
 *
 * Link-local ones (RFC 4291 §2.5.6, RFC 3927) are left out: they mean something on their link alone, and no NS record can name one.
 *
 * @param interfaces  as the operating system has them now
 */
export function ownAddresses(
  interfaces: Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>,
  family: 4 | 6,
): ReadonlySet<string> {
  const all = Object.values(interfaces).flatMap((each) => each ?? []);
  return new Set(
    all
      .filter((each) => each.family === `IPv${family}`)
      .map(({ address }) => address)
      .filter((address) => !/^fe[89ab][0-9a-f]:|^169\.254\./i.test(address)),
  );
}

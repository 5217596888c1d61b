/** Commands to start programs under, so that each stays on its cores; empty ones leave that to the kernel. */
export interface Pinning {
  readonly service: readonly string[];
  readonly nameserver: readonly string[];
  readonly load: readonly string[];
}

export const noPinning: Pinning = { service: [], nameserver: [], load: [] };

/**
 * Reads `service=0,nameserver=1,load=1`; cores are written as taskset takes them, `0` or `0-1`.
 *
 * @returns why it cannot be read, where it cannot
 */
export function parsePinning(text: string): Pinning | string {
  const pinning: { -readonly [role in keyof Pinning]: Pinning[role] } = { ...noPinning };
  for (const part of text.split(',')) {
    const [, role, cores] = /^(service|nameserver|load)=(\d+(?:-\d+)?)$/.exec(part) ?? [];
    if (role === undefined || cores === undefined)
      return `--pin wants service=CORES,nameserver=CORES,load=CORES, with cores such as 0 or 0-1; "${part}" is not of that form.`;
    pinning[role as keyof Pinning] = ['taskset', '--cpu-list', cores];
  }
  return pinning;
}

import assert from 'node:assert/strict';

import { type Nameserver, type NameserverOptions, openNameserver } from '../../src/nameserver/nameserver.ts';
import { systemClock } from '../../src/updates/clock.ts';

export interface TestNameserver extends AsyncDisposable {
  readonly port: number;
}

/** Our nameserver on a free port of 127.0.0.1, in this process. */
export async function openTestNameserver(
  options: Partial<NameserverOptions> & Pick<NameserverOptions, 'zones'>,
): Promise<TestNameserver> {
  const nameserver = await openOnFreePort(options);
  const [address] = nameserver.addresses;
  assert.ok(address);
  return { port: address.port, [Symbol.asyncDispose]: () => nameserver[Symbol.asyncDispose]() };
}

const tries = 5;

async function openOnFreePort(
  options: Partial<NameserverOptions> & Pick<NameserverOptions, 'zones'>,
): Promise<Nameserver> {
  let reason = '';
  for (let count = 0; count < tries; count += 1) {
    const opened = await openNameserver({
      clock: systemClock,
      listen: [{ address: '127.0.0.1', port: 0 }],
      ...options,
    });
    if (opened.kind === 'open') return opened.nameserver;
    // The port that was free for UDP may be taken for TCP.
    ({ reason } = opened);
  }
  throw new Error(reason);
}

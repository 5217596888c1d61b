import assert from 'node:assert/strict';

import { Rcode, rcodeName, Type } from '../../src/dns/codes.ts';
import { Name } from '../../src/dns/name.ts';
import type { UpdateOperation } from '../../src/dns/update.ts';
import { updatePath } from '../interop/seed-service.ts';
import type { EmbeddedService } from '../support/embedded-service.ts';
import type { ServiceUnderTest } from '../support/launch-service.ts';
import { parseRecordLines } from '../support/record-lines.ts';
import { openUpdateClient } from '../support/update-client.ts';

/** What a client asks for: that a name have these two addresses, and no other. */
export interface Request {
  readonly name: string;
  readonly ipv4: string;
  readonly ipv6: string;
  /** 16 bits, for the doors whose messages have one. */
  readonly id: number;
}

/** What it was told. `unknown`: nobody said that it failed. */
export interface Told {
  readonly outcome: 'updated' | 'failed' | 'unknown';
  readonly text: string;
}

/** One way in, for one client, who asks one thing after the other. */
export interface Door extends AsyncDisposable {
  ask(request: Request): Promise<Told>;
}

/** All ways to change a zone of our own. */
export const doorNames = ['http', 'udp', 'tcp'] as const;
export type DoorName = (typeof doorNames)[number];

/** @param timeoutMs  how long an answer to an UPDATE is waited for */
export function openDoor(embedded: EmbeddedService, name: DoorName, timeoutMs: number): Door {
  return name === 'http' ? httpDoor(embedded.service) : dnsDoor(embedded, name, timeoutMs);
}

export function httpDoor(service: ServiceUnderTest): Door {
  return {
    ask: async ({ name, ipv4, ipv6 }) => {
      try {
        const { status, body } = await service.get(updatePath(name, ipv4, ipv6));
        if (status === 200) {
          assert.match(body, /^UPDATED: [^\n]+\nUPDATED: [^\n]+\n$/);
          return { outcome: 'updated', text: body };
        }
        assert.match(body, /^DNS_SERVER_ERROR: [^\n]+\n$/);
        const isUnknown = body.includes('could not be confirmed');
        return { outcome: isUnknown ? 'unknown' : 'failed', text: `${status} ${body}` };
      } catch (error) {
        // The service itself was killed.
        if (error instanceof TypeError) return { outcome: 'unknown', text: 'no answer' };
        throw error;
      }
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function dnsDoor(embedded: EmbeddedService, transport: Exclude<DoorName, 'http'>, timeoutMs: number): Door {
  const { dnsPort: port, zone } = embedded;
  const client = openUpdateClient({ transport, port, zone, key: embedded.key(), timeoutMs });
  return {
    ask: async (request) => {
      const answer = await client.update(request.id, operationsOf(request));
      if (answer === undefined) return { outcome: 'unknown', text: `no answer over ${transport}` };
      const { rcode } = answer;
      return { outcome: rcode === Rcode.NOERROR ? 'updated' : 'failed', text: `${transport} ${rcodeName(rcode)}` };
    },
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  };
}

function operationsOf({ name, ipv4, ipv6 }: Request): readonly UpdateOperation[] {
  const owner = Name.parse(name);
  const removals = [Type.A, Type.AAAA].map((type) => ({ kind: 'delete-rrset', name: owner, type }) as const);
  const added = parseRecordLines([`${name} A ${ipv4}`, `${name} AAAA ${ipv6}`]);
  return [
    ...removals,
    ...added.map(({ name: of, type, ttl, rdata }) => ({ kind: 'add', name: of, type, ttl, rdata }) as const),
  ];
}

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import * as fc from 'fast-check';

import { Class, Rcode, Type, typeName } from '../../src/dns/codes.ts';
import type { ResourceRecord } from '../../src/dns/message.ts';
import { Name } from '../../src/dns/name.ts';
import { emptyRdata } from '../../src/dns/rdata.ts';
import { isRdataOfType } from '../../src/dns/rdata-check.ts';
import { arbitraryOpaqueRdata, type OpaqueRdata } from '../support/rdata-arbitraries.ts';
import { makes, startNameserver } from '../support/nameserver/primary-server.ts';
import { requirePeer } from '../support/peers.ts';
import { openSignedSender } from '../support/signed-update.ts';
import { arbitrarySubstitution } from '../support/substitution-arbitraries.ts';
import { update } from '../support/update-arbitraries.ts';

const zoneName = 'rdata.example.test';
const origin = Name.parse(`${zoneName}.`);
const apex = ['@ IN SOA ns1.other.test. hostmaster.other.test. 1 3600 600 1209600 60', '@ IN NS ns1.other.test.'];
const count = 2000;

/** Knot refuses NULL without octets and LOC of another version; a URI has a target (RFC 7553 §4.4), a digest of GOST 32 octets. */
const strictTypes: ReadonlySet<number> = new Set([Type.NULL, Type.LOC, Type.URI, Type.DS, Type.CDS, 32768, 32769]);

const change = (record: Partial<ResourceRecord>) =>
  update(
    [{ name: origin, type: Type.SOA, class: Class.IN }],
    [],
    [{ name: origin.prepend('x'), type: Type.ANY, class: Class.ANY, ttl: 0, rdata: emptyRdata, ...record }],
  );

test(`BIND: of ${count} RDATA of all types, it takes for well formed what we take, and hardly more`, async (t) => {
  await compare(t, arbitraryOpaqueRdata);
});

test(`BIND: of ${count} NAPTR records with expressions, it takes for well formed what we take`, async (t) => {
  await compare(t, arbitrarySubstitution);
});

async function compare(t: TestContext, rdatas: fc.Arbitrary<OpaqueRdata>): Promise<void> {
  if (!requirePeer(t, ...makes.bind.peers)) return;
  await using nameserver = await startNameserver('bind', { zones: [{ name: zoneName, records: apex }] });
  await using sender = await openSignedSender(nameserver.port, nameserver.key(zoneName));
  const tally = { right: 0, wrong: 0, stricter: 0 };
  for (const { type, octets } of fc.sample(rdatas, { numRuns: count, seed: 3597 })) {
    const message = change({ type, class: Class.IN, ttl: 60, rdata: { kind: 'opaque', octets } });
    const { rcode } = await sender.send(message);
    const said = `${typeName(type)} \\# ${octets.length} ${Buffer.from(octets).toString('hex')}`;
    const isRight = isRdataOfType(type, octets);
    if (isRight) assert.notEqual(rcode, Rcode.FORMERR, `BIND does not take ${said}`);
    const isStricter = !isRight && rcode !== Rcode.FORMERR;
    // At some that it cannot hold, BIND fails later.
    // It decompresses names where no other message would.
    const mayBePointer = octets.some((octet) => octet >= 0xc0);
    if (isStricter && !mayBePointer && rcode !== Rcode.SERVFAIL) assert.ok(strictTypes.has(type), `BIND takes ${said}`);
    tally[isStricter ? 'stricter' : isRight ? 'right' : 'wrong'] += 1;
    await sender.send(change({}));
  }
  t.diagnostic(JSON.stringify(tally));
  assert.ok(tally.right > count / 6 && tally.wrong > count / 6, JSON.stringify(tally));
}

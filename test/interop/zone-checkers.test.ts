import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';

import * as fc from 'fast-check';

import { Class, Rcode, Type } from '../../src/dns/codes.ts';
import type { Message } from '../../src/dns/message.ts';
import { emptyRdata, type Rdata, writeRdata } from '../../src/dns/rdata.ts';
import { WireWriter } from '../../src/dns/writer.ts';
import { nameOfKey } from '../../src/zone/name-key.ts';
import { unpackRecords } from '../../src/zone/packed-records.ts';
import type { Zone } from '../../src/zone/zone.ts';
import { requirePeer } from '../support/peers.ts';
import { arbitraryReadableRdata } from '../support/rdata-arbitraries.ts';
import { runCommand } from '../support/run-command.ts';
import { createTemporaryDirectory } from '../support/temporary-directory.ts';
import { arbitraryUpdateMessage, firstRecords, origin, update } from '../support/update-arbitraries.ts';
import { makeZone, perform } from '../support/zone-fixture.ts';

const sequences = 200;
const messagesPerSequence = 25;

/** A secondary takes it, and `named-checkzone` says that it is obsolete. */
const obsolete: ReadonlySet<number> = new Set([Type.MD, Type.MF]);

/** Data of any type, right or nearly so, at names that others have, too. */
const dataUpdate: fc.Arbitrary<Message> = fc
  .tuple(arbitraryReadableRdata, fc.constantFrom('a', 'b', 'c.b', '*', '*.b', 'new'))
  .filter(([{ type }]) => !obsolete.has(type))
  .map(([{ type, octets }, labels]) => {
    const name = labels.split('.').reduceRight((above, label) => above.prepend(label), origin);
    const rdata = { kind: 'opaque', octets } as const;
    return update(zoneSection, [], [{ name, type, class: Class.IN, ttl: 60, rdata }]);
  });
const zoneSection = [{ name: origin, type: Type.SOA, class: Class.IN }];
const deletion: fc.Arbitrary<Message> = fc
  .constantFrom('a', 'b', '*', 'new')
  .map((label) =>
    update(
      zoneSection,
      [],
      [{ name: origin.prepend(label), type: Type.ANY, class: Class.ANY, ttl: 0, rdata: emptyRdata }],
    ),
  );
const sequence = fc.array(fc.oneof(arbitraryUpdateMessage(30, true), dataUpdate, deletion), {
  minLength: messagesPerSequence,
  maxLength: messagesPerSequence,
});

/** Every record by numbers and octets, which each program then reads as its type. */
function masterFile(zone: Zone): string {
  using snapshot = zone.snapshot();
  const lines: string[] = [];
  for (const { owner, records } of [{ owner: origin.key, records: snapshot.soa }, ...snapshot.records()])
    for (const { type, ttlSeconds, rdata } of unpackRecords(records)) {
      const octets = rdataOctets(type, rdata);
      lines.push(
        `${nameOfKey(owner).toString()} ${ttlSeconds} IN TYPE${type} \\# ${octets.length} ${Buffer.from(octets).toString('hex')}`,
      );
    }
  return `${lines.join('\n')}\n`;
}

function rdataOctets(type: number, rdata: Rdata): Uint8Array {
  const writer = new WireWriter(0xffff);
  writeRdata(writer, type, rdata, false);
  return writer.finish();
}

/** What a zone means is its administrator's business; a secondary looks at what it is made of. */
const lenient = [
  '-i',
  'none',
  ...['-k', '-n', '-m', '-M', '-r', '-S', '-T', '-W'].flatMap((option) => [option, 'ignore']),
];

async function expectTaken(masterText: string, command: string, ...args: readonly string[]): Promise<void> {
  const { exitCode, stdout, stderr } = await runCommand(command, args);
  const output = `${stdout}${stderr}`;
  // Of what has no sense, such as a DS record of an algorithm that there is not, kzonecheck tells; the zone is served all the same.
  const isTold = command === 'kzonecheck' && output.includes('Error summary:') && !output.includes('Serious');
  assert.ok(exitCode === 0 || isTold, `${command}: ${output}\n${masterText}`);
}

test('whatever was updated: named-checkzone and kzonecheck take the zone', async (t) => {
  if (!requirePeer(t, 'named-checkzone', 'kzonecheck')) return;
  await using directory = await createTemporaryDirectory('checkers');
  const path = join(directory.path, 'zone');
  let accepted = 0;
  for (const messages of fc.sample(sequence, { numRuns: sequences, seed: 6672 })) {
    const zone = makeZone(origin, firstRecords);
    for (const message of messages) if (perform(zone, message) === Rcode.NOERROR) accepted += 1;
    const text = masterFile(zone);
    await directory.write('zone', text);
    await expectTaken(text, 'named-checkzone', ...lenient, origin.toString(), path);
    await expectTaken(text, 'kzonecheck', '-o', origin.toString(), path);
  }
  t.diagnostic(`${accepted} updates were accepted`);
  assert.ok(accepted > (sequences * messagesPerSequence) / 3);
});

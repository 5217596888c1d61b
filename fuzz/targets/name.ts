import assert from 'node:assert/strict';
import { DnsDecodeError, NameSyntaxError } from '../../src/dns/errors.ts';
import { Name } from '../../src/dns/name.ts';
import { WireReader } from '../../src/dns/reader.ts';
import { WireWriter } from '../../src/dns/writer.ts';
import type { FuzzTarget } from '../target.ts';
import { fromHex } from './octets.ts';

/** Octets as the text of a name and as its wire form: both give a name or the one error that they may give. */
export const nameTarget: FuzzTarget = {
  name: 'name',
  maxOctets: 600,
  dictionary: [
    ...['.', '\\.', '\\\\', '\\000', '\\255', '\\256', '*.', '_acme-challenge.', 'xn--', 'A', 'a'].map((text) =>
      Uint8Array.from(Buffer.from(text)),
    ),
    ...['00', 'c000', '0161 00', '3f', '40', 'c0', '01 2e'].map(fromHex),
  ],
  run,
};

function run(octets: Uint8Array): string {
  const parsed = parse(Buffer.from(octets).toString('latin1'));
  const read = readAll(octets);
  if (parsed instanceof Name) checkName(parsed);
  for (const name of read.names) checkName(name);
  if (parsed instanceof Name) for (const name of read.names) checkPair(parsed, name);
  checkCompression(read.names);
  checkFromWire(octets, read.names[0]);
  return `${parsed instanceof Name ? 'name' : parsed} ${Math.min(read.names.length, 3)} ${read.end}`;
}

function parse(text: string): Name | string {
  try {
    return Name.parse(text);
  } catch (error) {
    if (!(error instanceof NameSyntaxError)) throw error;
    assert.ok(error.position >= 0 && error.position <= text.length, 'the position is outside the text');
    return error.code;
  }
}

/** All names in a row, until the octets end or are no name. */
function readAll(octets: Uint8Array): { readonly names: readonly Name[]; readonly end: string } {
  const reader = new WireReader(octets);
  const names: Name[] = [];
  try {
    while (reader.remaining > 0 && names.length < 20) names.push(reader.readName());
    return { names, end: 'end' };
  } catch (error) {
    if (!(error instanceof DnsDecodeError)) throw error;
    return { names, end: error.code };
  }
}

function checkName(name: Name): void {
  assert.ok(name.wire.length <= 255 && name.labels().length === name.labelCount, 'the name is no name');
  assert.deepEqual(Name.parse(name.toString()), name, 'printed and parsed, it is another name');
  assert.deepEqual(Name.fromWire(name.wire), name, 'written and read, it is another name');
  assert.ok(name.equals(name.toLowerCase()), 'its lower case is another name');
  assert.equal(name.key, name.toLowerCase().key, 'its lower case has another key');
  const parent = name.parent();
  if (parent === undefined) return;
  assert.ok(name.isAtOrBelow(parent) && !parent.isAtOrBelow(name), 'it is not below its parent');
  assert.ok(Name.compare(parent, name) < 0, 'it does not come after its parent');
}

function checkPair(a: Name, b: Name): void {
  const equal = a.equals(b);
  assert.equal(b.equals(a), equal, 'equality has a direction');
  assert.equal(a.key === b.key, equal, 'key and equality disagree');
  assert.equal(Name.compare(a, b) === 0, equal, 'order and equality disagree');
  assert.equal(Math.sign(Name.compare(a, b)), 0 - Math.sign(Name.compare(b, a)), 'the order is none');
  assert.equal(a.isAtOrBelow(b) && b.isAtOrBelow(a), equal, 'two names are below each other');
}

function checkCompression(names: readonly Name[]): void {
  const writer = new WireWriter(65_535);
  for (const name of names) writer.writeName(name);
  const reader = new WireReader(writer.finish());
  for (const name of names) assert.deepEqual(reader.readName(), name, 'compressed and read, it is another name');
  reader.expectEnd();
}

function checkFromWire(octets: Uint8Array, first: Name | undefined): void {
  try {
    assert.deepEqual(Name.fromWire(octets), first, 'fromWire and readName disagree');
  } catch (error) {
    if (!(error instanceof DnsDecodeError)) throw error;
  }
}

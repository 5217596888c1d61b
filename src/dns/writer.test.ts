import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { relatedName } from '../../test/support/dns-arbitraries.ts';
import { fromHex, toHex } from '../../test/support/vectors.ts';
import { DnsEncodeError } from './errors.ts';
import { Name } from './name.ts';
import { WireReader } from './reader.ts';
import { WireWriter } from './writer.ts';

function throwsCode(code: string, write: () => unknown): void {
  assert.throws(write, (error) => error instanceof DnsEncodeError && error.code === code);
}

describe('names', () => {
  test('are compressed as in the example of RFC 1035 §4.1.4', () => {
    const writer = new WireWriter(512);
    const at = (offset: number, text: string): void => {
      writer.writeOctets(new Uint8Array(offset - writer.length));
      writer.writeName(Name.parse(text));
    };
    at(20, 'F.ISI.ARPA');
    at(40, 'FOO.F.ISI.ARPA');
    at(64, 'ARPA');
    at(92, '.');
    const expected = new Uint8Array(93);
    expected.set(fromHex('01 46 03 495349 04 41525041 00'), 20);
    expected.set(fromHex('03 464f4f c014'), 40);
    expected.set(fromHex('c01a'), 64);
    assert.equal(toHex(writer.finish()), toHex(expected));
  });

  test('are read back with their case, however they are compressed', () => {
    fc.assert(
      fc.property(fc.array(relatedName, { maxLength: 12 }), (names) => {
        const writer = new WireWriter(65535);
        for (const name of names) writer.writeName(name);
        const reader = new WireReader(writer.finish());
        for (const name of names) assert.deepEqual(reader.readName(), name);
        reader.expectEnd();
      }),
    );
  });

  test('a different case is another name to compression', () => {
    const writer = new WireWriter(512);
    for (const text of ['a.Example', 'b.example', 'c.example']) writer.writeName(Name.parse(text));
    const expected = fromHex('0161 07 4578616d706c65 00  0162 07 6578616d706c65 00  0163 c00d');
    assert.equal(toHex(writer.finish()), toHex(expected));
  });

  test('the same name again is one pointer', () => {
    const name = Name.parse('a.example');
    const writer = new WireWriter(512);
    writer.writeName(name);
    writer.writeName(name);
    writer.writeName(Name.parse('a.example'));
    writer.writeName(name);
    assert.equal(toHex(writer.finish()).slice(22), 'c000c000c000');
  });

  test('nothing beyond offset 0x3fff is pointed at', () => {
    const name = Name.parse('host.example');
    for (const start of [0x3ff8, 0x3fff, 0x4000]) {
      const writer = new WireWriter(65535);
      writer.writeOctets(new Uint8Array(start));
      for (let index = 0; index < 3; index += 1) writer.writeName(name);
      const wire = writer.finish();
      const reader = new WireReader(wire, start);
      for (let index = 0; index < 3; index += 1) assert.deepEqual(reader.readName(), name);
      reader.expectEnd();
      // Beyond the last place that can be pointed at, all three stand in full
      assert.equal(wire.length - start, start > 0x3fff ? 3 * name.wire.length : name.wire.length + 2 + 2);
    }
  });

  test('uncompressed names stand in full and are no target', () => {
    const writer = new WireWriter(512);
    writer.writeUncompressedName(Name.parse('a.example'));
    writer.writeUncompressedName(Name.parse('a.example'));
    assert.equal(writer.finish().length, 22);
  });
});

describe('limits', () => {
  test('the limit is exact', () => {
    const writer = new WireWriter(4);
    writer.writeU32(0xffff_ffff);
    throwsCode('too-long', () => writer.writeU8(0));
    assert.equal(toHex(writer.finish()), 'ffffffff');
  });

  test('octets grow as needed', () => {
    const writer = new WireWriter(65535);
    const octets = new Uint8Array(60_000).fill(7);
    writer.writeU8(1);
    writer.writeOctets(octets);
    assert.deepEqual(writer.finish().subarray(1), octets);
  });

  test('a number that does not fit is refused, not cut off', () => {
    const writer = new WireWriter(512);
    for (const value of [256, -1, 0.5, Number.NaN]) throwsCode('out-of-range', () => writer.writeU8(value));
    for (const value of [65536, -1, 0.5, Number.NaN]) throwsCode('out-of-range', () => writer.writeU16(value));
    for (const value of [2 ** 32, -1, 0.5, Number.NaN]) throwsCode('out-of-range', () => writer.writeU32(value));
    assert.equal(writer.length, 0);
  });

  test('a character-string has 255 octets at most', () => {
    const writer = new WireWriter(512);
    writer.writeCharacterString(new Uint8Array(255));
    throwsCode('too-long', () => writer.writeCharacterString(new Uint8Array(256)));
  });

  test('a length field counts what was written since', () => {
    const writer = new WireWriter(70_000);
    const at = writer.beginLength();
    writer.writeU32(0);
    writer.endLength(at);
    assert.equal(toHex(writer.finish()), '000400000000');
    writer.writeOctets(new Uint8Array(65_532));
    throwsCode('too-long', () => writer.endLength(at));
  });
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fromHex } from '../../test/support/vectors.ts';
import { DnsDecodeError, type DnsDecodeCode } from './errors.ts';
import { WireReader } from './reader.ts';

function throwsCode(code: DnsDecodeCode, read: () => unknown): void {
  assert.throws(read, (error) => error instanceof DnsDecodeError && error.code === code);
}

/** The example of RFC 1035 §4.1.4, other octets zero: F.ISI.ARPA at 20, FOO.F.ISI.ARPA at 40, ARPA at 64, the root at 92. */
export function rfc1035Example(): Uint8Array {
  const octets = new Uint8Array(93);
  octets.set(fromHex('01 46 03 495349 04 41525041 00'), 20);
  octets.set(fromHex('03 464f4f c014'), 40);
  octets.set(fromHex('c01a'), 64);
  return octets;
}

describe('names', () => {
  for (const [offset, text, end] of [
    [20, 'F.ISI.ARPA.', 32],
    [40, 'FOO.F.ISI.ARPA.', 46],
    [64, 'ARPA.', 66],
    [92, '.', 93],
  ] as const) {
    test(`RFC 1035 §4.1.4: ${text} at ${offset}`, () => {
      const reader = new WireReader(rfc1035Example(), offset);
      assert.equal(reader.readName().toString(), text);
      assert.equal(reader.offset, end);
    });
  }

  test('a pointer to the name read before gives the same name', () => {
    const reader = new WireReader(fromHex('016100 c000 c000'));
    const first = reader.readName();
    assert.equal(reader.readName(), first);
    assert.equal(reader.readName(), first);
    reader.expectEnd();
  });

  for (const [what, hex, offset, code] of [
    ['to itself', 'c000', 0, 'bad-pointer'],
    ['forwards', 'c002 00', 0, 'bad-pointer'],
    ['into its own labels', '0161 c000', 0, 'bad-pointer'],
    ['in a ring of two', 'c002 c000', 2, 'bad-pointer'],
    ['to a run of labels that runs into the pointing name', '0161 0162 c000', 2, 'truncated'],
    ['cut off', '0161 c0', 0, 'truncated'],
    ['past the end', 'ffff', 0, 'bad-pointer'],
  ] as const) {
    test(`a pointer ${what} is refused`, () => {
      throwsCode(code, () => new WireReader(fromHex(hex), offset).readName());
    });
  }

  for (const [what, hex, code] of [
    ['type 01', '41 61 00', 'bad-label-type'],
    ['type 10', '81 61 00', 'bad-label-type'],
    ['a length past the end', '05 61 00', 'truncated'],
    ['no root label', '01 61', 'truncated'],
    ['nothing', '', 'truncated'],
  ] as const) {
    test(`a label with ${what} is refused`, () => {
      throwsCode(code, () => new WireReader(fromHex(hex)).readName());
    });
  }

  test('255 octets are read over pointers, 256 are not', () => {
    const label = `3f${'61'.repeat(63)}`;
    // three labels of 63 and one of 61 take 192 + 62 + 1 octets
    const tail = fromHex(`${label.repeat(3)}00`);
    const fitting = Uint8Array.from([...tail, 61, ...new Uint8Array(61).fill(0x62), 0xc0, 0x00]);
    assert.equal(new WireReader(fitting, tail.length).readName().wire.length, 255);
    const tooLong = Uint8Array.from([...tail, 62, ...new Uint8Array(62).fill(0x62), 0xc0, 0x00]);
    throwsCode('name-too-long', () => new WireReader(tooLong, tail.length).readName());
  });

  test('a chain of pointers is followed 127 times and no more', () => {
    const chain = (pointers: number): Uint8Array => {
      const octets = [0];
      for (let index = 0; index < pointers; index += 1) octets.push(0xc0, index === 0 ? 0 : index * 2 - 1);
      return Uint8Array.from(octets);
    };
    assert.equal(new WireReader(chain(127), 127 * 2 - 1).readName().labelCount, 0);
    throwsCode('bad-pointer', () => new WireReader(chain(128), 128 * 2 - 1).readName());
  });

  test('the limit of a field holds for labels, not for what pointers reach', () => {
    const reader = new WireReader(fromHex('016100 0162c000 ff'), 3);
    assert.equal(reader.readWithin(4, (field) => field.readName()).toString(), 'b.a.');
    assert.equal(reader.remaining, 1);
    throwsCode('truncated', () => new WireReader(fromHex('0161 00')).readWithin(2, (field) => field.readName()));
  });
});

describe('numbers and octets', () => {
  test('are unsigned, most significant octet first', () => {
    const reader = new WireReader(fromHex('ff fffe fffffffd fffffffffffc'));
    assert.equal(reader.readU8(), 0xff);
    assert.equal(reader.readU16(), 0xfffe);
    assert.equal(reader.readU32(), 0xffff_fffd);
    assert.equal(reader.readU48(), 0xffff_ffff_fffc);
    reader.expectEnd();
  });

  test('are never read past the end', () => {
    throwsCode('truncated', () => new WireReader(fromHex('00')).readU16());
    throwsCode('truncated', () => new WireReader(fromHex('000000')).readU32());
    throwsCode('truncated', () => new WireReader(fromHex('0361')).readCharacterString());
    throwsCode('truncated', () => new WireReader(fromHex('00')).readWithin(2, () => undefined));
    throwsCode('trailing-octets', () => new WireReader(fromHex('0000')).readWithin(2, (field) => field.readU8()));
    throwsCode('trailing-octets', () => new WireReader(fromHex('00')).expectEnd());
  });

  test('are copies, of a Buffer too', () => {
    const buffer = Buffer.from('abcd');
    const octets = new WireReader(buffer).readOctets(4);
    buffer[0] = 0;
    assert.deepEqual(octets, Uint8Array.from(Buffer.from('abcd')));
  });
});

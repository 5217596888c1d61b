import assert from 'node:assert/strict';
import { Opcode, typeName } from '../../src/dns/codes.ts';
import { findEdns, fromOpt, toOpt } from '../../src/dns/edns.ts';
import { DnsDecodeError, DnsEncodeError } from '../../src/dns/errors.ts';
import { decodeMessage, encodeMessage, maxMessageOctets, type Message } from '../../src/dns/message.ts';
import { equalRdata, rdataToText } from '../../src/dns/rdata.ts';
import { encodeUpdate, parseUpdate } from '../../src/dns/update.ts';
import type { FuzzTarget } from '../target.ts';
import { fromHex } from './octets.ts';

/** Any octets are a message or DnsDecodeError; a message is written and read back to the same value. */
export const messageTarget: FuzzTarget = {
  name: 'message',
  maxOctets: 2048,
  dictionary: [
    'c00c', // a pointer to the first name
    '0001 0001', // A IN
    '001c 0001', // AAAA IN
    '0006 0001', // SOA IN, UPDATE's zone
    '00ff 00ff 00000000 0000', // delete a name
    '0001 00ff 00000000 0000', // delete an RRset
    '0001 00fe 00000000 0004 c0000201', // delete a record
    '00 0029 04d0 00000000 0000', // OPT
    '00 0029 04d0 00008000 0008 000a 0004 01020304', // OPT with an option
    'c00c 0010 0001 0000003c 0004 03616263', // TXT
    'c00c 000f 0001 0000003c 0004 000a c00c', // MX
    'c00c 0021 0001 0000003c 0008 0001 0002 0003 c00c', // SRV
    'c00c 0101 0001 0000003c 0008 00 05 6973737565 3b', // CAA
    'c00c 0023 0001 0000003c 000c 0001 0002 0153 00 00 c00c', // NAPTR, whose name may be compressed
    '2800 0001 0000 0000 0000', // flags and counts of an UPDATE
  ].map(fromHex),
  run,
};

function run(octets: Uint8Array): string {
  let message: Message;
  try {
    message = decodeMessage(octets);
  } catch (error) {
    if (error instanceof DnsDecodeError) return `refused ${error.code}`;
    throw error;
  }
  const written = writeOrTooLong(() => encodeMessage(message), octets.length);
  if (written !== undefined)
    assert.deepEqual(decodeMessage(written), message, 'written and read back, it is another message');
  return `message ${checkRecords(message)} ${checkEdns(message)} ${checkUpdate(message, octets.length)}`;
}

/** What is read is at least as long as what is written, but for names that may no longer be compressed. */
function writeOrTooLong(write: () => Uint8Array, readOctets: number): Uint8Array | undefined {
  try {
    return write();
  } catch (error) {
    // every two octets read may have been a pointer to a name of 255
    if (error instanceof DnsEncodeError && error.code === 'too-long' && readOctets * 128 > maxMessageOctets)
      return undefined;
    throw error;
  }
}

function checkRecords(message: Message): string {
  const first = message.answers[0];
  for (const section of [message.answers, message.authorities, message.additionals]) {
    for (const { name, rdata } of section) {
      assert.ok(equalRdata(rdata, rdata), 'RDATA is not equal to itself');
      assert.match(rdataToText(rdata), /^[\x20-\x7e]*$/, 'the text of RDATA is not printable');
      assert.match(name.toString(), /^[\x21-\x7e]+$/, 'the text of a name is not printable');
    }
  }
  return first === undefined
    ? 'empty'
    : `${first.rdata.kind} ${first.rdata.kind === 'opaque' ? '' : typeName(first.type)}`;
}

function checkEdns(message: Message): string {
  try {
    const edns = findEdns(message);
    if (edns === undefined) return 'without EDNS';
    assert.deepEqual(fromOpt(toOpt(edns)), edns, 'written and read back, it is another OPT');
    return `with EDNS of ${Math.min(edns.options.length, 2)} options`;
  } catch (error) {
    if (error instanceof DnsDecodeError) return `EDNS ${error.code}`;
    throw error;
  }
}

function checkUpdate(message: Message, readOctets: number): string {
  const parsed = parseUpdate(message);
  if (message.opcode !== Opcode.UPDATE) return 'no update';
  if (parsed.kind === 'rejected') return `update refused ${parsed.rcode}`;
  const written = writeOrTooLong(() => encodeUpdate(parsed.update), readOctets);
  if (written !== undefined) {
    assert.deepEqual(parseUpdate(decodeMessage(written)), parsed, 'written and read back, it is another update');
  }
  const { prerequisites, operations } = parsed.update;
  return `update ${prerequisites[0]?.kind ?? ''} ${operations[0]?.kind ?? ''}`;
}

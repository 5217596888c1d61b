const lengthOctets = 2;

/**
 * Packs the RDATA of an RRset into one piece: for each a length of 2 octets (as RDLENGTH, RFC 1035 §3.2.1) and its
 * octets, uncompressed.
 */
export function packRdatas(rdatas: readonly Uint8Array[]): Uint8Array {
  const total = rdatas.reduce((sum, rdata) => sum + lengthOctets + rdata.length, 0);
  const packed = new Uint8Array(total);
  let offset = 0;
  for (const rdata of rdatas) {
    if (rdata.length > 0xffff) throw new RangeError(`RDATA of ${rdata.length} octets does not fit its length field`);
    packed[offset] = rdata.length >>> 8;
    packed[offset + 1] = rdata.length & 0xff;
    packed.set(rdata, offset + lengthOctets);
    offset += lengthOctets + rdata.length;
  }
  return packed;
}

/** Views of the packed octets, which nobody may write to. Undefined when they are not what `packRdatas` made. */
export function unpackRdatas(packed: Uint8Array): readonly Uint8Array[] | undefined {
  const rdatas: Uint8Array[] = [];
  for (let offset = 0; offset < packed.length;) {
    const high = packed[offset];
    const low = packed[offset + 1];
    if (high === undefined || low === undefined) return undefined;
    const start = offset + lengthOctets;
    offset = start + ((high << 8) | low);
    if (offset > packed.length) return undefined;
    rdatas.push(packed.subarray(start, offset));
  }
  return rdatas;
}

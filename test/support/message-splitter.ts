/** Cuts a TCP stream into DNS messages (RFC 1035 §4.2.2: two octets of length before each), however it is chopped. */
export function messageSplitter(onMessage: (wire: Uint8Array) => void): (chunk: Uint8Array) => void {
  let pending: Uint8Array = new Uint8Array(0);
  return (chunk) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    while (pending.length >= 2) {
      const end = 2 + (((pending[0] ?? 0) << 8) | (pending[1] ?? 0));
      if (pending.length < end) return;
      const wire = pending.subarray(2, end);
      pending = pending.subarray(end);
      onMessage(wire);
    }
  };
}

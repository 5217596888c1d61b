const maxOctets = 16 * 1024 * 1024;

/** What a process has printed: all of it, or the last 16 MiB. */
export interface OutputTail {
  readonly push: (chunk: Buffer) => void;
  text(): string;
}

export function outputTail(): OutputTail {
  let chunks: Buffer[] = [];
  let octets = 0;
  return {
    push: (chunk) => {
      chunks.push(chunk);
      octets += chunk.length;
      while (octets > maxOctets && chunks.length > 1) octets -= chunks.shift()?.length ?? 0;
    },
    text: () => {
      chunks = [Buffer.concat(chunks)];
      return chunks[0]?.toString('utf8') ?? '';
    },
  };
}

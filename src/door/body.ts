import type { IncomingMessage } from 'node:http';

export type ReadBody =
  | { readonly kind: 'body'; readonly octets: Uint8Array }
  | { readonly kind: 'too-large' }
  /** The connection has ended before. */
  | { readonly kind: 'broken' };

/** Reads all of a body, and no more than is allowed; what is announced to be larger is not read at all. */
export async function readBody(request: IncomingMessage, maxOctets: number): Promise<ReadBody> {
  const chunks: Buffer[] = [];
  const end = await receive(request, maxOctets, (chunk) => void chunks.push(chunk));
  return end === 'whole' ? { kind: 'body', octets: Buffer.concat(chunks) } : { kind: end };
}

/** Receives a body that nobody needs. */
export async function passOverBody(request: IncomingMessage, maxOctets: number): Promise<void> {
  await receive(request, maxOctets, () => {});
}

async function receive(
  request: IncomingMessage,
  maxOctets: number,
  take: (chunk: Buffer) => void,
): Promise<'whole' | 'too-large' | 'broken'> {
  if (Number(request.headers['content-length'] ?? 0) > maxOctets) return 'too-large';
  let length = 0;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      length += (chunk as Buffer).length;
      if (length > maxOctets) return 'too-large';
      take(chunk as Buffer);
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error) return 'broken';
    throw error;
  }
  return 'whole';
}

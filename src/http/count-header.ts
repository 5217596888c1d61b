import type { IncomingMessage } from 'node:http';

/** How often a header was sent. */
export function countHeader({ rawHeaders }: IncomingMessage, lowerCaseName: string): number {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === lowerCaseName.length && name.toLowerCase() === lowerCaseName) count += 1;
  }
  return count;
}

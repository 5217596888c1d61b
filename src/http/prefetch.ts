import type { IncomingHttpHeaders } from 'node:http';

/** Headers by which browsers and previewers mark a request that no person has made (yet). */
const markingHeaders = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'] as const;

const speculative = /\b(?:prefetch|prerender|preview|preload)\b/i;

/**
 * Whether the request is marked as a prefetch, prerendering or link preview: whoever follows links on his own must not
 * change a name by it.
 *
 * `Sec-Purpose: prefetch;prerender` (Fetch Standard §5.4), and the older `Purpose`, `X-Purpose` and `X-Moz`.
 */
export function isPrefetch(headers: IncomingHttpHeaders): boolean {
  for (const name of markingHeaders) {
    const value = headers[name];
    if (value !== undefined && speculative.test(String(value))) return true;
  }
  return false;
}

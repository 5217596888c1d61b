import type { FastifyRequest } from 'fastify';
import type { Method } from './operation.ts';
import type { Problem } from './problem.ts';
import { notJson, unsupportedMediaType } from './request-problems.ts';

export type ReadJson =
  | { readonly kind: 'read'; readonly value: unknown }
  | { readonly kind: 'refused'; readonly problem: Problem };

/**
 * Reads the body as JSON (RFC 8259), and only where it is said to be JSON: a form of a foreign page can send a credential that the browser
 * remembers, but cannot say that without being asked (Fetch §3.2, CORS-safelisted methods and content types).
 */
export function readJson({ headers, body }: FastifyRequest, method: Method): ReadJson {
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  const isJson = type === 'application/json' || (method === 'PATCH' && type === 'application/merge-patch+json');
  if (!isJson) return { kind: 'refused', problem: unsupportedMediaType };
  try {
    const text = utf8.decode(body instanceof Uint8Array ? body : new Uint8Array());
    return { kind: 'read', value: JSON.parse(text) };
  } catch {
    return { kind: 'refused', problem: notJson };
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

import { z } from 'zod';

import type { Fault } from '../updates/fault.ts';

const text = z.string();
const nameserver = text;

/** A fault on its way through the door, as it is (updates/fault.ts). */
export const faultSchema: z.ZodType<Fault> = z.lazy(() =>
  z.discriminatedUnion('code', [
    z.object({ code: z.literal('unknown-zone'), name: text }),
    z.object({ code: z.literal('alias'), name: text, target: text, place: text.optional() }),
    z.object({ code: z.literal('static'), name: text, type: text, place: text }),
    z.object({ code: z.literal('not-permitted'), name: text, reason: text }),
    z.object({ code: z.literal('too-many-names'), name: text, most: z.number() }),
    z.object({ code: z.literal('unsuitable-address'), name: text, address: text, reason: text }),
    z.object({ code: z.literal('throttled'), name: text, retryAfterSeconds: z.number() }),
    z.object({ code: z.literal('over-limit'), name: text, reason: text }),
    z.object({ code: z.literal('version-mismatch'), name: text }),
    z.object({ code: z.literal('not-stored'), name: text, cause: text, remedy: text }),
    z.object({ code: z.literal('too-large'), name: text }),
    z.object({ code: z.literal('busy'), nameserver }),
    z.object({ code: z.literal('unreachable'), nameserver, reason: text }),
    z.object({ code: z.literal('disconnected'), nameserver }),
    z.object({ code: z.literal('timeout'), nameserver }),
    z.object({ code: z.literal('not-dns'), nameserver, reason: text }),
    z.object({ code: z.literal('unproven'), nameserver, reason: text }),
    z.object({ code: z.literal('unknown-key'), nameserver, zone: text, key: text }),
    z.object({ code: z.literal('wrong-signature'), nameserver, key: text }),
    z.object({
      code: z.literal('clock-skew'),
      nameserver,
      aheadSeconds: z.number().optional(),
    }),
    z.object({
      code: z.literal('refused'),
      nameserver,
      zone: text,
      rcode: z.number(),
      operation: z.enum(['query', 'update']),
    }),
    z.object({ code: z.literal('not-authoritative'), nameserver, zone: text }),
    z.object({ code: z.literal('not-applied'), nameserver, name: text, reason: text }),
    z.object({ code: z.literal('contested'), nameserver, name: text }),
    z.object({ code: z.literal('unconfirmed'), nameserver, name: text, cause: faultSchema }),
  ]),
) as z.ZodType<Fault>;

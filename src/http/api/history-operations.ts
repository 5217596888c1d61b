import { z } from 'zod';
import { typeName } from '../../dns/codes.ts';
import type { Administration } from '../../registry/administration.ts';
import type { Asker } from '../../updates/asker.ts';
import type { HistoryEntry } from '../../updates/history-entry.ts';
import type { Hostname } from '../../updates/hostname.ts';
import { answer } from './api-schemas.ts';
import { storeFaultProblem } from './fault-problem.ts';
import {
  emptySchema,
  hostnameSchema,
  mostPageEntries,
  nameText,
  nameTextSchema,
  nextCursorSchema,
  pageQuery,
  timeText,
  timeTextSchema,
  typeTextSchema,
} from './field-schemas.ts';
import { type Operation, storedOperation } from './operation.ts';
import { readPage } from './paging.ts';
import { isProblem, type Problem } from './problem.ts';
import { unknown } from './request-problems.ts';
import { mayRead, mayReadName } from './visibility.ts';

/** For one page of a token, which sees few entries of many; then the page is shorter, and the list goes on. */
const mostReadings = 8;

const entrySchema = answer(
  'HistoryEntry',
  z.strictObject({
    sequence: z
      .int()
      .optional()
      .meta({ description: 'Rises with every entry, over all names; for the administrator alone.' }),
    at: timeTextSchema,
    name: nameTextSchema,
    type: typeTextSchema.nullable().meta({ description: 'Null for what concerns the name as a whole.' }),
    outcome: z.enum(['changed', 'failed', 'skipped', 'noted']),
    before: z.array(z.string()),
    after: z.array(z.string()),
    credential: z.string().meta({ description: '`secret`, `cli`, `key:NAME` or `token:ID`.' }),
    dialect: z.string(),
    source: z.string().nullable(),
    detail: z.string().nullable().meta({ description: 'Why, or what is to be known.' }),
  }),
);

const historySchema = answer(
  'History',
  z.strictObject({ updates: z.array(entrySchema), next_cursor: nextCursorSchema }),
);

type Entry = HistoryEntry & { readonly sequence: number };

const listUpdates = storedOperation(
  {
    id: 'listUpdates',
    method: 'GET',
    path: '/updates',
    tag: 'Updates',
    summary: 'What updates have done, the newest first',
    description:
      'Of one name, or of all. A token sees what concerns its names and types; a page of it may be short although the list goes on.',
    parameters: emptySchema,
    query: z.strictObject({ ...pageQuery, name: hostnameSchema.optional() }),
    answers: { 200: { description: 'A page of the history', schema: historySchema } },
    problems: ['unknown-name', 'invalid-cursor', 'not-stored'],
    example: {
      answer: {
        updates: [
          {
            sequence: 17,
            at: '2026-11-26T08:00:00Z',
            name: 'home.example.com',
            type: 'A',
            outcome: 'changed',
            before: ['192.0.2.7'],
            after: ['192.0.2.8'],
            credential: 'token:k3v7q2m5xa',
            dialect: 'dyndns2',
            source: '192.0.2.8',
            detail: null,
          },
        ],
        next_cursor: null,
      },
    },
  },
  async (administration, visit, { query }) => {
    const { name } = query;
    if (name && !mayReadName(visit.asker, name)) return unknown('name', nameText(name));
    const page = readPage(visit, `updates ${name ? nameText(name) : ''}`, query);
    if (isProblem(page)) return page;
    const before = page.position === undefined ? undefined : Number(page.position);
    const read = await readVisible(administration, visit.asker, name, { before, atMost: page.atMost });
    if (isProblem(read)) return read;
    const next = read.before === undefined ? null : page.nextCursor(String(read.before));
    return {
      status: 200,
      content: { updates: read.entries.map((entry) => entryContent(entry, visit.asker)), next_cursor: next },
    };
  },
);

interface Visible {
  readonly entries: readonly Entry[];
  /** Where the list goes on; undefined at its end. */
  readonly before: number | undefined;
}

async function readVisible(
  administration: Administration,
  asker: Asker,
  name: Hostname | undefined,
  { before: first, atMost }: { readonly before: number | undefined; readonly atMost: number },
): Promise<Visible | Problem> {
  const entries: Entry[] = [];
  let before = first;
  for (let reading = 0; reading < mostReadings && entries.length < atMost; reading += 1) {
    // One more than is wanted shows whether there are more.
    const asked = asker.credential.kind === 'token' ? mostPageEntries : atMost - entries.length + 1;
    const read = await administration.history(name, { atMost: asked, ...(before === undefined ? {} : { before }) });
    if (read.kind === 'failed') return storeFaultProblem(read.fault);
    for (const [index, entry] of read.entries.entries()) {
      if (!mayRead(asker, entry.name, entry.type)) continue;
      entries.push(entry);
      const isLast = read.entries.length < asked && index === read.entries.length - 1;
      if (entries.length === atMost) return { entries, before: isLast ? undefined : entry.sequence };
    }
    if (read.entries.length < asked) return { entries, before: undefined };
    before = read.entries.at(-1)?.sequence;
  }
  return { entries, before };
}

function entryContent(entry: Entry, { credential }: Asker): object {
  return {
    // It would tell a token how much everybody else changes.
    ...(credential.kind === 'token' ? {} : { sequence: entry.sequence }),
    at: timeText(entry.atMs / 1000),
    name: nameText(entry.name),
    type: entry.type === 0 ? null : typeName(entry.type),
    outcome: entry.outcome,
    before: entry.before,
    after: entry.after,
    credential: entry.credential,
    dialect: entry.dialect,
    source: entry.source ?? null,
    detail: entry.detail ?? null,
  };
}

export const historyOperations: readonly Operation[] = [listUpdates];

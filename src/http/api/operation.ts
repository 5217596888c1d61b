import type { z } from 'zod';
import type { Administration } from '../../registry/administration.ts';
import type { Asker } from '../../updates/asker.ts';
import type { CheckReport, HttpServices, HttpSettings } from '../services.ts';
import type { Cursors } from './cursor.ts';
import { mistakesIn } from './mistakes.ts';
import type { Preconditions } from './preconditions.ts';
import type { Mistake, Problem, ProblemCode } from './problem.ts';
import { administratorsOnly, invalidRequest, noDatabase } from './request-problems.ts';

export type Method = 'GET' | 'PUT' | 'PATCH' | 'POST' | 'DELETE';

/** One request, once it is known who asks. */
export interface Visit {
  readonly asker: Asker;
  /** The same ones throughout, even if the configuration is read anew meanwhile. */
  readonly settings: HttpSettings;
  readonly services: HttpServices;
  readonly preconditions: Preconditions;
  readonly cursors: Cursors;
  /** Runs the administrator's check, once at a time. */
  readonly check: () => Promise<CheckReport>;
  /** Counts an update that is under way; undefined where there are as many as there may be. */
  readonly beginUpdate: () => Disposable | undefined;
}

/** What a request came to. */
export interface Success {
  readonly status: 200 | 201 | 204 | 304;
  /** Undefined for 204 and 304. */
  readonly content?: object;
  readonly entityTag?: string;
  readonly location?: string;
}

export type Result = Success | Problem;

/** A kind of successful answer, as the document has it. */
export interface AnswerForm {
  readonly description: string;
  readonly schema?: z.ZodType;
  readonly hasEntityTag?: boolean | 'unless-plan';
  readonly hasLocation?: boolean;
}

interface Described {
  /** Unique: generators name their functions by it. */
  readonly id: string;
  readonly method: Method;
  /** Below `/api/v1`, with `{parameter}`s. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  /** In CommonMark, and readable as it is. */
  readonly description: string;
  readonly isAdministrators?: boolean;
  /** Whether If-Match and If-None-Match are heeded. */
  readonly hasPreconditions?: boolean;
  readonly answers: Readonly<Partial<Record<Success['status'], AnswerForm>>>;
  /** Besides those that every operation may come to. */
  readonly problems: readonly ProblemCode[];
  readonly example?: { readonly request?: object; readonly answer?: object };
}

/** An entry of the table that both the routes and the document are made of. */
export interface Operation extends Described {
  readonly parameters: z.ZodObject;
  readonly query: z.ZodObject;
  readonly body: z.ZodType | undefined;
  /** Whether it is about what a database keeps. */
  readonly needsDatabase: boolean;
  readonly perform: (visit: Visit, sent: Sent) => Promise<Result> | Result;
}

/** What a request brought, not checked yet; `body` is undefined where the operation has none. */
export interface Sent {
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** Arguments of the query that are wrong already as such. */
  readonly mistakes: readonly Mistake[];
  readonly body: unknown;
}

interface Checked<Parameters extends z.ZodObject, Query extends z.ZodObject, Body extends z.ZodType> {
  readonly parameters: z.output<Parameters>;
  readonly query: z.output<Query>;
  readonly body: z.output<Body>;
}

interface Forms<Parameters extends z.ZodObject, Query extends z.ZodObject, Body extends z.ZodType> {
  readonly parameters: Parameters;
  readonly query: Query;
  readonly body?: Body;
}

type Handler<Input extends readonly unknown[]> = (...input: Input) => Promise<Result> | Result;

/** An operation that needs nothing but the zones. */
export function operation<Parameters extends z.ZodObject, Query extends z.ZodObject, Body extends z.ZodType>(
  form: Described & Forms<Parameters, Query, Body>,
  handle: Handler<[visit: Visit, input: Checked<Parameters, Query, Body>]>,
): Operation {
  const perform = (visit: Visit, sent: Sent): Promise<Result> | Result => {
    if (form.isAdministrators === true && visit.asker.credential.kind === 'token') return administratorsOnly;
    const checked = check(form, sent);
    return 'errors' in checked ? invalidRequest(checked.errors) : handle(visit, checked);
  };
  return { ...form, body: form.body, needsDatabase: false, perform };
}

/** An operation on what the database keeps. */
export function storedOperation<Parameters extends z.ZodObject, Query extends z.ZodObject, Body extends z.ZodType>(
  form: Described & Forms<Parameters, Query, Body>,
  handle: Handler<[administration: Administration, visit: Visit, input: Checked<Parameters, Query, Body>]>,
): Operation {
  const plain = operation(form, (visit, input) => {
    const { administration } = visit.settings;
    return administration ? handle(administration, visit, input) : noDatabase;
  });
  return { ...plain, needsDatabase: true };
}

function check<Parameters extends z.ZodObject, Query extends z.ZodObject, Body extends z.ZodType>(
  { parameters, query, body }: Forms<Parameters, Query, Body>,
  sent: Sent,
): Checked<Parameters, Query, Body> | { readonly errors: readonly Mistake[] } {
  const inPath = parameters.safeParse(sent.parameters);
  const inQuery = query.safeParse(sent.query);
  const inBody = body?.safeParse(sent.body);
  const errors = [
    ...mistakesIn(inPath.error, 'parameter'),
    ...sent.mistakes,
    ...mistakesIn(inQuery.error, 'parameter'),
    ...mistakesIn(inBody?.error, 'pointer'),
  ];
  if (errors.length > 0 || !inPath.success || !inQuery.success) return { errors };
  return { parameters: inPath.data, query: inQuery.data, body: inBody?.data as z.output<Body> };
}

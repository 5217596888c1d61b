import { z } from 'zod';
import { typeName } from '../../dns/codes.ts';
import type { Asker } from '../../updates/asker.ts';
import type { NameOutcome, RecordOutcome } from '../../updates/outcome.ts';
import type { UpdateResult } from '../../updates/updater.ts';
import { answer, problemSchema } from './api-schemas.ts';
import { faultProblem } from './fault-problem.ts';
import { nameText, nameTextSchema, typeTextSchema, warningsSchema } from './field-schemas.ts';
import { type Problem, problemContent } from './problem.ts';
import { unknown } from './request-problems.ts';
import { mayReadName } from './visibility.ts';

/** What updates come to, as the API tells it. */

const changeSchema = z.strictObject({
  type: typeTextSchema,
  before: z.array(z.string()),
  after: z.array(z.string()),
  changed: z.boolean().meta({ description: 'Whether the values differ; a change of the TTL alone is none.' }),
});

const outcomeSchema = answer(
  'Outcome',
  z.strictObject({
    name: nameTextSchema,
    result: z.enum(['changed', 'unchanged', 'failed']),
    records: z.array(changeSchema),
    problem: problemSchema.optional().meta({ description: 'Why it failed.' }),
  }),
);

export const updateResultSchema = answer(
  'UpdateResult',
  z.strictObject({
    dry_run: z.boolean().meta({ description: 'Whether nothing was done, and this is the plan.' }),
    outcomes: z.array(outcomeSchema).meta({ description: 'One for each name that was asked for, in its order.' }),
    derived: z
      .array(outcomeSchema)
      .meta({ description: 'What became of names that follow those, and of their wildcards.' }),
    skipped: z
      .array(z.strictObject({ name: nameTextSchema, detail: z.string() }))
      .meta({ description: 'Names that should have followed, and why they did not.' }),
    warnings: warningsSchema,
  }),
);

/** A name that the asker may know nothing of is not told either because it follows one that it may change. */
export function updateContent(
  asker: Asker,
  { outcomes, derived, skipped, notes }: UpdateResult,
  isDryRun: boolean,
  warnings: readonly string[],
): object {
  const visible = derived.filter(({ outcome }) => mayReadName(asker, outcome.hostname));
  return {
    dry_run: isDryRun,
    outcomes: outcomes.map((outcome) => outcomeContent(outcome, asker)),
    derived: visible.map(({ outcome }) => outcomeContent(outcome, asker)),
    skipped: skipped
      .filter(({ hostname }) => mayReadName(asker, hostname))
      .map(({ hostname, why }) => ({ name: nameText(hostname), detail: why })),
    warnings: [...warnings, ...notes.map(({ text }) => text)],
  };
}

/** Whose name it is not is not told whether its zone is one of ours. */
export function failureProblem(asker: Asker, { hostname, fault }: Extract<NameOutcome, { kind: 'failed' }>): Problem {
  return mayReadName(asker, hostname) ? faultProblem(fault) : unknown('name', nameText(hostname));
}

function outcomeContent(outcome: NameOutcome, asker: Asker): object {
  const name = nameText(outcome.hostname);
  if (outcome.kind === 'failed')
    return { name, result: 'failed', records: [], problem: problemContent(failureProblem(asker, outcome)) };
  const isChanged = outcome.records.some(({ changed }) => changed);
  return { name, result: isChanged ? 'changed' : 'unchanged', records: outcome.records.map(changeContent) };
}

function changeContent({ type, before, after, changed }: RecordOutcome): object {
  return { type: typeName(type), before, after, changed };
}

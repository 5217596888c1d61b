import { z } from 'zod';
import { typeName } from '../../dns/codes.ts';
import type { NameOutcome, RecordOutcome } from '../../updates/outcome.ts';
import { answer, problemSchema } from './api-schemas.ts';
import { faultProblem } from './fault-problem.ts';
import { nameText, nameTextSchema, typeTextSchema, warningsSchema } from './field-schemas.ts';
import { problemContent } from './problem.ts';

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
    warnings: warningsSchema,
  }),
);

export interface CarriedOut {
  readonly outcomes: readonly NameOutcome[];
  readonly derived: readonly NameOutcome[];
}

export function updateContent(
  { outcomes, derived }: CarriedOut,
  isDryRun: boolean,
  warnings: readonly string[],
): object {
  return {
    dry_run: isDryRun,
    outcomes: outcomes.map(outcomeContent),
    derived: derived.map(outcomeContent),
    warnings,
  };
}

function outcomeContent(outcome: NameOutcome): object {
  const name = nameText(outcome.hostname);
  if (outcome.kind === 'failed')
    return { name, result: 'failed', records: [], problem: problemContent(faultProblem(outcome.fault)) };
  const isChanged = outcome.records.some(({ changed }) => changed);
  return { name, result: isChanged ? 'changed' : 'unchanged', records: outcome.records.map(changeContent) };
}

function changeContent({ type, before, after, changed }: RecordOutcome): object {
  return { type: typeName(type), before, after, changed };
}

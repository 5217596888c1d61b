import type { NameRequest, UpdateRequest } from '../../updates/request.ts';
import { faultProblem } from './fault-problem.ts';
import type { Success, Visit } from './operation.ts';
import type { Problem } from './problem.ts';
import { failureProblem, updateContent } from './update-schemas.ts';
import type { UpdateResult } from '../../updates/updater.ts';

const dialect = 'rest';

/** Has an update carried out, as one of so many that may be under way; a dry run only tells what it would do. */
export async function runUpdate(
  { asker, settings, beginUpdate }: Visit,
  names: readonly NameRequest[],
  isDryRun: boolean,
): Promise<UpdateResult | Problem> {
  using underWay = beginUpdate();
  if (!underWay) return faultProblem({ code: 'busy', nameserver: 'of this service' });
  const request: UpdateRequest = { dialect, asker, names, isDryRun };
  return await settings.updater.carryOut(request);
}

/** The result as a whole; where every name failed, so did the request, for the first one's reason. */
export function updateAnswer(
  { asker }: Visit,
  result: UpdateResult,
  isDryRun: boolean,
  warnings: readonly string[],
): Success | Problem {
  const [first] = result.outcomes;
  const hasFailed = result.outcomes.every(({ kind }) => kind === 'failed');
  if (hasFailed && first?.kind === 'failed') return { ...failureProblem(asker, first), isLogged: !isDryRun };
  return { status: 200, content: updateContent(asker, result, isDryRun, warnings) };
}

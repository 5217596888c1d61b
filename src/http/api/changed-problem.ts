import type { Changed } from '../../registry/administration.ts';
import { storeFaultProblem } from './fault-problem.ts';
import type { Problem } from './problem.ts';
import { cannotBeSo, versionMismatch } from './request-problems.ts';

/** Why a change of what is kept was not made. */
export function changedProblem(
  changed: Exclude<Changed<unknown>, { readonly kind: 'changed' }>,
  unknown: Problem,
): Problem {
  switch (changed.kind) {
    case 'unknown':
      return unknown;
    case 'other-version':
      return versionMismatch;
    case 'refused':
      return cannotBeSo(changed.reason);
    case 'failed':
      return storeFaultProblem(changed.fault);
  }
}

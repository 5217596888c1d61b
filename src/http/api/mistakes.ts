import type { z } from 'zod';
import { printable } from '../printable.ts';
import type { Mistake } from './problem.ts';

/** So many are told; a body of 64 KiB could have thousands. */
const mostMistakes = 50;

/** What is wrong with what was sent, each with its place. */
export function mistakesIn(error: z.ZodError | undefined, place: 'pointer' | 'parameter'): readonly Mistake[] {
  const mistakes = (error?.issues ?? []).flatMap((issue) => mistakesOf(issue, place));
  return mistakes.slice(0, mostMistakes);
}

function mistakesOf(issue: z.core.$ZodIssue, place: 'pointer' | 'parameter'): readonly Mistake[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => at(place, [...path, key], 'there is no such member here'));
  return [at(place, path, detailOf(issue))];
}

function at(place: 'pointer' | 'parameter', path: readonly string[], detail: string): Mistake {
  const text = place === 'pointer' ? path.map((step) => `/${pointerStep(step)}`).join('') : path.join('.');
  return { [place]: printable(text), detail };
}

/** RFC 6901 §3. */
function pointerStep(step: string): string {
  return step.replaceAll('~', '~0').replaceAll('/', '~1');
}

function detailOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'custom') return printable(issue.message, 500);
  const [first = '', ...rest] = issue.message.replace(/^Invalid input: /, '');
  return printable(`${first.toLowerCase()}${rest.join('')}`, 500);
}

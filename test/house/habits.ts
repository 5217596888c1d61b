import { posix } from 'node:path';

import { type Complaint, isTest, type SourceFile } from './source-files.ts';

const maxLines = 400;
const emptyNames = new Set(['index', 'utils', 'util', 'types', 'helpers', 'helper', 'common', 'misc']);

/** What a comment must not hold: it is either done, or it is not in the code. */
const unfinished = /\b(?:TO-?DO|FIX-?ME|X{3}|HACK)\b/;
/** Whoever reads the code has the code, not the tracker. */
const reference = /(?:^|[\s(])#\d+\b|\b(?:issue|ticket|pull request|PR|MR)s?\s+#?\d+/i;
/** A complaint of compiler or linter is answered, not silenced; a test may expect one, and fails without it. */
const silenced = /\b(?:es|ox)lint-(?:disable|enable)|@ts-(?:ignore|nocheck)/;
const expected = /@ts-expect-error/;

/** What stands in a file against our habits (CONTRIBUTING.md). */
export function habitComplaints({ path, text }: SourceFile): readonly Complaint[] {
  const complaints: Complaint[] = [];
  const base = posix.basename(path).replace(/(?:\.test)?\.ts$/, '');
  if (emptyNames.has(base)) complaints.push(`${path}: name the file after what is in it`);
  const lines = text.trimEnd().split('\n');
  // A table of cases may be as long as there are cases.
  if (lines.length > maxLines && !path.startsWith('test/vectors/'))
    complaints.push(`${path}: ${lines.length} lines; above ${maxLines} a file is more than one concept`);
  if (/^export default\b|^export \{[^}]*\bas default\b/m.test(text))
    complaints.push(`${path}: export it by its name, not as the default`);
  for (const [index, line] of lines.entries()) {
    const comment = /(?:^|\s)\/\/(.*)$|^\s*\/?\*(.*)$/.exec(line)?.slice(1).join('');
    if (comment === undefined) continue;
    const place = `${path}:${index + 1}`;
    if (unfinished.test(comment)) complaints.push(`${place}: finish it, or leave it out`);
    if (reference.test(comment)) complaints.push(`${place}: say the reason itself, not where it was discussed`);
    if (silenced.test(comment) || (expected.test(comment) && !isTest(path)))
      complaints.push(`${place}: answer the complaint instead of silencing it`);
  }
  return complaints;
}

import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

import type { Complaint } from './source-files.ts';
import { repositoryRoot } from './walk-through.ts';

/** A Markdown file of ours. */
export interface Document {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
}

export function readDocuments(): readonly Document[] {
  return globSync(['*.md', 'docs/**/*.md', 'packaging/**/*.md'], { cwd: repositoryRoot })
    .sort()
    .map((path) => ({ path, text: readFileSync(join(repositoryRoot, path), 'utf8') }));
}

/** The cells of all rows of all tables, without headings; code marks are kept. */
export function tableRows(text: string): readonly (readonly string[])[] {
  const lines = text.split('\n');
  const isRuler = (line: string | undefined) => /^\|[ |-]*-{3}[ |-]*$/.test(line ?? '');
  return lines
    .filter((line, index) => line.startsWith('|') && !isRuler(line) && !isRuler(lines[index + 1]))
    .map((line) => line.replaceAll('\\|', '¦').split('|').slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim().replaceAll('¦', '|')));
}

/** Links of a document that lead to no file, or to no heading of it. */
export function linkComplaints({ path, text }: Document): readonly Complaint[] {
  const complaints: Complaint[] = [];
  const prose = text.replaceAll(/^```[^]*?^```$/gm, '').replaceAll(/`[^`\n]*`/g, '');
  for (const [, target = ''] of prose.matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^[a-z]+:/.test(target)) continue;
    const [file = '', heading] = target.split('#');
    const linked = file === '' ? path : posix.join(dirname(path), file);
    const place = join(repositoryRoot, linked);
    if (!existsSync(place)) complaints.push(`${path} links to ${target}, and there is no such file`);
    else if (heading !== undefined && !headingsOf(readFileSync(place, 'utf8')).has(heading))
      complaints.push(`${path} links to ${target}, and ${linked} has no such heading`);
  }
  return complaints;
}

/** As code hosts name them: lower case, hyphens for spaces, no other signs. */
function headingsOf(text: string): ReadonlySet<string> {
  const headings = text.replaceAll(/^```[^]*?^```$/gm, '').matchAll(/^#+ (.*)$/gm);
  return new Set(
    Array.from(headings, ([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

/** A reference of the form `path#words`, in code marks. */
interface Reference {
  readonly file: string;
  readonly words: string;
}

function referencesIn(cell: string): readonly Reference[] {
  return Array.from(cell.matchAll(/`([^`#]+)#([^`]+)`/g), ([, file = '', words = '']) => ({ file, words }));
}

/** Rows of the RFC map that name a function or a test that is not there, or none at all. */
export function mapComplaints({ path, text }: Document): readonly Complaint[] {
  return tableRows(text).flatMap(([requirement = '', , functions = '', tests = '']) => {
    const place = `${path}: "${requirement}"`;
    return [
      referenceComplaints(`${place}, functions`, referencesIn(functions), declares),
      referenceComplaints(`${place}, tests`, referencesIn(tests), hasTest),
    ].flat();
  });
}

function referenceComplaints(
  place: string,
  references: readonly Reference[],
  isThere: (source: string, words: string) => boolean,
): readonly Complaint[] {
  if (references.length === 0) return [`${place}: there are none`];
  return references.flatMap(({ file, words }) => {
    const source = join(repositoryRoot, file);
    if (!existsSync(source)) return [`${place}: there is no ${file}`];
    return isThere(readFileSync(source, 'utf8'), words) ? [] : [`${place}: ${words} is not in ${file}`];
  });
}

function declares(source: string, name: string): boolean {
  return new RegExp(
    `(?:\\b(?:function\\*?|class|const|interface|type|get|static|async)\\s+|^\\s+#?)${name}\\b[(:<= ]`,
    'm',
  ).test(source);
}

/** The title, or the plain part of one that is put together. */
function hasTest(source: string, title: string): boolean {
  return source.includes(title) || source.includes(title.replaceAll("'", String.raw`\'`));
}

/** What tells of the place where somebody worked, and of work that was not finished; so written that it does not find itself. */
const strayWords: readonly (readonly [RegExp, string])[] = [
  [/(?<![\w.<>-])\/(?:home(?!\/user\b)|root|work|Users)\/[\w.-]+/, 'a path of somebody’s machine'],
  [/\b(?:TO[D]O|FIX[M]E)\b/, 'work to be done'],
];

export function strayWordComplaints({ path, text }: Document): readonly Complaint[] {
  return text
    .split('\n')
    .flatMap((line, index) =>
      strayWords.flatMap(([pattern, what]) => (pattern.test(line) ? [`${path}:${index + 1} holds ${what}`] : [])),
    );
}

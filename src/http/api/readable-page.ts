import { createHash } from 'node:crypto';
import type { Operation } from './operation.ts';
import { problemCodesOf } from './open-api.ts';
import { basePath } from './operations.ts';
import { problemStatus } from './problem-status.ts';
import { type ProblemCode, problemTitles, problemType } from './problem.ts';

const style = [
  'body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1c1c1c;background:#fff}',
  'h2{margin-top:2.5rem;border-bottom:1px solid #bbb}h3{margin-bottom:.25rem;font-size:1rem}',
  'code,pre{font-family:ui-monospace,monospace;font-size:.95em}pre{background:#f2f2f2;padding:.75rem;overflow-x:auto}',
  'table{border-collapse:collapse}td,th{text-align:left;vertical-align:top;padding:.15rem .75rem .15rem 0}',
  '.method{font-weight:700}a{color:#0b57a4}',
  '@media(prefers-color-scheme:dark){body{color:#e6e6e6;background:#161616}pre{background:#242424}a{color:#8ab8f0}}',
].join('');

const styleHash = createHash('sha256').update(style).digest('base64');

/** Nothing is fetched, nothing runs, nothing is sent, and nobody frames it; its own style is known by its hash (CSP 3 §2.3.1). */
export const pageHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
};

/** The document for people, made of the same table. */
export function overviewPage(operations: readonly Operation[]): string {
  const tags = [...new Set(operations.map(({ tag }) => tag))];
  const sections = tags.map((tag) => {
    const entries = operations.filter((operation) => operation.tag === tag).map(entry);
    return `<h2>${escapeHtml(tag)}</h2>\n${entries.join('\n')}`;
  });
  const example = `curl -H 'Authorization: Bearer SECRET' https://HOST${basePath}/me`;
  return page(
    'The API of dyndns',
    [
      '<p>Everything is JSON, below <code>/api/v1</code>. The same for programs: <a href="/api/openapi.json">openapi.json</a> (OpenAPI 3.1).</p>',
      `<pre>${escapeHtml(example)}</pre>`,
      '<p>The secret of the configuration may do everything; a token sees and changes what its scope has. Failures are problems (RFC 9457): <code>code</code> is for programs, <code>remedy</code> says what would put it right.</p>',
      ...sections,
    ].join('\n'),
  );
}

/** What a problem is, where its type leads. */
export function problemPage(code: ProblemCode): string {
  const status = problemStatus(code);
  return page(
    problemTitles[code],
    `<p>Code <code>${escapeHtml(code)}</code>, status ${status}. What was wrong this time stands in <code>detail</code> of the problem, and what would put it right in <code>remedy</code>.</p>\n<p><a href="/api">The API</a></p>`,
  );
}

function entry(operation: Operation): string {
  const { method, path, summary, description, example } = operation;
  const query = Object.keys(operation.query.shape);
  const rows = [
    ...(query.length > 0 ? [row('Query', query.map(codeHtml).join(', '))] : []),
    ...(operation.hasPreconditions === true ? [row('Headers', 'If-Match, If-None-Match')] : []),
    ...Object.entries(operation.answers).map(([status, form]) => row(status, escapeHtml(form.description))),
    row('Problems', problemCodesOf(operation).map(problemLink).join(', ')),
  ];
  return [
    `<h3 id="${escapeHtml(operation.id)}"><span class="method">${method}</span> ${codeHtml(`${basePath}${path}`)}</h3>`,
    `<p>${escapeHtml(summary)}. ${inlineCode(description)}</p>`,
    `<table>${rows.join('')}</table>`,
    ...(example?.request ? [sample('Send', example.request)] : []),
    ...(example?.answer ? [sample('Answer', example.answer)] : []),
  ].join('\n');
}

function row(title: string, html: string): string {
  return `<tr><th>${escapeHtml(title)}</th><td>${html}</td></tr>`;
}

function problemLink(problem: ProblemCode): string {
  return `<a href="${escapeHtml(problemType(problem))}">${escapeHtml(problem)}</a>`;
}

function sample(title: string, value: object): string {
  return `<p>${title}:</p><pre>${escapeHtml(JSON.stringify(value, undefined, 2))}</pre>`;
}

function codeHtml(text: string): string {
  return `<code>${escapeHtml(text)}</code>`;
}

/** Of CommonMark the descriptions use code spans alone. */
function inlineCode(text: string): string {
  return escapeHtml(text).replaceAll(/`([^`]*)`/g, '<code>$1</code>');
}

function page(title: string, body: string): string {
  return [
    '<!doctype html>',
    '<html lang="en">',
    `<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title><style>${style}</style></head>`,
    `<body><h1>${escapeHtml(title)}</h1>`,
    body,
    '</body></html>\n',
  ].join('\n');
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

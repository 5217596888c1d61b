import { runCommand } from './run-command.ts';
import { keyArgument, type TestKey } from './test-key.ts';

export interface DigQuestion {
  readonly port: number;
  readonly name: string;
  /** `A`, `AXFR`, `TYPE65280` … */
  readonly type: string;
  readonly address?: string;
  readonly tcp?: boolean;
  /** Signs the query, and checks the answer's signature. */
  readonly key?: TestKey;
  /** Which of the two judges answers; kdig's code is Knot's, dig's is BIND's. */
  readonly tool?: 'dig' | 'kdig';
  /** Further words of the command line, such as `+bufsize=512`. */
  readonly more?: readonly string[];
}

export interface DigRecord {
  readonly name: string;
  readonly ttlSeconds: number;
  readonly class: string;
  readonly type: string;
  readonly value: string;
}

export interface DigAnswer {
  /** `NOERROR`, `NXDOMAIN` …; `NO ANSWER` when none came. */
  readonly status: string;
  readonly flags: readonly string[];
  readonly answers: readonly DigRecord[];
  readonly authorities: readonly DigRecord[];
  readonly additionals: readonly DigRecord[];
  /** All that the tool has printed, for failure messages and for what is not parsed. */
  readonly text: string;
}

/** Asks a nameserver once by the real dig (or kdig), without recursion. */
export async function dig(question: DigQuestion): Promise<DigAnswer> {
  const { tool = 'dig', address = '127.0.0.1', port, name, type, key } = question;
  const { stdout, stderr } = await runCommand(tool, [
    ...(tool === 'dig' ? ['-r'] : []),
    `@${address}`,
    '-p',
    String(port),
    ...(key ? ['-y', keyArgument(key)] : []),
    '+norec',
    tool === 'dig' ? '+tries=1' : '+retry=0',
    tool === 'dig' ? '+time=3' : '+timeout=3',
    ...(question.tcp ? ['+tcp'] : []),
    ...(question.more ?? []),
    // Marks the name as one, whatever it looks like.
    '-q',
    name,
    '-t',
    type,
  ]);
  return parseDig(stdout + stderr);
}

/** The values of a name and type, in order; what `dig +short` prints. */
export async function digValues(question: DigQuestion): Promise<readonly string[]> {
  const { answers } = await dig(question);
  return answers
    .filter(({ type }) => type === question.type)
    .map(({ value }) => value)
    .sort();
}

/** @throws when the zone has no SOA there */
export async function digSerial(question: Omit<DigQuestion, 'type'>): Promise<number> {
  const { answers, text } = await dig({ ...question, type: 'SOA' });
  const serial = Number(answers.find(({ type }) => type === 'SOA')?.value.split(' ')[2]);
  if (Number.isInteger(serial)) return serial;
  throw new Error(`no serial of ${question.name}; the answer was:\n${text}`);
}

/** Reads what dig and kdig print. Transfers have no section headings there; their records count as answers. */
export function parseDig(text: string): DigAnswer {
  const sections = { answer: [] as DigRecord[], authority: [] as DigRecord[], additional: [] as DigRecord[] };
  let section: keyof typeof sections = 'answer';
  for (const line of text.split('\n')) {
    const heading = /^;; (ANSWER|AUTHORITY|ADDITIONAL) SECTION:/.exec(line)?.[1];
    if (heading) section = heading.toLowerCase() as keyof typeof sections;
    const record = parseRecord(line);
    // Both tools print the signature apart, wherever it stood.
    if (record && record.type !== 'TSIG') sections[section].push(record);
  }
  return {
    status: /status: ([A-Z0-9]+)/.exec(text)?.[1] ?? 'NO ANSWER',
    flags: /^;; flags: ([a-z ]*)/im.exec(text)?.[1]?.trim().split(/\s+/) ?? [],
    answers: sections.answer,
    authorities: sections.authority,
    additionals: sections.additional,
    text,
  };
}

function parseRecord(line: string): DigRecord | undefined {
  if (line.startsWith(';')) return undefined;
  const [, name, ttl, dnsClass, type, value] =
    /^(\S+)\s+(\d+)\s+([A-Z]+\d*)\s+([A-Z][A-Z0-9]*)\s+(.*)$/.exec(line) ?? [];
  if (name === undefined || dnsClass === undefined || type === undefined || value === undefined) return undefined;
  return { name, ttlSeconds: Number(ttl), class: dnsClass, type, value: value.trim() };
}

import { parentRecordLines } from './hosted/parent-records.ts';
import {
  type AnyZoneReport,
  type ExplainedFinding,
  hasPassed,
  type HostedZoneReport,
  type Report,
  type StepReport,
} from './report.ts';

/** Sets off what is good, bad or of no account; whoever has no colours gives the text back as it is. */
export type Paint = (emphasis: 'good' | 'bad' | 'quiet' | 'strong', text: string) => string;

/** The report for somebody at a terminal: zone by zone, step by step, with what to do about each fault. */
export function reportText(report: Report, paint: Paint, widthColumns = 100): string {
  const parts = report.zones.map((zone) => zoneText(zone, paint, widthColumns));
  return `${[...parts, summary(report, paint)].join('\n\n')}\n`;
}

function zoneText(zone: AnyZoneReport, paint: Paint, widthColumns: number): string {
  const heading = `${paint('strong', zone.zone)}  ${whereabouts(zone)}`;
  return [
    heading,
    ...zone.steps.flatMap((step) => stepLines(step, paint, widthColumns)),
    ...(zone.primary === 'embedded' ? parentLines(zone) : []),
  ].join('\n');
}

function whereabouts(zone: AnyZoneReport): string {
  if (zone.primary === 'rfc2136') return `${zone.nameserver} port ${zone.port}, key ${zone.key} (${zone.algorithm})`;
  return zone.serial === undefined ? 'hosted here' : `hosted here, serial ${zone.serial}`;
}

/** They stand alone, so that they can be copied. */
function parentLines({ parentRecords }: HostedZoneReport): readonly string[] {
  if (parentRecords.length === 0) return [];
  return [
    '',
    '  The zone above needs these records:',
    '',
    ...parentRecordLines(parentRecords).map((line) => `    ${line}`),
  ];
}

/** The words say it without the colour, and without the sign too. */
const signs = {
  passed: { sign: '✓', word: 'passed ', emphasis: 'good' },
  hint: { sign: 'i', word: 'hint   ', emphasis: 'strong' },
  warning: { sign: '!', word: 'warning', emphasis: 'strong' },
  failed: { sign: '✗', word: 'failed ', emphasis: 'bad' },
  skipped: { sign: '-', word: 'skipped', emphasis: 'quiet' },
} as const;

const stepColumns = 12;
const indentColumns = 2 + 2 + 8 + stepColumns + 1;

function stepLines({ step, status, note, findings }: StepReport, paint: Paint, widthColumns: number): string[] {
  const { sign, word, emphasis } = signs[status];
  const lines = [...(note === undefined ? [] : wrap(note, widthColumns)), ...findings.flatMap(findingLines)];
  const [first = '', ...others] = lines;
  const start = `  ${paint(emphasis, `${sign} ${word}`)} ${step.padEnd(stepColumns)} ${first}`;
  return [start.trimEnd(), ...others.map((line) => `${' '.repeat(indentColumns)}${line}`)];

  function findingLines({ cause, remedy }: ExplainedFinding): string[] {
    const [remedyStart = '', ...remedyRest] = wrap(remedy, widthColumns - 2);
    return [...wrap(cause, widthColumns), `→ ${remedyStart}`, ...remedyRest.map((line) => `  ${line}`)];
  }
}

/** Broken between words, so that a name or a command is never torn apart. */
function wrap(text: string, widthColumns: number): string[] {
  const room = Math.max(20, widthColumns - indentColumns);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

function summary(report: Report, paint: Paint): string {
  const { zones } = report;
  const failed = zones.filter(({ status }) => status === 'failed').length;
  const warned = zones.filter(({ status }) => status === 'warning').length;
  if (!hasPassed(report)) return paint('bad', `Updates do not work in ${failed} of ${count(zones.length, 'zone')}.`);
  const verdict = `Updates work in ${zones.length === 1 ? 'the zone' : `all ${zones.length} zones`}`;
  return warned === 0
    ? paint('good', `${verdict}.`)
    : `${paint('good', verdict)}; ${count(warned, 'zone')} with a warning.`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

import { Type } from '../dns/codes.ts';
import type { Name } from '../dns/name.ts';
import type { SoaRdata } from '../dns/rdata.ts';
import type { ExternalZoneDescription } from '../primary/primary-pool.ts';
import type { Clock } from '../updates/clock.ts';
import type { Told } from './answer.ts';
import { checkContent, checkLabel } from './check-record.ts';
import { judgeSkew, measureSkew } from './clock-measurement.ts';
import { skewWords } from './explain.ts';
import { classify, type Finding } from './finding.ts';
import type { DoctorLimits } from './limits.ts';
import { findAddresses, type ResolveAddresses } from './nameserver-addresses.ts';
import { surveyNameservers } from './nameserver-survey.ts';
import { Questioner } from './questioner.ts';
import { type ZoneReport, ZoneReportBuilder } from './report.ts';
import type { NameserversFound } from './system-resolver.ts';
import { countsDownToExpiry, expireOption, isElsewhere, judgeUpdateRefusal } from './update-refusal.ts';
import { tryUpdate } from './update-trial.ts';
import { lookAtZone } from './zone-look.ts';

/** All that the doctor needs from outside. */
export interface DoctorTools {
  readonly clock: Clock;
  readonly randomOctets: (count: number) => Uint8Array;
  readonly resolveAddresses: ResolveAddresses;
  /** Where the zone above a hosted one is looked for. */
  readonly findNameservers: (name: Name) => Promise<NameserversFound>;
  /** Where the nameservers that a zone names listen: 53, save in tests. */
  readonly nameserverPort: (name: string, address: string) => number;
  readonly limits: DoctorLimits;
  /** When it is raised, what has been begun is put in order, and nothing new is begun. */
  readonly signal: AbortSignal;
}

/** Examines one zone, step by step, until a step fails. */
export async function examineZone(description: ExternalZoneDescription, tools: DoctorTools): Promise<ZoneReport> {
  const { name: zone, primary } = description;
  const { nameserver, port, key } = primary;
  const { clock, randomOctets, limits, signal } = tools;
  const checkName = zone.prepend(checkLabel);
  const content = checkContent(randomOctets);
  const subject = {
    zone: zone.toString(),
    nameserver,
    port,
    key: key.name.toString(),
    algorithm: key.algorithm,
    checkName: checkName.toString(),
  };
  const report = new ZoneReportBuilder(subject, checkLabel, content);
  await using questioner = new Questioner({
    endpoint: { address: nameserver, port },
    key,
    clock,
    connectTimeoutMs: limits.connectTimeoutMs,
    answerTimeoutMs: limits.answerTimeoutMs,
    examinationMs: limits.examinationMs,
    freshId: () => freshId(randomOctets),
  });
  const examination: Examination = { description, tools, questioner, report, content };
  if (signal.aborted) report.found([{ code: 'interrupted' }], 'connection');
  else await examine(examination);
  return report.finish();
}

interface Examination {
  readonly description: ExternalZoneDescription;
  readonly tools: DoctorTools;
  readonly questioner: Questioner;
  readonly report: ZoneReportBuilder;
  readonly content: string;
}

async function examine(examination: Examination): Promise<void> {
  const { report, tools } = examination;
  const soa = await examineZoneCut(examination);
  if (!soa) return;
  if (tools.signal.aborted) return report.found([{ code: 'interrupted' }]);
  const isUpdatable = await examineUpdate(examination, soa);
  if (!isUpdatable) return;
  if (tools.signal.aborted) return report.found([{ code: 'interrupted' }], 'nameservers');
  await examineNameservers(examination, soa);
}

/** Connection, key, zone and clock: all of it shows in the answer to one question. */
async function examineZoneCut({ description, tools, questioner, report }: Examination): Promise<SoaRdata | undefined> {
  const { name: zone, primary } = description;
  const nowSeconds = () => tools.clock.unixSeconds();
  const absentZone = zone.prepend(randomLabel(tools.randomOctets));
  const look = await lookAtZone(questioner, { zone, key: primary.key, absentZone, nowSeconds });
  if (look.kind === 'ill') {
    noteStepsBefore(look.findings, report);
    report.found(look.findings);
    return undefined;
  }
  noteStepsBefore(undefined, report);
  const aheadSeconds = await measureSkew(questioner, zone, look.answer, nowSeconds);
  report.aheadSeconds = aheadSeconds;
  report.passed('clock', aheadSeconds === undefined ? clockNotes.unknown : clockNotes.known(aheadSeconds));
  const drift = judgeSkew(aheadSeconds);
  if (drift) report.found([drift]);
  return look.soa;
}

const clockNotes = {
  unknown: 'The clocks are near enough for signatures.',
  known: (aheadSeconds: number) =>
    aheadSeconds === 0 ? 'The clocks agree.' : `Our clock is ${skewWords(aheadSeconds)} of the nameserver's.`,
};

/** What has passed when the first question has been answered with these findings, or with none. */
function noteStepsBefore(findings: readonly Finding[] | undefined, report: ZoneReportBuilder): void {
  const found = new Set(findings?.map(({ code }) => classify(code).step));
  if (found.has('connection')) return;
  report.passed('connection', 'It answers over TCP.');
  if (found.has('key') || found.has('clock')) return;
  report.passed('key', 'The key is accepted, and the answers are signed with it.');
  if (!found.has('zone')) report.passed('zone', 'It is authoritative for the zone.');
}

async function examineUpdate(examination: Examination, soa: SoaRdata): Promise<boolean> {
  const { description, tools, questioner, report, content } = examination;
  const { limits, clock } = tools;
  const findings = await tryUpdate(questioner, {
    zone: description.name,
    checkName: description.name.prepend(checkLabel),
    content,
    appearanceMs: limits.appearanceMs,
    removalMs: limits.removalMs,
    monotonicMs: () => clock.monotonicMs(),
    diagnoseRefusal: (answer) => diagnoseRefusal(examination, soa, answer),
  });
  report.passed('update', 'A TXT record could be added, read back and removed.');
  report.found(findings, 'update');
  return findings.every(({ code }) => classify(code).severity === 'warning');
}

async function diagnoseRefusal(
  { description, tools, questioner }: Examination,
  soa: SoaRdata,
  answer: Told,
): Promise<Finding> {
  const { name: zone, primary } = description;
  const expiry = await questioner.query(zone, Type.SOA, { ednsOptions: [expireOption] });
  const addresses = await findAddresses(questioner, soa.mname, [], tools.resolveAddresses);
  return judgeUpdateRefusal(answer, {
    primary: soa.mname.toString(),
    expires: expiry.kind === 'proven' && countsDownToExpiry(expiry.message, soa),
    isPrimaryElsewhere: isElsewhere(primary.nameserver, addresses),
  });
}

async function examineNameservers(examination: Examination, before: SoaRdata): Promise<void> {
  const { description, tools, questioner, report } = examination;
  const { clock, limits, resolveAddresses, nameserverPort, randomOctets, signal } = tools;
  const primarySerial = await askPrimarySerial(examination);
  if (primarySerial === undefined) return;
  report.serial = primarySerial;
  if (primarySerial === before.serial) report.found([{ code: 'serial-unchanged', serial: primarySerial }]);
  const survey = await surveyNameservers(questioner, {
    zone: description.name,
    primarySerial,
    resolveAddresses,
    nameserverPort: (name, address) => nameserverPort(name.toString(), address),
    freshId: () => freshId(randomOctets),
    answerTimeoutMs: Math.min(limits.answerTimeoutMs, limits.propagationMs),
    propagationMs: limits.propagationMs,
    monotonicMs: () => clock.monotonicMs(),
    signal,
  });
  report.nameservers = survey.nameservers.map(({ name, address, port, answer }) => ({
    name,
    address,
    port,
    ...(answer.kind === 'serial' ? { serial: answer.serial } : {}),
  }));
  report.passed(
    'nameservers',
    `All ${survey.nameservers.length} addresses of nameservers have the serial ${primarySerial}.`,
  );
  report.found(survey.findings, 'nameservers');
}

async function askPrimarySerial({ description, questioner, report }: Examination): Promise<number | undefined> {
  const answer = await questioner.query(description.name, Type.SOA);
  const record =
    answer.kind === 'proven' ? answer.message.answers.find(({ rdata }) => rdata.kind === 'SOA') : undefined;
  if (record?.rdata.kind === 'SOA') return record.rdata.serial;
  report.found([{ code: 'no-answer', operation: 'query' }], 'nameservers');
  return undefined;
}

export function freshId(randomOctets: (count: number) => Uint8Array): number {
  const [high = 0, low = 0] = randomOctets(2);
  return (high << 8) | low;
}

/** So long that nobody has a zone of this name. */
function randomLabel(randomOctets: (count: number) => Uint8Array): string {
  return `dyndns-check-${Buffer.from(randomOctets(12)).toString('hex')}`;
}

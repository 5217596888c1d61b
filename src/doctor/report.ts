import type { Explanation } from '../updates/fault.ts';
import { type FailureStatus, hostedSteps, type Severity, type Step, steps } from './classification.ts';
import { explainFinding, type Subject } from './explain.ts';
import { type AnyFinding, classify } from './finding.ts';
import { explainHostedFinding } from './hosted/explain-hosted.ts';
import { type HostedFinding, hostedClassifications } from './hosted/hosted-finding.ts';
import type { ParentRecord } from './hosted/parent-records.ts';

/**
 * What an examination has found, as data: `dyndns check --json` prints it just as it is. Names end with a dot; nothing in it
 * is secret.
 */
export interface Report {
  readonly zones: readonly AnyZoneReport[];
}

export type AnyZoneReport = ZoneReport | HostedZoneReport;

/** Of a zone on another nameserver. */
export interface ZoneReport extends Subject {
  readonly primary: 'rfc2136';
  readonly status: ZoneStatus;
  /** The label that the check writes to, without the zone. */
  readonly label: string;
  /** The random text that the check wrote. */
  readonly content: string;
  /** How far our clock is ahead of the nameserver's; absent where it could not be measured. */
  readonly aheadSeconds?: number;
  /** The primary's after the check; absent where it could not be asked. */
  readonly serial?: number;
  /** All the steps, in their order. */
  readonly steps: readonly StepReport[];
  /** Every address of every nameserver that the zone names. */
  readonly nameservers: readonly NameserverReport[];
}

/** Of a zone that is hosted here. */
export interface HostedZoneReport {
  readonly primary: 'embedded';
  readonly zone: string;
  readonly status: ZoneStatus;
  /** Absent where the zone has no key: then nobody changes it by DNS, the check as well. */
  readonly key?: string;
  readonly algorithm?: string;
  /** As for {@link ZoneReport}; absent where nothing was written. */
  readonly label?: string;
  readonly content?: string;
  /** What the service serves, or else what the database has; absent where neither is known. */
  readonly serial?: number;
  /** What the zone above needs. */
  readonly parentRecords: readonly ParentRecord[];
  readonly steps: readonly StepReport[];
  /** Every address of every secondary that is known. */
  readonly nameservers: readonly NameserverReport[];
}

/** The worst of the steps: `failed` where updates do not work. A hint does not count. */
export type ZoneStatus = 'passed' | 'warning' | 'failed';

export interface StepReport {
  readonly step: Step;
  /** `skipped`: not tried, as there was no sense in it, mostly for an earlier step that failed. */
  readonly status: 'passed' | 'hint' | 'warning' | 'failed' | 'skipped';
  /** One sentence for a step that passed, or was skipped for a reason of its own. */
  readonly note?: string;
  readonly findings: readonly ExplainedFinding[];
}

/** A finding with its own fields, such as `aheadSeconds` or `suggestion`, and with its words. */
export type ExplainedFinding = AnyFinding & {
  readonly severity: Severity;
  readonly cause: string;
  readonly remedy: string;
};

export interface NameserverReport {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  /** Absent where it did not say. */
  readonly serial?: number;
}

/** Gathers what the steps of an examination bring. */
export class StepLedger {
  readonly #steps: readonly Step[];
  readonly #explain: (finding: AnyFinding) => Explanation;
  readonly #notes = new Map<Step, { readonly status: 'passed' | 'skipped'; readonly note: string }>();
  readonly #findings = new Map<Step, AnyFinding[]>();

  constructor(inOrder: readonly Step[], explain: (finding: AnyFinding) => Explanation) {
    this.#steps = inOrder;
    this.#explain = explain;
  }

  /** The step was taken; what it found, if anything, comes apart. */
  passed(step: Step, note: string): void {
    this.#notes.set(step, { status: 'passed', note });
  }

  /** The step was not taken, for this reason. */
  skipped(step: Step, note: string): void {
    this.#notes.set(step, { status: 'skipped', note });
  }

  /** @param step  where it was found; absent: where such a finding belongs */
  found(findings: readonly AnyFinding[], step?: Step): void {
    for (const finding of findings) {
      const where = step ?? classify(finding.code).step;
      this.#findings.set(where, [...(this.#findings.get(where) ?? []), finding]);
    }
  }

  finish(): { readonly status: ZoneStatus; readonly steps: readonly StepReport[] } {
    const reported = this.#steps.map((step) => this.#report(step));
    const has = (status: StepReport['status']) => reported.some((each) => each.status === status);
    return { status: has('failed') ? 'failed' : has('warning') ? 'warning' : 'passed', steps: reported };
  }

  #explained(finding: AnyFinding): ExplainedFinding {
    const { severity } = classify(finding.code);
    return { ...finding, severity, ...this.#explain(finding) };
  }

  #report(step: Step): StepReport {
    const findings = (this.#findings.get(step) ?? []).map((finding) => this.#explained(finding));
    const worst = (['error', 'warning', 'hint'] as const).find((each) =>
      findings.some(({ severity }) => severity === each),
    );
    if (worst) return { step, status: worst === 'error' ? 'failed' : worst, findings };
    return { step, ...(this.#notes.get(step) ?? { status: 'skipped' }), findings };
  }
}

/** Gathers what the steps of one zone's examination on another nameserver bring. */
export class ZoneReportBuilder {
  readonly #subject: Subject;
  readonly #label: string;
  readonly #content: string;
  readonly #ledger: StepLedger;
  aheadSeconds: number | undefined;
  serial: number | undefined;
  nameservers: readonly NameserverReport[] = [];

  constructor(subject: Subject, label: string, content: string) {
    this.#subject = subject;
    this.#label = label;
    this.#content = content;
    this.#ledger = new StepLedger(steps, (finding) => explainAny(finding, subject));
  }

  passed(step: Step, note: string): void {
    this.#ledger.passed(step, note);
  }

  found(findings: readonly AnyFinding[], step?: Step): void {
    this.#ledger.found(findings, step);
  }

  finish(): ZoneReport {
    const { status, steps: reported } = this.#ledger.finish();
    return {
      primary: 'rfc2136',
      ...this.#subject,
      status,
      label: this.#label,
      content: this.#content,
      ...(this.aheadSeconds === undefined ? {} : { aheadSeconds: this.aheadSeconds }),
      ...(this.serial === undefined ? {} : { serial: this.serial }),
      steps: reported,
      nameservers: this.nameservers,
    };
  }
}

/** The ledger of a zone that is hosted here. @param subject  asked for at the end, when all that can be known of it is known */
export function hostedLedger(subject: () => Subject): StepLedger {
  return new StepLedger(hostedSteps, (finding) => explainAny(finding, subject()));
}

function explainAny(finding: AnyFinding, subject: Subject): Explanation {
  return isHosted(finding) ? explainHostedFinding(finding, subject.zone) : explainFinding(finding, subject);
}

function isHosted(finding: AnyFinding): finding is HostedFinding {
  return finding.code in hostedClassifications;
}

export function findingsOf({ steps: reported }: AnyZoneReport): readonly ExplainedFinding[] {
  return reported.flatMap(({ findings }) => findings);
}

/** Whether updates work in every zone; warnings do not count. */
export function hasPassed({ zones }: Report): boolean {
  return zones.every(({ status }) => status !== 'failed');
}

/** 200, or the status of what first stopped the first zone that failed. */
export function reportStatus({ zones }: Report): 200 | FailureStatus {
  for (const zone of zones) {
    for (const { code } of findingsOf(zone)) {
      const classification = classify(code);
      if (classification.severity === 'error') return classification.status;
    }
  }
  return 200;
}

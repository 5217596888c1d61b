import { explainFinding, type Subject } from './explain.ts';
import { classify, type FailureStatus, type Finding, type Severity, type Step, steps } from './finding.ts';

/**
 * What an examination has found, as data: `dyndns check --json` prints it just as it is. Names end with a dot; nothing in it
 * is secret.
 */
export interface Report {
  readonly zones: readonly ZoneReport[];
}

export interface ZoneReport extends Subject {
  /** The worst of the steps: `failed` where updates do not work. */
  readonly status: 'passed' | 'warning' | 'failed';
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

export interface StepReport {
  readonly step: Step;
  /** `skipped`: an earlier step failed, so that this one was not tried. */
  readonly status: 'passed' | 'warning' | 'failed' | 'skipped';
  /** One sentence for a step that passed. */
  readonly note?: string;
  readonly findings: readonly ExplainedFinding[];
}

/** A finding with its own fields, such as `aheadSeconds` or `suggestion`, and with its words. */
export type ExplainedFinding = Finding & {
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

/** Gathers what the steps of one zone's examination bring. */
export class ZoneReportBuilder {
  readonly #subject: Subject;
  readonly #label: string;
  readonly #content: string;
  readonly #notes = new Map<Step, string>();
  readonly #findings = new Map<Step, Finding[]>();
  aheadSeconds: number | undefined;
  serial: number | undefined;
  nameservers: readonly NameserverReport[] = [];

  constructor(subject: Subject, label: string, content: string) {
    this.#subject = subject;
    this.#label = label;
    this.#content = content;
  }

  /** The step was taken; what it found, if anything, comes apart. */
  passed(step: Step, note: string): void {
    this.#notes.set(step, note);
  }

  /** @param step  where it was found; absent: where such a finding belongs */
  found(findings: readonly Finding[], step?: Step): void {
    for (const finding of findings) {
      const where = step ?? classify(finding.code).step;
      this.#findings.set(where, [...(this.#findings.get(where) ?? []), finding]);
    }
  }

  finish(): ZoneReport {
    const reported = steps.map((step) => this.#step(step));
    const has = (status: StepReport['status']) => reported.some((each) => each.status === status);
    return {
      ...this.#subject,
      status: has('failed') ? 'failed' : has('warning') ? 'warning' : 'passed',
      label: this.#label,
      content: this.#content,
      ...(this.aheadSeconds === undefined ? {} : { aheadSeconds: this.aheadSeconds }),
      ...(this.serial === undefined ? {} : { serial: this.serial }),
      steps: reported,
      nameservers: this.nameservers,
    };
  }

  #explain(finding: Finding): ExplainedFinding {
    const { severity } = classify(finding.code);
    return { ...finding, severity, ...explainFinding(finding, this.#subject) };
  }

  #step(step: Step): StepReport {
    const findings = (this.#findings.get(step) ?? []).map((finding) => this.#explain(finding));
    const note = this.#notes.get(step);
    if (findings.some(({ severity }) => severity === 'error')) return { step, status: 'failed', findings };
    if (findings.length > 0) return { step, status: 'warning', findings };
    return note === undefined ? { step, status: 'skipped', findings } : { step, status: 'passed', note, findings };
  }
}

export function findingsOf({ steps: reported }: ZoneReport): readonly ExplainedFinding[] {
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

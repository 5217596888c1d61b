/**
 * An error means that updates do not work; a warning, that they do, and that something else should be looked at; a hint, that
 * all is as it was set up, and that there is more to be had.
 */
export type Severity = 'error' | 'warning' | 'hint';

/** 502: the nameserver, or what is in its place, refuses; 503: it cannot be reached; 504: it does not answer in time. */
export type FailureStatus = 502 | 503 | 504;

/** The parts of an examination, in their order. */
export const steps = ['connection', 'key', 'zone', 'clock', 'update', 'nameservers'] as const;
/** The same for a zone that is hosted here. */
export const hostedSteps = ['service', 'database', 'key', 'update', 'reach', 'delegation', 'secondaries'] as const;
export type Step = (typeof steps)[number] | (typeof hostedSteps)[number];

/** How grave a finding is, and the step that it belongs to when it turns up before any later one. */
export type Classification =
  | { readonly step: Step; readonly severity: 'error'; readonly status: FailureStatus }
  | { readonly step: Step; readonly severity: 'warning' | 'hint' };

export function error(step: Step, status: FailureStatus): Classification {
  return { step, severity: 'error', status };
}

export function warning(step: Step): Classification {
  return { step, severity: 'warning' };
}

export function hint(step: Step): Classification {
  return { step, severity: 'hint' };
}

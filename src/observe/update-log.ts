import { typeName } from '../dns/codes.ts';
import { credentialLabel } from '../updates/asker.ts';
import { explainFault, type FaultCode } from '../updates/fault.ts';
import type { NameOutcome, RecordOutcome } from '../updates/outcome.ts';
import type { BesideOutcomes, UpdateObserver } from '../updates/ports.ts';
import type { UpdateRequest } from '../updates/request.ts';
import type { Log, LogFields, LogWord } from './log.ts';
import type { Metrics } from './metrics.ts';

/** Of every line of one request. */
interface CommonFields extends LogFields {
  readonly dialect: string;
  readonly credential: string;
}

/** Writes down and counts what became of every request, in whatever dialect it came. */
export class UpdateLog implements UpdateObserver {
  readonly #log: Log;
  readonly #metrics: Metrics;

  constructor(log: Log, metrics: Metrics) {
    this.#log = log;
    this.#metrics = metrics;
  }

  settled(request: UpdateRequest, outcomes: readonly NameOutcome[], beside?: BesideOutcomes): void {
    const fields = { dialect: request.dialect, credential: credentialLabel(request.asker.credential) };
    for (const outcome of outcomes) {
      this.#metrics.nameSettled(request.dialect, outcome);
      this.#write(fields, outcome);
    }
    if (beside) this.#writeBeside(fields, beside);
    for (const warning of request.warnings ?? []) {
      const names = outcomes.map(({ hostname }) => hostname.toString()).join(', ');
      this.#log.write('WARNING', `${names}: ${warning}`, fields);
    }
  }

  #writeBeside(fields: CommonFields, { derived, skipped, notes }: BesideOutcomes): void {
    for (const { reason, outcome } of derived) {
      this.#metrics.nameSettled(fields.dialect, outcome);
      this.#write({ ...fields, derived: reason }, outcome);
    }
    for (const { reason, hostname, why } of skipped)
      this.#log.write('WARNING', `${hostname.toString()}: left as it is, because ${why}`, {
        ...fields,
        derived: reason,
      });
    for (const { text } of notes) this.#log.write('WARNING', text, fields);
  }

  #write(fields: LogFields, outcome: NameOutcome): void {
    const name = outcome.hostname.toString();
    if (outcome.kind === 'failed') {
      const { cause, remedy } = explainFault(outcome.fault);
      this.#log.write(faultWord(outcome.fault.code), `${name}: ${cause} ${remedy}`, {
        ...fields,
        name,
        fault: outcome.fault.code,
      });
      return;
    }
    for (const record of outcome.records) {
      const word = record.changed ? 'UPDATED' : 'UNCHANGED';
      if (this.#log.isEnabled(word)) this.#log.write(word, recordText(name, record), fields);
    }
  }
}

/** As in the original's log: `www.example.com. A 192.0.2.1 -> 192.0.2.2`, `www.example.com. AAAA None`. */
function recordText(name: string, { type, before, after, changed }: RecordOutcome): string {
  const values = changed ? `${valuesText(before)} -> ${valuesText(after)}` : valuesText(after);
  return `${name} ${typeName(type)} ${values}`;
}

function valuesText(values: readonly string[]): string {
  return values.length === 0 ? 'None' : values.join(',');
}

function faultWord(code: FaultCode): LogWord {
  switch (code) {
    case 'unknown-zone':
      return 'DNS_NAME_ERROR';
    case 'not-permitted':
    case 'too-many-names':
      return 'PARAMETER_ERROR';
    case 'unsuitable-address':
      return 'IP_ADDRESS_ERROR';
    default:
      return 'DNS_SERVER_ERROR';
  }
}

import { typeName } from '../../dns/codes.ts';
import { explainFault, type Fault } from '../../updates/fault.ts';
import type { HostnameFault } from '../../updates/hostname.ts';
import { isChanged, type NameOutcome, type RecordOutcome } from '../../updates/outcome.ts';
import type { Answer } from '../answer.ts';
import type { ArgumentFault } from '../arguments.ts';
import { printable } from '../printable.ts';
import { addressError, nameError, parameterError, type Refusal, refusalAnswer } from '../refusal.ts';
import { faultStatus } from '../status.ts';

/** One line a record type, A before AAAA: `UPDATED: www.example.com. A None -> 192.0.2.1`. */
export function updateAnswer(outcome: NameOutcome): Answer {
  if (outcome.kind === 'failed') return refusalAnswer(faultRefusal(outcome.fault));
  const name = outcome.hostname.toString();
  return { status: 200, text: outcome.records.map((record) => recordLine(name, record)).join('') };
}

export function deleteAnswer(outcome: NameOutcome): Answer {
  if (outcome.kind === 'failed') return refusalAnswer(faultRefusal(outcome.fault));
  const name = outcome.hostname.toString();
  const text = isChanged(outcome)
    ? `UPDATED: The A and AAAA records of the domain name '${name}' were deleted.\n`
    : `UNCHANGED: The deletion of the domain name '${name}' was not executed because there were no A or AAAA records.\n`;
  return { status: 200, text };
}

function recordLine(name: string, { type, before, after, changed }: RecordOutcome): string {
  return changed
    ? `UPDATED: ${name} ${typeName(type)} ${valuesText(before)} -> ${valuesText(after)}\n`
    : `UNCHANGED: ${name} ${typeName(type)} ${valuesText(after)}\n`;
}

function valuesText(values: readonly string[]): string {
  return values.length === 0 ? 'None' : values.join(',');
}

export function faultRefusal(fault: Fault): Refusal {
  const status = faultStatus(fault);
  if (fault.code === 'unknown-zone') return nameError(noZoneText(fault.name), status);
  if (fault.code === 'static') return nameError(printable(faultText(fault), 1000), status);
  if (fault.code === 'not-permitted' || fault.code === 'too-many-names')
    return parameterError(printable(faultText(fault), 1000), status);
  if (fault.code === 'unsuitable-address') return addressError(printable(faultText(fault), 1000));
  const refusal: Refusal = { word: 'DNS_SERVER_ERROR', text: printable(faultText(fault), 1000), status };
  if (fault.code === 'throttled') return { ...refusal, retryAfterSeconds: fault.retryAfterSeconds };
  return fault.code === 'busy' ? { ...refusal, retryAfterSeconds: 1 } : refusal;
}

function faultText(fault: Fault): string {
  switch (fault.code) {
    case 'unknown-key':
      return `The peer "${fault.nameserver}" didn't know the tsig key we used for the zone "${fault.zone}".`;
    case 'timeout':
      return `The DNS operation to the nameserver "${fault.nameserver}" timed out.`;
    case 'unconfirmed':
      return `The update of '${fault.name}' could not be confirmed.`;
    default:
      return explainFault(fault).cause;
  }
}

export function noZoneText(name: string): string {
  return `The fully qualified domain name '${name}' could not be split into a record and a zone name.`;
}

export function hostnameRefusal(fault: HostnameFault): Refusal {
  switch (fault.kind) {
    case 'empty':
      return nameError('Value "fqdn" is required.');
    case 'label':
      return nameError(`The label '${printable(fault.label)}' of the DNS name '${printable(fault.name)}' is invalid.`);
    case 'numeric-top-level':
      return nameError(
        `The TLD '${printable(fault.label)}' of the DNS name '${printable(fault.name)}' must be not purely numeric.`,
      );
    case 'too-long':
      return nameError(`The DNS name '${printable(fault.name, 60)}' is longer than 253 characters.`);
  }
}

export function argumentRefusal(fault: ArgumentFault): Refusal {
  switch (fault.kind) {
    case 'unknown':
      return parameterError(`extra_forbidden: Extra inputs are not permitted (${printable(fault.name, 64)}).`);
    case 'repeated':
      return parameterError(`The argument "${printable(fault.name, 64)}" was given more than once.`);
    case 'malformed':
      return parameterError(`The argument "${printable(fault.name, 64)}" is not valid percent-encoded UTF-8.`);
    case 'too-many':
      return parameterError(`More than ${fault.most} arguments were given.`);
  }
}

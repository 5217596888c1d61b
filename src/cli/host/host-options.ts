import type { Config } from '../../config/config.ts';
import type { AdministrationOrder } from '../../door/administration-orders.ts';
import { hostExpiryBounds } from '../../registry/limits.ts';
import { parseAddress } from '../../updates/address.ts';
import { descriptionMistake } from '../administering.ts';
import type { Invocation } from '../command.ts';
import { parseTimeSpan, timeSpanText } from '../time-span.ts';
import { hostOperand } from './host-operand.ts';

type Edit = Extract<AdministrationOrder, { order: 'put-host' }>['edit'];

/** What the options say of a host; only what was given is in it. @returns a sentence without a full stop where they are wrong */
export function readHostOptions(invocation: Invocation, config: Pick<Config, 'ttl'>): Edit | string {
  const { values, switches } = invocation;
  const mistake = findMistake(invocation, config);
  if (mistake !== undefined) return mistake;
  const { ttl } = values;
  const span = values['expires-after'];
  const follows = values['follows'] === undefined ? undefined : hostOperand(values['follows']);
  const edit: Edit = {};
  if (values['description'] !== undefined) edit.description = values['description'];
  if (ttl !== undefined) edit.ttlSeconds = ttl === 'default' ? null : Number(ttl);
  if (values['interface-id'] !== undefined) edit.interfaceId = values['interface-id'];
  if (switches.has('no-interface-id')) edit.interfaceId = null;
  if (follows !== undefined) edit.follows = follows;
  if (switches.has('no-follows')) edit.follows = null;
  if (span !== undefined) edit.expiresAfterSeconds = parseTimeSpan(span) ?? null;
  if (switches.has('no-expiry')) edit.expiresAfterSeconds = null;
  if (switches.has('wildcard')) edit.hasWildcardTwin = true;
  if (switches.has('no-wildcard')) edit.hasWildcardTwin = false;
  return edit;
}

const contradictions = [
  ['interface-id', 'no-interface-id'],
  ['follows', 'no-follows'],
  ['expires-after', 'no-expiry'],
  ['wildcard', 'no-wildcard'],
] as const;

function findMistake(
  { values, switches }: Invocation,
  { ttl: { minSeconds, maxSeconds } }: Pick<Config, 'ttl'>,
): string | undefined {
  for (const [one, other] of contradictions)
    if (switches.has(other) && (switches.has(one) || values[one] !== undefined))
      return `--${one} and --${other} are both here; keep one of the two`;
  const { ttl, follows } = values;
  if (ttl !== undefined && ttl !== 'default') {
    if (!/^\d{1,10}$/.test(ttl)) return `--ttl takes a whole number of seconds, or the word default, not ${ttl}`;
    if (Number(ttl) < minSeconds || Number(ttl) > maxSeconds)
      return `--ttl takes ${minSeconds} to ${maxSeconds} here (ttl.min, ttl.max), not ${ttl}`;
  }
  const id = values['interface-id'];
  if (id !== undefined && parseAddress(id)?.family !== 6)
    return `--interface-id takes the last bits of an IPv6 address, such as ::1234:5678, not ${id}`;
  if (follows !== undefined && hostOperand(follows) === undefined)
    return `--follows takes the name of a host, not ${JSON.stringify(follows)}`;
  return spanMistake(values['expires-after']) ?? descriptionMistake(values['description']);
}

function spanMistake(span: string | undefined): string | undefined {
  if (span === undefined) return undefined;
  const seconds = parseTimeSpan(span);
  if (seconds === undefined) return `--expires-after takes a time such as 30d or 12h, not ${span}`;
  const { leastSeconds, mostSeconds } = hostExpiryBounds;
  return seconds < leastSeconds || seconds > mostSeconds
    ? `--expires-after takes ${timeSpanText(leastSeconds)} to ${timeSpanText(mostSeconds)}, not ${span}`
    : undefined;
}

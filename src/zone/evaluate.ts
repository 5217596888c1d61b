import { Class, Rcode, Type } from '../dns/codes.ts';
import type { UpdateMessage, UpdateOperation } from '../dns/update.ts';
import { unacceptable } from './acceptance.ts';
import { Draft } from './draft.ts';
import { applyOperation } from './operations.ts';
import { failedPrerequisite, type Refusal } from './prerequisites.ts';
import { withRecordSet } from './packed-records.ts';
import { nextSerial } from './serial.ts';
import { soaOf, withSerial } from './soa.ts';
import type { ZoneLimits } from './zone-limits.ts';
import type { ZoneView } from './zone-view.ts';

/** What an update would do. */
export type Evaluation =
  | { readonly kind: 'changed'; readonly draft: Draft } // NOERROR, once what is in the draft is on stable storage
  | { readonly kind: 'unchanged' } // NOERROR: all of it was so, or had to be ignored
  | ({ readonly kind: 'rejected' } & Refusal); // nothing of it may be done

/** Whose update it is, as far as a zone has to know. */
export interface UpdatePolicy {
  readonly limits: ZoneLimits;
  /** Whether the requester may make this change of this zone (RFC 2136 §3.3). */
  readonly permits: (operation: UpdateOperation, view: ZoneView) => boolean;
  /** The serial that the world knows, where updates of one batch take effect as one step; else the view's own. */
  readonly servedSerial?: number;
}

/**
 * Evaluates an update that `parseUpdate` has found sound, without doing it: is the zone ours (RFC 2136 §3.1), do the
 * prerequisites hold (§3.2), may the requester do all of it (§3.3), what comes out (§3.4.2), and would secondaries take it.
 *
 * The serial goes up by one when the content changes and the update itself does not set a greater one (§3.6). An update that in
 * the end changes nothing leaves it, so that secondaries are not called for nothing. Updates that take effect together, as one
 * step, raise it once.
 *
 * Deliberately differs: the RFC scans the changes (§3.4.1) after prerequisites and permission, and looks at the form of each
 * prerequisite just before it tests it; here the form of the whole message comes first. Of two faults a message may be told
 * the other one. BIND does so for the changes.
 *
 * @param view  the zone, or a draft in which the updates before this one in the same batch have been taken over
 */
export function evaluateUpdate(view: ZoneView, update: UpdateMessage, policy: UpdatePolicy): Evaluation {
  const refusal =
    checkZone(view, update) ??
    failedPrerequisite(view, update.prerequisites) ??
    missingPermission(view, update.operations, policy);
  if (refusal !== undefined) return { kind: 'rejected', ...refusal };
  const draft = new Draft(view);
  const servedSerial = policy.servedSerial ?? view.serial;
  for (const operation of update.operations) {
    const exceeded = applyOperation(draft, operation, policy.limits, servedSerial);
    if (exceeded !== undefined) return { kind: 'rejected', ...exceeded };
  }
  if (!draft.isChanged) return { kind: 'unchanged' };
  const refused = unacceptable(draft);
  if (refused !== undefined) return { kind: 'rejected', ...refused };
  if (draft.serial === servedSerial) raiseSerial(draft);
  return { kind: 'changed', draft };
}

/** RFC 2136 §3.1.1–2. */
function checkZone({ origin }: ZoneView, { zone, zoneClass }: UpdateMessage): Refusal | undefined {
  if (zoneClass === Class.IN && zone.equals(origin)) return undefined;
  return { rcode: Rcode.NOTAUTH, reason: `${zone.toString()} is not the zone ${origin.toString()}` };
}

function missingPermission(
  view: ZoneView,
  operations: readonly UpdateOperation[],
  { permits }: UpdatePolicy,
): Refusal | undefined {
  const denied = operations.find((operation) => !permits(operation, view));
  if (denied === undefined) return undefined;
  return { rcode: Rcode.REFUSED, reason: `The requester may not do ${denied.kind} at ${denied.name.toString()}` };
}

function raiseSerial(draft: Draft): void {
  const apex = draft.records(draft.origin.key);
  const soa = withSerial(soaOf(apex), nextSerial(draft.serial));
  draft.set(draft.origin.key, withRecordSet(apex, Type.SOA, soa));
}

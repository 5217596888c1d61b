import { explainStoreFault } from '../../store/store-fault.ts';
import type { Fault } from '../../updates/fault.ts';
import type { WriteFailure } from './submission.ts';

/** What `nameserver` is in the configuration of such a zone, and so in faults. */
export const embeddedNameserver = 'embedded';

/** @param name  of the first name that was to change, or of the zone */
export function faultOf(failure: WriteFailure, name: string): Fault {
  const nameserver = embeddedNameserver;
  switch (failure.kind) {
    case 'late':
      return { code: 'timeout', nameserver };
    case 'busy':
      return { code: 'busy', nameserver };
    case 'closed':
      return notStored(name, 'The zone is being closed.', 'Ask again in a moment.');
    case 'not-stored': {
      const { cause, remedy } = explainStoreFault(failure.fault);
      return notStored(name, cause, remedy);
    }
    case 'refused':
      return notStored(name, refusalText(failure.refusal.code), 'Start the service again, and look into its log.');
    case 'unconfirmed': {
      const { fault } = failure;
      const cause: Fault = fault
        ? faultOf({ kind: 'not-stored', fault }, name)
        : { code: 'timeout', nameserver: embeddedNameserver };
      return { code: 'unconfirmed', nameserver, name, cause };
    }
  }
}

function notStored(name: string, cause: string, remedy: string): Fault {
  return { code: 'not-stored', name, cause, remedy };
}

type RefusalCode = Extract<WriteFailure, { kind: 'refused' }>['refusal']['code'];

function refusalText(code: RefusalCode): string {
  switch (code) {
    case 'replayed':
      return 'This very request was carried out before.';
    case 'unknown-zone':
      return 'The database does not hold the zone any more.';
    case 'zone-exists':
      return 'The database holds the zone already.';
    case 'dormant-zone':
      return 'The zone is out of the configuration, and sleeps in the database.';
    case 'other-serial':
      return 'The zone in the database goes on without this service.';
  }
}

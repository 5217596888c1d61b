import { explainStoreFault, type StoreFault } from '../../store/store-fault.ts';
import { explainFault, type Fault } from '../../updates/fault.ts';
import { printable } from '../printable.ts';
import { faultStatus } from '../status.ts';
import type { Problem } from './problem.ts';

/** Longer than any explanation that is not made longer by whom it quotes. */
const mostCharacters = 1000;

/** What went wrong between a valid request and a changed zone, as a problem: its code is the fault's. */
export function faultProblem(fault: Fault): Problem {
  const { cause, remedy } = explainFault(fault);
  return {
    code: fault.code,
    status: faultStatus(fault),
    detail: printable(cause, mostCharacters),
    remedy: printable(remedy, mostCharacters),
    ...retryAfter(fault),
  };
}

function retryAfter(fault: Fault): { readonly retryAfterSeconds?: number } {
  switch (fault.code) {
    case 'throttled':
      return { retryAfterSeconds: fault.retryAfterSeconds };
    case 'busy':
      return { retryAfterSeconds: 1 };
    case 'unconfirmed':
      return retryAfter(fault.cause);
    default:
      return {};
  }
}

/** What kept a change from being stored. The file's path stays in the log: answers go to others than the operator, too. */
export function storeFaultProblem(fault: StoreFault): Problem {
  const { cause, remedy } = explainStoreFault(fault);
  return {
    code: 'not-stored',
    status: 503,
    detail: printable(cause.replaceAll(fault.path, 'the database'), mostCharacters),
    remedy: printable(remedy.replaceAll(fault.path, 'the database'), mostCharacters),
  };
}

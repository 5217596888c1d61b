import type { StoreFault } from '../store/store-fault.ts';
import type { WriteResult } from '../store/zone-store.ts';

/** Why a write has not taken effect, or may not have; undefined when it is on stable storage. */
export function writeFault(result: WriteResult): StoreFault | undefined {
  switch (result.kind) {
    case 'committed':
      return undefined;
    case 'failed':
    case 'unconfirmed':
      return result.fault;
    case 'refused':
      return { code: 'stopped', path: 'the database', detail: `it refuses the change: ${result.refusal.code}` };
  }
}

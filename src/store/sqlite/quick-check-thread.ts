import { parentPort, workerData } from 'node:worker_threads';

import type { Answer, IntegrityReport } from '../zone-store.ts';
import { quickCheck } from './check-integrity.ts';
import { faultOf } from './sqlite-fault.ts';

/** Entry of a thread that looks at one database, says what it has found, and ends. */
function answer(path: string): Answer<IntegrityReport> {
  try {
    return quickCheck(path);
  } catch (error) {
    const fault = faultOf(error, path);
    if (!fault) throw error;
    return { kind: 'failed', fault };
  }
}

parentPort?.postMessage(answer(String(workerData)));

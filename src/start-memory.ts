import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** By then the first answers have gone out, and nobody waits for the start any more. */
const settledMs = 1000;

/**
 * Gives back the memory that only the start needed: loading some hundred modules makes V8's young generation grow to 16 MB, and by itself it
 * would stay so for as long as the service has little to do.
 *
 * One thorough collection, of some 30 ms, a second after the call.
 */
export function giveBackStartMemory(): Disposable {
  const timer = setTimeout(collectGarbage, settledMs).unref();
  return { [Symbol.dispose]: () => clearTimeout(timer) };
}

/** V8 shows its collector to contexts that are made while the flag is set. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (options: { type: 'major'; flavor: 'last-resort' }) => void;
  setFlagsFromString('--no-expose-gc');
  collect({ type: 'major', flavor: 'last-resort' });
}

import { setImmediate as nextTurn } from 'node:timers/promises';

import type { Pieces } from '../../zone/pieces.ts';

/** How long work may hold everybody up before others have a turn. */
const turnMs = 10;

/** Carries work out piece by piece, so that questions are answered meanwhile. */
export async function takeTurns<Result>(pieces: Pieces<Result>): Promise<Result> {
  for (let untilMs = performance.now() + turnMs; ;) {
    const { done, value } = pieces.next();
    if (done === true) return value;
    if (performance.now() < untilMs) continue;
    await nextTurn();
    untilMs = performance.now() + turnMs;
  }
}

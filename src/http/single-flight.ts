/**
 * Lets many askers share one answer: while it is being found out everybody waits for it, and for a while afterwards it is
 * told again.
 *
 * @param maxAgeMs  0: told only to those who asked while it was being found out
 */
export function shareAnswer<T>(find: () => Promise<T>, maxAgeMs: number, monotonicMs: () => number): () => Promise<T> {
  let underWay: Promise<T> | undefined;
  let last: { readonly answer: T; readonly foundAtMs: number } | undefined;
  return () => {
    if (last && monotonicMs() - last.foundAtMs < maxAgeMs) return Promise.resolve(last.answer);
    underWay ??= find()
      .then((answer) => {
        last = { answer, foundAtMs: monotonicMs() };
        return answer;
      })
      .finally(() => (underWay = undefined));
    return underWay;
  };
}

/**
 * Work over a whole zone that may be interrupted: where it yields, others may have a turn, as long as they leave alone what it
 * works on.
 */
export type Pieces<Result> = Generator<undefined, Result, undefined>;

/** So many names are one piece: a few milliseconds at most. */
export const namesInPiece = 500;

/** From the beginning to the end, without a pause. */
export function inOneGo<Result>(pieces: Pieces<Result>): Result {
  for (;;) {
    const { done, value } = pieces.next();
    if (done === true) return value;
  }
}

/** Hands on what is worked through, and pauses now and then. */
export function* withPauses<Item>(items: Iterable<Item>, work: (item: Item) => void): Pieces<void> {
  let count = 0;
  for (const item of items) {
    work(item);
    count += 1;
    if (count % namesInPiece === 0) yield;
  }
}

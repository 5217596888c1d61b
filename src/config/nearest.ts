/** The word that the writer most likely meant, or undefined when none is near enough to be worth a guess. */
export function nearestWord(written: string, known: readonly string[]): string | undefined {
  if (written.length > maxGuessCharacters) return undefined;
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const word of known) {
    const distance = editDistance(normalised(written), normalised(word));
    const isNear = distance <= Math.max(1, Math.floor(word.length / 3));
    if (isNear && distance < bestDistance) [best, bestDistance] = [word, distance];
  }
  return best;
}

const maxGuessCharacters = 64;

/** `TsigKey`, `tsig-key` and `tsig_key` are the same word for this purpose. */
function normalised(word: string): string {
  return word.toLowerCase().replaceAll(/[-_ ]/g, '');
}

/** Insertions, deletions, replacements and swaps of neighbours that turn one word into the other. */
function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const replaced = at(previous, column - 1) + (a[row - 1] === b[column - 1] ? 0 : 1);
      const isSwap = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      const swapped = isSwap ? at(beforePrevious, column - 2) + 1 : Infinity;
      current.push(Math.min(at(previous, column) + 1, at(current, column - 1) + 1, replaced, swapped));
    }
    [beforePrevious, previous] = [previous, current];
  }
  return at(previous, b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Infinity;
}

import type { Name } from '../dns/name.ts';

const dot = 0x2e;

/** The order of the names' texts, octet by octet, without making the texts. */
export function compareNames({ wire: a }: Name, { wire: b }: Name): number {
  let nextLengthA = 0;
  let nextLengthB = 0;
  for (let index = 0; index < a.length && index < b.length; index += 1) {
    let left = a[index]!;
    let right = b[index]!;
    if (index === nextLengthA) {
      nextLengthA += left + 1;
      left = dot;
    }
    if (index === nextLengthB) {
      nextLengthB += right + 1;
      right = dot;
    }
    if (left !== right) return left - right;
  }
  return a.length - b.length;
}

/** Where the first is that is not before the name, by its index. */
export function indexOf(sorted: readonly { readonly name: Name }[], name: Name): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareNames(sorted[middle]!.name, name) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

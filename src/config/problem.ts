/** A place in a text file; both count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** One mistake: where it stands, what is wrong and what would be right. It never repeats a secret. */
export interface Problem {
  readonly file: string;
  /** Absent where the file as a whole is meant. */
  readonly position: Position | undefined;
  /** `what is wrong; what would be right` */
  readonly message: string;
}

/** `FILE:LINE:COLUMN: what is wrong; what would be right` */
export function describeProblem(problem: Problem): string {
  const { file, position, message } = problem;
  return position ? `${file}:${position.line}:${position.column}: ${message}` : `${file}: ${message}`;
}

/** Collects the mistakes of one file, so that all of them are told at once. */
export class ProblemList {
  readonly file: string;
  readonly #problems: Problem[] = [];

  constructor(file: string) {
    this.file = file;
  }

  add(position: Position | undefined, message: string): void {
    this.#problems.push({ file: this.file, position, message });
  }

  /** A mistake in another file, and where this one names it. */
  addTo(file: string, position: Position | undefined, message: string, namedAt: Position): undefined {
    const named = `(named in ${this.file}:${namedAt.line}:${namedAt.column})`;
    this.#problems.push({ file, position, message: `${message} ${named}` });
  }

  get isEmpty(): boolean {
    return this.#problems.length === 0;
  }

  /** In the order of the file, so that they can be worked off from top to bottom; other files follow. */
  sorted(): Problem[] {
    const rank = ({ file }: Problem): number => (file === this.file ? 0 : 1);
    return this.#problems.toSorted((a, b) => rank(a) - rank(b) || comparePositions(a.position, b.position));
  }
}

function comparePositions(a: Position | undefined, b: Position | undefined): number {
  return (a?.line ?? 0) - (b?.line ?? 0) || (a?.column ?? 0) - (b?.column ?? 0);
}

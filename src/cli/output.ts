import { styleText } from 'node:util';

/** How a word is set off on a terminal. */
export type Emphasis = 'good' | 'bad' | 'quiet' | 'strong';

const formats = { good: 'green', bad: 'red', quiet: 'dim', strong: 'bold' } as const;

export interface OutputStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/**
 * One of the two streams that a command writes to.
 *
 * A reader that goes away (`dyndns config | head -1`) ends nothing: what is written after that is dropped. Colours appear on a
 * terminal only, and never when NO_COLOR is set to anything (no-color.org).
 */
export class Output {
  readonly #stream: OutputStream;
  readonly #hasColours: boolean;
  #isBroken = false;

  constructor(stream: OutputStream, environment: Readonly<Record<string, string | undefined>>) {
    this.#stream = stream;
    this.#hasColours = stream.isTTY === true && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb';
    stream.on('error', () => (this.#isBroken = true));
  }

  get isTerminal(): boolean {
    return this.#stream.isTTY === true;
  }

  /** Writes whole lines; the last line break is added where it is missing. */
  print(text: string): void {
    if (!this.#isBroken) this.#stream.write(text.endsWith('\n') ? text : `${text}\n`);
  }

  printJson(value: unknown): void {
    this.print(JSON.stringify(value, null, this.isTerminal ? 2 : undefined));
  }

  paint(emphasis: Emphasis, text: string): string {
    // The stream was judged above; styleText would judge standard output instead of this one.
    return this.#hasColours ? styleText(formats[emphasis], text, { validateStream: false }) : text;
  }
}

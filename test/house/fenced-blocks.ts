/** A fenced block of a Markdown file. */
export interface FencedBlock {
  /** The first word after the fence, such as `console`; empty when there is none. */
  readonly language: string;
  /** What `file=` after it names: the block is that file. */
  readonly file: string | undefined;
  /** What `from=` after it names: the block is an excerpt of that file of the repository. */
  readonly from: string | undefined;
  readonly text: string;
  /** Where it begins, for messages. */
  readonly line: number;
}

/** All fenced blocks, in their order. They are not indented, and the fence is three backticks. */
export function fencedBlocks(markdown: string): readonly FencedBlock[] {
  const blocks: FencedBlock[] = [];
  for (const match of markdown.matchAll(/^```([^\n`]*)\n([^]*?)^```$/gm)) {
    const [language = '', ...settings] = (match[1] ?? '').trim().split(/\s+/);
    const setting = (name: string) => settings.find((each) => each.startsWith(name))?.slice(name.length);
    const line = markdown.slice(0, match.index).split('\n').length;
    blocks.push({ language, file: setting('file='), from: setting('from='), text: match[2] ?? '', line });
  }
  return blocks;
}

/** A command of a block, and what it answers. */
export interface ShownCommand {
  readonly command: string;
  /** Undefined where the block shows no answers. */
  readonly answer: string | undefined;
}

/** The commands of a block: in `console` those after `$ `, each with the lines that follow it; else every line. */
export function shownCommands({ language, text }: FencedBlock): readonly ShownCommand[] {
  if (language !== 'console') {
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return lines.map((command) => ({ command, answer: undefined }));
  }
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const end = part.indexOf('\n');
      return { command: part.slice(0, end), answer: part.slice(end + 1) };
    });
}

import assert from 'node:assert/strict';

import type { CommandResult } from '../support/run-command.ts';
import { type FencedBlock, fencedBlocks, type ShownCommand, shownCommands } from './fenced-blocks.ts';
import type { WalkThrough } from './walk-through.ts';

/** What a test cannot ask of a machine, and what it does in its place; in the order in which the README needs it. */
const standIns: readonly (readonly [RegExp, (walk: WalkThrough, match: RegExpExecArray) => Promise<unknown>])[] = [
  [/^sudo apt-get install [a-z0-9 -]+$/, () => Promise.resolve()],
  [/^sudo adduser --system --group --no-create-home --home \/nonexistent dyndns$/, () => Promise.resolve()],
  [/^sudo cp -r \. \/opt\/dyndns$/, (machine) => machine.installDyndns()],
  [/^cd (\S+)$/, (machine, [, path = '']) => Promise.resolve(machine.enter(path))],
  [
    /^sudo install -m 640 -o root -g [a-z]+ \/dev\/null (\S+)$/,
    async (machine, [, path = '']) => succeed(await machine.run(`install -m 640 /dev/null ${path}`)),
  ],
  [
    /^sudo install -d -m 700 -o dyndns -g dyndns (\S+)$/,
    async (machine, [, path = '']) => succeed(await machine.run(`install -d -m 700 ${path}`)),
  ],
  [/^sudo chown [a-z]+:[a-z]+ \S+$/, () => Promise.resolve()],
  [/^sudo systemctl reload named$/, (machine) => machine.startNamed()],
  [/^sudo cp (packaging\/\S+) (\S+)$/, (machine, [, from = '', to = '']) => machine.copy(from, to)],
  [/^sudo systemctl daemon-reload$/, () => Promise.resolve()],
  [/^sudo systemctl enable --now dyndns$/, (machine) => machine.startDyndns()],
  [/^sudo certbot certonly --webroot /, async (machine) => succeed(await machine.obtainCertificate())],
  [/^sudo nginx -t$/, async (machine) => succeed(await machine.testNginx())],
  [/^sudo systemctl reload nginx$/, (machine) => machine.startNginx()],
];

/** Walks the README's way, from the empty machine to the first update. */
export async function walkThroughReadme(readme: string, machine: WalkThrough): Promise<void> {
  await machine.configureNamed();
  const steps = fencedBlocks(sectionOf(readme, '## From an empty machine'));
  assert.ok(steps.length >= 12, `only ${steps.length} blocks were found`);
  for (const block of steps) await follow(block, machine);
}

/** From a heading of the second order, named by its beginning, to the next. */
export function sectionOf(markdown: string, heading: string): string {
  return (markdown.split(heading)[1] ?? '').split(/^## /m)[0] ?? '';
}

/** Writes a block's file, or runs its commands and compares what they answer with what it shows. */
export async function follow(block: FencedBlock, machine: WalkThrough): Promise<void> {
  if (block.file !== undefined) return machine.write(block.file, block.text);
  if (!['sh', 'console'].includes(block.language)) return;
  for (const shown of shownCommands(block)) await carryOut(shown, machine);
}

async function carryOut({ command, answer }: ShownCommand, machine: WalkThrough): Promise<void> {
  for (const [pattern, act] of standIns) {
    const match = pattern.exec(command);
    if (match) return void (await act(machine, match));
  }
  const result = await machine.run(command);
  if (answer === undefined) succeed(result);
  else assert.equal(result.stdout, answer, command);
}

export function succeed({ exitCode, stdout, stderr }: CommandResult): void {
  assert.equal(exitCode, 0, stdout + stderr);
}

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { requirePeer } from '../support/peers.ts';
import { fencedBlocks } from './fenced-blocks.ts';
import { follow, walkThroughReadme } from './follow-blocks.ts';
import { repositoryRoot, WalkThrough, walkThroughPeers } from './walk-through.ts';

const read = (path: string) => readFileSync(join(repositoryRoot, path), 'utf8');

/** The pages whose commands are run where the README's way has led to. */
const pages = ['configuration', 'http', 'api', 'cli', 'metrics'];

test("the commands of the operators' pages answer as is shown", async (t) => {
  if (!requirePeer(t, ...walkThroughPeers)) return;
  await using machine = await WalkThrough.begin();
  await walkThroughReadme(read('README.md'), machine);
  for (const page of pages)
    await t.test(page, async () => {
      const blocks = fencedBlocks(read(`docs/operator/${page}.md`));
      assert.ok(blocks.some(({ language }) => language === 'console'));
      for (const block of blocks) await follow(block, machine);
    });
});

test('excerpts are taken from the files that they name', () => {
  const excerpts = fencedBlocks(read('docs/operator/nginx.md')).filter(({ from }) => from !== undefined);
  assert.equal(excerpts.length, 2);
  for (const { from, text } of excerpts) assert.ok(read(from ?? '').includes(text), text);
});

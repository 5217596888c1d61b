import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { requirePeer } from '../support/peers.ts';
import { runCommand } from '../support/run-command.ts';
import { fencedBlocks, shownCommands } from './fenced-blocks.ts';
import { sectionOf, succeed, walkThroughReadme } from './follow-blocks.ts';
import { clientAddress, domain, repositoryRoot, WalkThrough, walkThroughPeers } from './walk-through.ts';

const readme = readFileSync(join(repositoryRoot, 'README.md'), 'utf8');
const blocks = fencedBlocks(readme);

test('the two commands that do all the set-up are scripts that there are', () => {
  const commands = fencedBlocks(sectionOf(readme, '## Two commands')).flatMap(shownCommands);
  assert.deepEqual(
    commands.map(({ command }) => command),
    ['npm ci && npm start', 'npm ci && npm test'],
  );
  const { scripts } = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8'));
  assert.deepEqual([typeof scripts.start, typeof scripts.test], ['string', 'string']);
});

test('the way from an empty machine to the first update can be walked', async (t) => {
  if (!requirePeer(t, ...walkThroughPeers)) return;
  await using machine = await WalkThrough.begin();
  await walkThroughReadme(readme, machine);
  await checkUnit(t, machine);
  await checkClientAddress(t, machine);
  await checkRouter(t, machine);
});

async function checkUnit(t: TestContext, machine: WalkThrough): Promise<void> {
  await t.test('systemd takes the unit, and finds it locked up', async (subtest) => {
    if (!requirePeer(subtest, 'systemd-analyze', 'kill')) return;
    const unit = machine.path('/etc/systemd/system/dyndns.service');
    // It ends with 0 also where it warns of a key that it does not know.
    assert.deepEqual(await runCommand('systemd-analyze', ['verify', unit]), { exitCode: 0, stdout: '', stderr: '' });
    succeed(await runCommand('systemd-analyze', ['security', '--offline=yes', '--threshold=20', '--no-pager', unit]));
  });
}

async function checkClientAddress(t: TestContext, machine: WalkThrough): Promise<void> {
  const url = `https://${domain}/update-by-path/changeThisSecret/home.${domain}`;
  const curlrc = machine.path('/run/.curlrc-of-another');
  const ask = async (...args: readonly string[]) => {
    await machine.write('/run/.curlrc-of-another', machine.curlSettings.join('\n'));
    return runCommand('curl', ['--disable', '--config', curlrc, ...args, url]);
  };
  await t.test('nginx hands on the address of the client, and dyndns believes nginx and not the client', async () => {
    for (const forged of [[], ['--header', 'X-Forwarded-For: 203.0.113.66']]) {
      const { stdout } = await ask('--interface', '127.0.0.2', ...forged);
      assert.match(stdout, /^IP_ADDRESS_ERROR: The client's own address '127\.0\.0\.2' cannot be used: /);
    }
  });
  await t.test('a proxy in front of nginx is believed as far as it is trusted', async () => {
    const { stdout } = await ask('--header', `X-Forwarded-For: 198.51.100.1, ${clientAddress}`);
    assert.match(stdout, new RegExp(`^UPDATED: home\\.${domain}\\. A None -> ${clientAddress}\n`));
  });
  await t.test('plain HTTP is sent on to HTTPS', async () => {
    const settings = ['--disable', '--silent', '--output', '/dev/null', '--write-out', '%{http_code} %{redirect_url}'];
    const request = ['--header', `Host: ${domain}`, `http://127.0.0.1:${machine.ports.http}/check?a=%2F`];
    const { stdout } = await runCommand('curl', [...settings, ...request]);
    assert.equal(stdout, `301 https://${domain}/check?a=%2F`);
  });
}

async function checkRouter(t: TestContext, machine: WalkThrough): Promise<void> {
  await t.test("the FRITZ!Box's URL works with one family, the other, and both", async () => {
    const template = blocks.find(({ text }) => text.includes('<ipaddr>'))?.text.trim() ?? '';
    const answers = ['203.0.113.9|', '|2001:db8::9', '203.0.113.9|2001:db8::9'].map(async (pair, index) => {
      const [ipv4 = '', ipv6 = ''] = pair.split('|');
      const values = { pass: 'changeThisSecret', domain: `box${index}.${domain}`, ipaddr: ipv4, ip6addr: ipv6 };
      const url = template.replaceAll(/<(\w+)>/g, (_, name: keyof typeof values) => values[name]);
      return (await machine.run(`curl '${url}'`)).stdout.match(/ -> \S+/g);
    });
    assert.deepEqual(await Promise.all(answers), [
      [' -> 203.0.113.9'],
      [' -> 2001:db8::9'],
      [' -> 203.0.113.9', ' -> 2001:db8::9'],
    ]);
  });
}

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { requirePeer } from '../support/peers.ts';
import { type CommandResult, runCommand } from '../support/run-command.ts';
import { type FencedBlock, fencedBlocks, type ShownCommand, shownCommands } from './fenced-blocks.ts';
import { clientAddress, domain, repositoryRoot, WalkThrough } from './walk-through.ts';

const readme = readFileSync(join(repositoryRoot, 'README.md'), 'utf8');
const blocks = fencedBlocks(readme);
const [setUp = '', walk = ''] = ['## Two commands', '## From an empty machine'].map((heading) =>
  (readme.split(heading)[1] ?? '').split(/^## /m).slice(0, 1).join(''),
);

test('the two commands that do all the set-up are scripts that there are', () => {
  const commands = fencedBlocks(setUp).flatMap(shownCommands);
  assert.deepEqual(
    commands.map(({ command }) => command),
    ['npm ci && npm start', 'npm ci && npm test'],
  );
  const { scripts } = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8'));
  assert.deepEqual([typeof scripts.start, typeof scripts.test], ['string', 'string']);
});

/** What a test cannot ask of a machine, and what it does in its place; in the order in which the README needs it. */
const standIns: readonly (readonly [RegExp, (walk: WalkThrough, match: RegExpExecArray) => Promise<unknown>])[] = [
  [/^sudo apt-get install [a-z0-9 -]+$/, () => Promise.resolve()],
  [/^sudo adduser --system --group --no-create-home --home \/nonexistent dyndns$/, () => Promise.resolve()],
  [/^sudo cp -r \. \/opt\/dyndns$/, (machine) => machine.installDyndns()],
  [/^sudo chown [a-z]+:[a-z]+ \S+$/, () => Promise.resolve()],
  [/^sudo systemctl reload named$/, (machine) => machine.startNamed()],
  [/^sudo cp (\/opt\/dyndns\/packaging\/\S+) (\S+)$/, (machine, [, from = '', to = '']) => machine.copy(from, to)],
  [/^sudo systemctl daemon-reload$/, () => Promise.resolve()],
  [/^sudo systemctl enable --now dyndns$/, (machine) => machine.startDyndns()],
  [/^sudo certbot certonly --webroot /, async (machine) => succeed(await machine.obtainCertificate())],
  [/^sudo nginx -t$/, async (machine) => succeed(await machine.testNginx())],
  [/^sudo systemctl reload nginx$/, (machine) => machine.startNginx()],
];

test('the way from an empty machine to the first update can be walked', async (t) => {
  const peers = ['named', 'tsig-keygen', 'named-checkconf', 'named-checkzone', 'dig', 'nginx', 'curl', 'openssl'];
  if (!requirePeer(t, ...peers)) return;
  await using machine = await WalkThrough.begin();
  await machine.configureNamed();
  const steps = fencedBlocks(walk);
  assert.ok(steps.length >= 12, `only ${steps.length} blocks were found`);
  for (const block of steps) await follow(block, machine);
  await checkUnit(t, machine);
  await checkClientAddress(t, machine);
  await checkRouter(t, machine);
});

async function follow(block: FencedBlock, machine: WalkThrough): Promise<void> {
  if (block.file !== undefined) return machine.write(block.file, block.text);
  if (block.language === 'text') return;
  for (const shown of shownCommands(block)) await carryOut(shown, machine);
}

async function carryOut({ command, answer }: ShownCommand, machine: WalkThrough): Promise<void> {
  for (const [pattern, act] of standIns) {
    const match = pattern.exec(command);
    if (match) return void (await act(machine, match));
  }
  const result = await machine.run(command);
  succeed(result);
  if (answer !== undefined) assert.equal(result.stdout + result.stderr, answer, command);
}

function succeed({ exitCode, stdout, stderr }: CommandResult): void {
  assert.equal(exitCode, 0, stdout + stderr);
}

async function checkUnit(t: TestContext, machine: WalkThrough): Promise<void> {
  await t.test('systemd takes the unit, and finds it locked up', async (subtest) => {
    if (!requirePeer(subtest, 'systemd-analyze')) return;
    const unit = machine.path('/etc/systemd/system/dyndns.service');
    // It ends with 0 also where it warns of a key that it does not know.
    assert.deepEqual(await runCommand('systemd-analyze', ['verify', unit]), { exitCode: 0, stdout: '', stderr: '' });
    succeed(await runCommand('systemd-analyze', ['security', '--offline=yes', '--threshold=20', '--no-pager', unit]));
  });
}

async function checkClientAddress(t: TestContext, machine: WalkThrough): Promise<void> {
  const url = `https://${domain}/update-by-path/changeThisSecret/home.${domain}`;
  const curlrc = machine.path('/home/.curlrc-of-another');
  const ask = async (...args: readonly string[]) => {
    await machine.write('/home/.curlrc-of-another', machine.curlSettings.join('\n'));
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

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { createTemporaryDirectory, type TemporaryDirectory } from '../support/temporary-directory.ts';
import { commandLine } from './cli-in-process.ts';

let home: TemporaryDirectory;
let configuration: string;

before(async () => {
  home = await createTemporaryDirectory('cli-mistakes');
  const text = 'secret: changeThisSecret\nttl:\n  min: 30\nzones:\n  - name: dyn.example.com\n';
  configuration = await home.write('dyndns.yml', text, 0o600);
});

after(async () => {
  await home[Symbol.asyncDispose]();
});

/** Without any service: what asks one fails. */
async function run(...args: readonly string[]) {
  const cli = commandLine({ services: {}, workingDirectory: home.path });
  const exitCode = await cli.run(...args, '--config', configuration);
  return { exitCode, stdout: cli.stdout(), stderr: cli.stderr() };
}

const create = ['token', 'create', '--name', 'x.dyn.example.com'];
const set = ['host', 'set', 'x.dyn.example.com'];

const mistakes: readonly (readonly [args: readonly string[], text: string])[] = [
  [['token', 'create'], 'a token needs --name or --zone, such as --name home.example.com'],
  [['token', 'edit', 'abc'], 'nothing is to be changed; give an option'],
  [[...create, '--type', 'FOO'], '--type: "FOO" is no type of records; write A, AAAA, TXT or acme, for example'],
  [[...create, '--type', 'A,NS'], '--type: NS records are for the administrator alone'],
  [
    [...create, '--network', 'foo'],
    '--network: "foo" is no network; write 192.0.2.0/24 or 2001:db8::/32, without a zone index',
  ],
  [
    ['token', 'edit', 'abc', '--network', '192.0.2.1/24'],
    '--network: "192.0.2.1/24" is an address within a network; the network is 192.0.2.0/24',
  ],
  [[...create, '--tsig', 'hmac-sha3'], '--tsig takes hmac-sha256, hmac-sha512 …, not hmac-sha3'],
  [
    [...create, '--expires', 'soon'],
    '--expires takes a time such as 90d or 12h, or a day to come such as 2027-12-31, not soon',
  ],
  [[...create, '--description', 'x'.repeat(201)], '--description: a description has at most 200 characters'],
  [['token', 'rotate', 'abc', '--overlap', '31d'], '--overlap takes at most 30d, not 31d'],
  [['token', 'rotate', 'abc', '--overlap', 'long'], '--overlap takes a time such as 7d or 12h, not long'],
  [[...set, '--ttl', '1'], '--ttl takes 30 to 86400 here (ttl.min, ttl.max), not 1'],
  [
    [...set, '--interface-id', '1.2.3.4'],
    '--interface-id takes the last bits of an IPv6 address, such as ::1234:5678, not 1.2.3.4',
  ],
  [[...set, '--expires-after', '1s'], '--expires-after takes 1m to 3650d, not 1s'],
  [[...set, '--expires-after', '4000d'], '--expires-after takes 1m to 3650d, not 4000d'],
  [[...set, '--follows', '-'], '--follows needs a value: --follows HOST'],
  [[...set, '--follows=a b'], '--follows takes the name of a host, not "a b"'],
  [['history', '--limit', '0'], '--limit takes a number from 1 to 100000, not 0'],
  [['zone', 'import', 'dyn.example.com'], 'zone import needs either a FILE or --from HOST[:PORT]'],
  [
    ['zone', 'import', 'dyn.example.com', 'x', '--merge', '--replace'],
    '--replace and --merge are both here; keep one of the two',
  ],
  [['zone', 'show', 'a..b'], '"a..b" is no name of a zone; write one such as dyndns.example.com'],
];

for (const [args, text] of mistakes) {
  const command = args.slice(0, args[0] === 'history' ? 1 : 2).join(' ');
  test(`nothing is tried: dyndns ${args.join(' ').slice(0, 70)}`, async () => {
    const remedy = `"dyndns ${command} --help" shows how it is used.`;
    assert.deepEqual(await run(...args), { exitCode: 2, stdout: '', stderr: `dyndns: ${text}\n${remedy}\n` });
    const { exitCode, stdout, stderr } = await run(...args, '--json');
    assert.deepEqual([exitCode, stderr], [2, '']);
    assert.deepEqual(JSON.parse(stdout), { error: { code: 'usage', text, remedy } });
  });
}

const unknownCommands: readonly (readonly [args: readonly string[], text: string, help: string])[] = [
  [['token', 'creat'], 'there is no command "token creat"; did you mean token create?', 'dyndns token --help'],
  [['token'], 'token needs one of create, list, show, edit, rotate, revoke, block, unblock', 'dyndns token --help'],
  [['updaet', 'x'], 'there is no command "updaet"; did you mean update?', 'dyndns --help'],
];

for (const [args, text, help] of unknownCommands)
  test(`what was meant is told as it is typed: dyndns ${args.join(' ')}`, async () => {
    const remedy = `"${help}" shows how it is used.`;
    assert.deepEqual(await run(...args), { exitCode: 2, stdout: '', stderr: `dyndns: ${text}\n${remedy}\n` });
    const { stdout } = await run(...args, '--json');
    assert.deepEqual(JSON.parse(stdout), { error: { code: 'usage', text, remedy } });
  });

test('a configuration that is wrong or missing is data where data was asked for', async () => {
  const wrong = await home.write('wrong.yml', 'secret: changeThisSecret\nzons: []\n', 0o600);
  const cli = commandLine({ services: {}, workingDirectory: home.path });
  assert.equal(await cli.run('token', 'list', '--json', '--config', wrong), 78);
  assert.equal(cli.stderr(), '');
  const { error } = JSON.parse(cli.stdout());
  assert.equal(error.code, 'configuration');
  assert.match(error.text, /wrong\.yml:2:1: the key zons is not known; did you mean zones\?/);
});

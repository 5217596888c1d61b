import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';

import { launchService } from './launch-service.ts';
import { unconfinedNamed } from './nameserver/bind.ts';
import { startProcess } from './process.ts';
import { runCommand } from './run-command.ts';
import { createTemporaryDirectory } from './temporary-directory.ts';

/**
 * Started inside a network of its own: serves a zone at one of the two addresses of the machine, the one that the kernel would not choose,
 * has BIND follow from a second network, which takes NOTIFY from that address alone, and prints whether BIND has a change soon.
 */
const zone = 'dyndns.example.com';
const served = '10.9.0.2';
const secondary = '10.9.0.9';
const startMs = 20_000;
/** BIND would look by itself after an hour. */
const followsMs = 10_000;

async function ip(...words: string[]): Promise<void> {
  const { exitCode, stderr } = await runCommand('ip', words);
  assert.equal(exitCode, 0, `ip ${words.join(' ')}: ${stderr}`);
}

await using neighbour = startProcess({
  title: 'a second network',
  command: 'unshare',
  args: ['--net', 'sleep', '300'],
});
const inNeighbour = ['nsenter', '--target', String(neighbour.pid), '--net'];
const there = async (...words: string[]) => await runCommand(inNeighbour[0]!, [...inNeighbour.slice(1), ...words]);

// Until it is in its own network.
while ((await there('ip', 'link', 'show', 'up')).stdout !== '') await delay(20);
await ip('link', 'add', 'here', 'type', 'veth', 'peer', 'name', 'there', 'netns', String(neighbour.pid));
await ip('link', 'set', 'here', 'up');
for (const address of ['10.9.0.1/24', `${served}/24`]) await ip('address', 'add', address, 'dev', 'here');
for (const words of [
  ['link', 'set', 'lo', 'up'],
  ['link', 'set', 'there', 'up'],
  ['address', 'add', `${secondary}/24`, 'dev', 'there'],
])
  assert.equal((await there('ip', ...words)).exitCode, 0);

await using service = await launchService({
  configuration: {
    secret: 'changeThisSecret',
    dns: {
      listen: [`${served}:53`],
      ns: [`ns1.${zone} ${served}`, `ns2.${zone} ${secondary}`],
      transfer_networks: [secondary],
      resolver: '127.0.0.1:1',
    },
    zones: [{ name: zone, nameserver: 'embedded' }],
  },
});
await using directory = await createTemporaryDirectory('notified');
const configuration = await directory.write(
  'named.conf',
  `controls { };
options {
  directory "${directory.path}";
  pid-file none;
  session-keyfile "${directory.path}/session.key";
  listen-on { ${secondary}; };
  listen-on-v6 { none; };
  recursion no;
  dnssec-validation no;
  empty-zones-enable no;
  notify no;
};
zone "${zone}" { type secondary; file "copy"; primaries { ${served}; }; };
`,
);
await using named = startProcess({
  title: 'BIND',
  command: inNeighbour[0]!,
  args: [...inNeighbour.slice(1), await unconfinedNamed(directory.path), '-g', '-c', configuration],
});
const ask = async (name: string, type: string) =>
  (await there('dig', '-r', '+short', '+tries=1', '+time=1', `@${secondary}`, name, type)).stdout.trim();
await named.waitUntil(async () => (await ask(zone, 'NS')).includes(`ns1.${zone}.`), startMs);
const { body } = await service.get(`/update-by-path/changeThisSecret/home.${zone}/203.0.113.7`);
assert.match(body, /^UPDATED: /);
let answer = '';
for (const deadlineMs = performance.now() + followsMs; performance.now() < deadlineMs && !answer; await delay(50))
  answer = await ask(`home.${zone}`, 'A');
const refused = /refused notify from non-primary: [0-9.]+/.exec(named.output())?.[0];
console.log(JSON.stringify({ answer, refused }));

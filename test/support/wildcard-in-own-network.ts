import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';

import { Name } from '../../src/dns/name.ts';
import { openNameserver } from '../../src/nameserver/nameserver.ts';
import { systemClock } from '../../src/updates/clock.ts';
import { startProcess } from './process.ts';
import { parseRecordLines } from './record-lines.ts';
import { runCommand } from './run-command.ts';
import { MemoryServedZone, MemoryServedZones } from './served-zones.ts';

/**
 * Started inside a network of its own: serves `example.` at both wildcard addresses, has a second network asked from which
 * each address is asked by dig, whose sockets are connected and so take no answer from another one, and prints what came.
 */
const records = parseRecordLines(['example. SOA 1', 'example. NS ns.test.', 'w.example. A 198.51.100.1']);
const port = 53;
const longestMs = 10_000;

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
const answersAt = async (address: string, more: readonly string[] = []): Promise<boolean> => {
  const words = ['dig', '-r', '+short', '+tries=1', '+time=1', ...more, `@${address}`, 'w.example', 'A'];
  const [command = '', ...rest] = address === '127.0.0.1' || address === '::1' ? words : [...inNeighbour, ...words];
  return (await runCommand(command, rest)).stdout.trim() === '198.51.100.1';
};
/** Whether it comes to be so within the time. */
async function becomes(wanted: boolean, address: string): Promise<boolean> {
  for (const deadlineMs = performance.now() + longestMs; performance.now() < deadlineMs; await delay(50))
    if ((await answersAt(address)) === wanted) return true;
  return false;
}

// Until it is in its own network.
while ((await runCommand(inNeighbour[0]!, [...inNeighbour.slice(1), 'ip', 'link', 'show', 'up'])).stdout !== '')
  await delay(20);
await ip('link', 'add', 'here', 'type', 'veth', 'peer', 'name', 'there', 'netns', String(neighbour.pid));
await ip('link', 'set', 'here', 'up');
for (const address of ['192.0.2.1/24', '192.0.2.2/24', '2001:db8::1/64', '2001:db8::2/64'])
  await ip('address', 'add', address, 'dev', 'here', ...(address.includes(':') ? ['nodad'] : []));
for (const words of [
  ['link', 'set', 'there', 'up'],
  ['address', 'add', '192.0.2.9/24', 'dev', 'there'],
  ['address', 'add', '2001:db8::9/64', 'dev', 'there', 'nodad'],
]) {
  const { exitCode, stderr } = await runCommand(inNeighbour[0]!, [...inNeighbour.slice(1), 'ip', ...words]);
  assert.equal(exitCode, 0, stderr);
}
const complaints: string[] = [];
const opened = await openNameserver({
  zones: new MemoryServedZones([new MemoryServedZone({ origin: Name.parse('example.'), records })]),
  clock: systemClock,
  listen: ['0.0.0.0', '::'].map((address) => ({ address, port })),
  limits: { addressesEveryMs: 100 },
  complain: (complaint) => complaints.push(complaint),
});
assert.ok(opened.kind === 'open', JSON.stringify(opened));
const answered: Record<string, boolean> = {};
for (const address of ['127.0.0.1', '::1', '192.0.2.1', '192.0.2.2', '2001:db8::1', '2001:db8::2']) {
  answered[address] = await becomes(true, address);
  answered[`${address} TCP`] = await answersAt(address, ['+tcp']);
}
// This one has to be waited for, while it is looked whether somebody else has it.
for (const address of ['192.0.2.3', '2001:db8::3']) {
  await ip('address', 'add', `${address}/${address.includes(':') ? 64 : 24}`, 'dev', 'here');
  answered[`${address}, added`] = await becomes(true, address);
}
await ip('address', 'del', '192.0.2.2/24', 'dev', 'here');
answered['192.0.2.2, gone'] = await becomes(false, '192.0.2.2');
await ip('address', 'add', '192.0.2.2/24', 'dev', 'here');
answered['192.0.2.2, back'] = await becomes(true, '192.0.2.2');
const second = await openNameserver({
  zones: new MemoryServedZones([]),
  clock: systemClock,
  listen: [{ address: '0.0.0.0', port }],
});
await opened.nameserver[Symbol.asyncDispose]();
console.log(JSON.stringify({ answered, complaints, second: second.kind === 'failed' ? second.reason : 'open' }));

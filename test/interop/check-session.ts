import { writeFile, rm } from 'node:fs/promises';

import { dyndns, launcher } from '../e2e/cli-process.ts';
import { launchService } from '../support/launch-service.ts';
import { startNameserver } from '../support/nameserver/primary-server.ts';
import { runCommand } from '../support/run-command.ts';
import { makeTestKey } from '../support/test-key.ts';
import { configurationOf, secret } from './seed-service.ts';

/**
 * Started inside a network and a mount namespace of its own: the service at port 53, with the zone above on a Knot at port 53,
 * and the real `dyndns check` beside it, while one thing after the other goes wrong. Prints what the check has said each time.
 */
const parent = 'example.com';
const zone = `dyndns.${parent}`;
const ourAddress = '192.0.2.53';
/** Silence is waited out, several times. */
const timeoutMs = 120_000;

async function run(line: string): Promise<void> {
  const { exitCode, stderr } = await runCommand('sh', ['-c', line]);
  if (exitCode !== 0) throw new Error(`${line}: ${stderr}`);
}

await run(`ip link set lo up && ip addr add ${ourAddress}/32 dev lo`);
await run('echo 0 > /proc/sys/net/ipv4/ip_unprivileged_port_start');
await run('nft add table inet wall');
await run('nft add chain inet wall entry "{ type filter hook input priority 0; }"');

const state = '/var/lib/dyndns';
await run(`mount -t tmpfs -o size=12g tmpfs /var/lib && mkdir -m 700 ${state}`);
await using above = await startNameserver('knot', { port: 53, zones: [{ name: parent }] });
const configuration = configurationOf([{ name: zone, tsig_key: makeTestKey(zone).secret }], {
  dns: { listen: [`${ourAddress}:53`, '127.0.0.53:53'], ns: `ns1.${zone} ${ourAddress}`, resolver: '127.0.0.1' },
  database: `sqlite:${state}/dyndns.db`,
});
await using service = await launchService({ configuration, readyWhen: 'ready' });

const said: Record<string, unknown> = {};
const check = async (situation: string, ...options: readonly string[]) => {
  const args = ['--config', service.configurationFile, 'check', ...options];
  const { exitCode, stdout, stderr } = await dyndns(args, { timeoutMs });
  said[situation] = { exitCode, stdout, stderr };
};
const behindWall = async (situation: string, rule: string) => {
  await run(`nft add rule inet wall entry ip daddr ${ourAddress} ${rule}`);
  await check(situation, '--json');
  await run('nft flush chain inet wall entry');
};

const terminal = `${process.execPath} ${launcher} --config ${service.configurationFile} check`;
const { stdout } = await runCommand('script', ['-qec', terminal, '/dev/null'], { environment: { NO_COLOR: '1' } });
said['not delegated, at a terminal'] = { stdout: stdout.replaceAll('\r', '') };
await above.update(parent, [`update add ${zone}. 300 NS ns1.${zone}.`, `update add ns1.${zone}. 300 A ${ourAddress}`]);
await check('well');
const { status, body } = await service.get(`/check?secret=${secret}`);
said['by HTTP'] = { status, body };
await behindWall('UDP is dropped', 'udp dport 53 drop');
await behindWall('TCP is refused', 'tcp dport 53 reject with tcp reset');

await run('mount -o remount,size=100m /var/lib');
const filler = `${state}/filler`;
await writeFile(filler, new Uint8Array(200 * 1024 * 1024)).catch(() => {});
await check('the disk is full', '--json');
const refused = await service.get(`/check?secret=${secret}`);
said['the disk is full, by HTTP'] = { status: refused.status, body: refused.body };
await rm(filler);
await service.restart();
await check('the disk has room again', '--json');

await service.stop();
await check('the service is stopped', '--json');
await run('mount -o remount,ro /var/lib');
await check('the database is read-only', '--json');
console.log(JSON.stringify(said));

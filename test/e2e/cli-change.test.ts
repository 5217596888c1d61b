import assert from 'node:assert/strict';
import type { NetworkInterfaceInfo } from 'node:os';
import { after, before, beforeEach, test } from 'node:test';
import { Rcode, Type } from '../../src/dns/codes.ts';
import { Name } from '../../src/dns/name.ts';
import { systemClock } from '../../src/updates/clock.ts';
import type { Fault } from '../../src/updates/fault.ts';
import type { UpdateRequest } from '../../src/updates/request.ts';
import { Updater } from '../../src/updates/updater.ts';
import { ZoneDirectory } from '../../src/updates/zone-directory.ts';
import { createTemporaryDirectory, type TemporaryDirectory } from '../support/temporary-directory.ts';
import { type CommandLine, commandLine } from './cli-in-process.ts';
import { MemoryPrimary } from './memory-primary.ts';

const zone = Name.parse('dyndns.example.com.');
const host = Name.parse('home.dyndns.example.com.');
const fqdn = 'home.dyndns.example.com';

let home: TemporaryDirectory;
let primary: MemoryPrimary;
let requests: UpdateRequest[];
let disposals: number;

before(async () => {
  home = await createTemporaryDirectory('cli-change');
  const text = `secret: abcdefgh
nameserver: 127.0.0.1
ttl: {default: 300, min: 60, max: 3600}
zones: [{name: dyndns.example.com, tsig_key: Zm9v}]
`;
  await home.write('.dyndns.yml', text, 0o600);
});

after(async () => {
  await home[Symbol.asyncDispose]();
});

beforeEach(() => {
  primary = new MemoryPrimary(zone);
  requests = [];
  disposals = 0;
});

function start(addresses: readonly string[] = []): CommandLine {
  const interfaces = { eth0: addresses.map(interfaceInfo) };
  return commandLine({ services: { openUpdater }, interfaces, workingDirectory: home.path });
}

function openUpdater() {
  const zones = new ZoneDirectory([{ name: zone, primary }]);
  const updater = new Updater({
    zones,
    ttl: { defaultSeconds: 300, minSeconds: 60, maxSeconds: 3600 },
    clock: systemClock,
    observer: { settled: (request) => void requests.push(request) },
    timeoutMs: 5000,
  });
  return Promise.resolve({
    zones,
    update: (request: UpdateRequest) => updater.update(request),
    [Symbol.asyncDispose]: () => {
      disposals += 1;
      return Promise.resolve();
    },
  });
}

function interfaceInfo(address: string): NetworkInterfaceInfo {
  const common = { address, netmask: '', mac: '', internal: false, cidr: null };
  return address.includes(':') ? { ...common, family: 'IPv6', scopeid: 0 } : { ...common, family: 'IPv4' };
}

function hold(address: string, ttlSeconds = 300): void {
  const isIpv6 = address.includes(':');
  const octets = isIpv6 ? ipv6(address) : Uint8Array.from(address.split('.').map(Number));
  const rdata = { kind: isIpv6 ? ('AAAA' as const) : ('A' as const), address: octets };
  primary.place({ name: host, type: isIpv6 ? Type.AAAA : Type.A, ttlSeconds, rdatas: [rdata] });
}

function ipv6(text: string): Uint8Array {
  const octets = new Uint8Array(16);
  octets.set([0x20, 0x01, 0x0d, 0xb8]);
  octets[15] = Number(text.slice('2001:db8::'.length));
  return octets;
}

async function run(...args: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const cli = start();
  const exitCode = await cli.run(...args);
  return { exitCode, stdout: cli.stdout(), stderr: cli.stderr() };
}

test('update prints the original’s lines, A before AAAA', async () => {
  hold('192.0.2.1');
  assert.deepEqual(await run('update', fqdn, '2001:db8::2', '192.0.2.2'), {
    exitCode: 0,
    stdout: `UPDATED: ${fqdn}. A 192.0.2.1 -> 192.0.2.2\nUPDATED: ${fqdn}. AAAA None -> 2001:db8::2\n`,
    stderr: '',
  });
  assert.equal(requests[0]?.dialect, 'cli');
  assert.equal(disposals, 1);
});

test('update with one address makes it the only one', async () => {
  hold('192.0.2.1');
  hold('2001:db8::1');
  const { stdout } = await run('update', fqdn, '192.0.2.1');
  assert.equal(stdout, `UNCHANGED: ${fqdn}. A 192.0.2.1\nUPDATED: ${fqdn}. AAAA 2001:db8::1 -> None\n`);
});

test('update takes names as people write them', async () => {
  const { exitCode, stdout } = await run('update', '*.Bücher.Dyndns.Example.com.', '192.0.2.1');
  assert.equal(exitCode, 0);
  assert.match(stdout, /^UPDATED: \*\.xn--bcher-kva\.dyndns\.example\.com\. A None -> 192\.0\.2\.1\n/);
});

test('update --json', async () => {
  hold('192.0.2.1');
  const { exitCode, stdout } = await run('update', fqdn, '192.0.2.2', '--json');
  assert.equal(exitCode, 0);
  assert.deepEqual(JSON.parse(stdout), {
    fqdn: `${fqdn}.`,
    changed: true,
    records: [
      { type: 'A', result: 'UPDATED', before: ['192.0.2.1'], after: ['192.0.2.2'] },
      { type: 'AAAA', result: 'UNCHANGED', before: [], after: [] },
    ],
  });
});

test('update --ttl: within the bounds as it is, outside them clamped with a word', async () => {
  assert.equal((await run('update', fqdn, '192.0.2.1', '--ttl', '120')).stderr, '');
  assert.equal(primary.writes.at(-1)?.after?.ttlSeconds, 120);
  const { stderr } = await run('update', fqdn, '192.0.2.1', '--ttl', '5');
  assert.equal(stderr, 'warning: the TTL 5 lies outside ttl.min and ttl.max; 60 is used\n');
  assert.equal(primary.writes.at(-1)?.after?.ttlSeconds, 60);
  assert.match((await run('update', fqdn, '192.0.2.1', '--ttl', '9999')).stderr, /3600 is used/);
});

test('update without an address takes this machine’s own', async () => {
  const cli = start(['192.168.1.5', '198.51.100.5', 'fe80::1', '2001:db8::5']);
  assert.equal(await cli.run('update', fqdn), 0);
  assert.match(cli.stdout(), /A None -> 198\.51\.100\.5\n.*AAAA None -> 2001:db8::5\n$/);
});

test('update without an address, on a machine with several: nothing is guessed', async () => {
  const cli = start(['198.51.100.5', '2001:db8::5', '2001:db8::6']);
  assert.equal(await cli.run('update', fqdn), 2);
  assert.equal(
    cli.stderr(),
    'IP_ADDRESS_ERROR: No address was given, and this machine has several public IPv6 addresses (2001:db8::5, 2001:db8::6); name the one to set.\n',
  );
  assert.equal(primary.writes.length, 0);
});

const wrong: readonly (readonly [args: string[], exitCode: number, line: RegExp])[] = [
  [['update', fqdn, '192.0.2'], 2, /^IP_ADDRESS_ERROR: Invalid IP address '192\.0\.2'\.\n$/],
  [['update', fqdn, '192.0.2.1', '192.0.2.2'], 2, /^IP_ADDRESS_ERROR: The attribute "ipv4" is already set/],
  [['update', fqdn, '224.0.0.1'], 2, /^IP_ADDRESS_ERROR: The IP address '224\.0\.0\.1' cannot be used: /],
  [['update', fqdn, '192.0.2.1', '--ttl', '1h'], 2, /^PARAMETER_ERROR: int_parsing: .*\(ttl\)\.\n$/],
  [['update', '--', `-x.${fqdn}`, '192.0.2.1'], 2, /^DNS_NAME_ERROR: The label '-x' of the DNS name/],
  [['update', 'x.1', '192.0.2.1'], 2, /^DNS_NAME_ERROR: The TLD '1'/],
  [['update', 'home.example.net', '192.0.2.1'], 1, /^DNS_NAME_ERROR: .*'home\.example\.net\.' could not be split/],
  [['delete', 'evildyndns.example.com'], 1, /^DNS_NAME_ERROR: .* could not be split/],
  [['delete', ''], 2, /^DNS_NAME_ERROR: Value "fqdn" is required/],
];
for (const [args, exitCode, line] of wrong) {
  test(`refused: ${args.join(' ')}`, async () => {
    const result = await run(...args);
    assert.equal(result.exitCode, exitCode);
    assert.equal(result.stdout, '');
    assert.match(result.stderr, line);
    assert.equal(primary.transactions, 0);
  });
}

test('a refusal as JSON', async () => {
  const { exitCode, stdout, stderr } = await run('update', fqdn, '192.0.2', '--json');
  assert.equal(exitCode, 2);
  assert.equal(stderr, '');
  assert.deepEqual(JSON.parse(stdout), {
    error: { word: 'IP_ADDRESS_ERROR', text: "Invalid IP address '192.0.2'." },
  });
});

const nameserver = '127.0.0.1';
const faults: readonly (readonly [fault: Fault, exitCode: number, line: RegExp])[] = [
  [
    { code: 'timeout', nameserver },
    69,
    /^DNS_SERVER_ERROR: The DNS operation to the nameserver "127\.0\.0\.1" timed out\.\n/,
  ],
  [{ code: 'unreachable', nameserver, reason: 'ECONNREFUSED' }, 69, /^DNS_SERVER_ERROR: .*could not be reached/],
  [
    { code: 'refused', nameserver, zone: 'z.', rcode: Rcode.REFUSED, operation: 'update' },
    1,
    /^DNS_SERVER_ERROR: .*REFUSED.*\n.*update-policy/,
  ],
  [
    { code: 'unconfirmed', nameserver, name: 'n.', cause: { code: 'timeout', nameserver } },
    75,
    /could not be confirmed\.\n/,
  ],
];
for (const [fault, exitCode, line] of faults) {
  test(`${fault.code} ends with ${exitCode}, a cause and a remedy`, async () => {
    primary.fault = fault;
    const result = await run('update', fqdn, '192.0.2.1');
    assert.equal(result.exitCode, exitCode);
    assert.equal(result.stdout, '');
    assert.match(result.stderr, line);
    assert.equal(result.stderr.trimEnd().split('\n').length, 2);
    assert.equal(disposals, 1);
  });
}

test('a fault as JSON carries its code and its remedy', async () => {
  primary.fault = { code: 'timeout', nameserver };
  const { exitCode, stdout } = await run('delete', fqdn, '--json');
  assert.equal(exitCode, 69);
  const { fqdn: name, error } = JSON.parse(stdout);
  assert.equal(name, `${fqdn}.`);
  assert.equal(error.code, 'timeout');
  assert.equal(error.word, 'DNS_SERVER_ERROR');
  assert.match(error.remedy, /firewall/);
});

test('delete removes both, and says when there was nothing', async () => {
  hold('192.0.2.1');
  hold('2001:db8::1');
  assert.deepEqual(await run('delete', fqdn), {
    exitCode: 0,
    stdout: `UPDATED: The A and AAAA records of the domain name '${fqdn}.' were deleted.\n`,
    stderr: '',
  });
  assert.deepEqual(primary.lookUp(host, Type.A), []);
  assert.deepEqual(await run('delete', fqdn), {
    exitCode: 0,
    stdout: `UNCHANGED: The deletion of the domain name '${fqdn}.' was not executed because there were no A or AAAA records.\n`,
    stderr: '',
  });
});

test('delete --json', async () => {
  hold('192.0.2.1');
  const { stdout } = await run('delete', fqdn, '--json');
  assert.deepEqual(JSON.parse(stdout).records[0], {
    type: 'A',
    result: 'UPDATED',
    before: ['192.0.2.1'],
    after: [],
  });
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import type { Report } from '../../src/doctor/report.ts';
import { findingsOf } from '../../src/doctor/report.ts';
import { fencedBlocks } from '../house/fenced-blocks.ts';
import { repositoryRoot } from '../house/walk-through.ts';
import { makes } from '../support/nameserver/primary-server.ts';
import { requirePeer } from '../support/peers.ts';
import { runCommand } from '../support/run-command.ts';

const session = fileURLToPath(import.meta.resolve('./check-session.ts'));
const ownNetwork = ['--net', '--mount'];
const timeoutMs = 280_000;

interface Said {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number;
  readonly body: string;
}

const parentRecords = 'dyndns.example.com. NS ns1.dyndns.example.com.; ns1.dyndns.example.com. A 192.0.2.53';
const passed =
  /^INFO: The update check passed: A TXT record 'dyndns-check-tmp-\S+' with the content '[A-Z0-9]{8}' could be updated on the zone 'dyndns\.example\.com\.'\.$/;

test('dyndns check beside the service, at port 53 of a network of its own', async (t) => {
  if (!requirePeer(t, ...makes.knot.peers, 'ip', 'nft')) return;
  const probe = await runCommand('unshare', [...ownNetwork, 'nft', 'list', 'ruleset']);
  if (probe.exitCode !== 0) return t.skip(`no network of its own with a firewall here: ${probe.stderr}`);
  const { stdout, stderr } = await runCommand('unshare', [...ownNetwork, process.execPath, session], { timeoutMs });
  assert.equal(stderr, '');
  const said = new Map(Object.entries(JSON.parse(stdout) as Record<string, Said>));
  const saidIn = (situation: string): Said => {
    const found = said.get(situation);
    assert.ok(found, situation);
    return found;
  };
  /** What was found, as `code` or `code field`, and whether updates work. */
  const foundIn = (situation: string) => {
    const { exitCode, stdout: text, stderr: errors } = saidIn(situation);
    assert.equal(errors, '', situation);
    const { passed: works, zones } = JSON.parse(text) as Report & { readonly passed: boolean };
    assert.equal(exitCode, works ? 0 : 1, situation);
    return { works, findings: zones.flatMap(findingsOf) };
  };
  const codesIn = (situation: string) => foundIn(situation).findings.map(({ code }) => code);

  await t.test("at a terminal it is as the operators' page shows it", () => {
    const page = readFileSync(join(repositoryRoot, 'docs/operator/embedded.md'), 'utf8');
    const block = fencedBlocks(page).find(({ text }) => text.includes('hosted here, serial'));
    const shown = block?.text.slice(block.text.indexOf('\n') + 1);
    // A new zone begins with the time of day.
    const withoutSerial = (text: string) => text.replaceAll(/\b1[78]\d{8}\b/g, 'SERIAL');
    assert.equal(withoutSerial(saidIn('not delegated, at a terminal').stdout), withoutSerial(shown ?? ''));
  });

  await t.test('all is well: one line as the original has it, and what the zone above needs', () => {
    const { exitCode, stdout: text, stderr: errors } = saidIn('well');
    const [first, second, ...others] = text.split('\n');
    assert.match(first ?? '', passed);
    assert.equal(second, `INFO: The zone above 'dyndns.example.com.' needs these records: ${parentRecords}`);
    assert.deepEqual(others, ['']);
    assert.deepEqual([exitCode, errors], [0, '']);
  });

  await t.test('/check says the same', () => {
    const { status, body } = saidIn('by HTTP');
    const [first, second] = body.split('\n');
    assert.equal(status, 200);
    assert.match(first ?? '', passed);
    assert.equal(second, `INFO: The zone above 'dyndns.example.com.' needs these records: ${parentRecords}`);
  });

  await t.test('a firewall drops UDP', () => {
    const { works, findings } = foundIn('UDP is dropped');
    assert.ok(works);
    assert.deepEqual(codesIn('UDP is dropped'), ['address-unreachable']);
    const [reach] = findings;
    assert.match(
      reach?.cause ?? '',
      /at ns1\.dyndns\.example\.com\. \(192\.0\.2\.53\) over UDP: no answer comes, as when a firewall/,
    );
    assert.match(reach?.remedy ?? '', /let UDP and TCP through .* dig @192\.0\.2\.53 dyndns\.example\.com\. SOA$/);
  });

  await t.test('a firewall refuses TCP', () => {
    assert.deepEqual(codesIn('TCP is refused'), ['address-unreachable']);
    const { findings } = foundIn('TCP is refused');
    assert.match(findings[0]?.cause ?? '', /over TCP: it is refused/);
  });

  await t.test('the disk is full: no change can be stored, and it says so by itself', () => {
    const { works, findings } = foundIn('the disk is full');
    assert.equal(works, false);
    assert.deepEqual(
      findings.map(({ code }) => code),
      ['disk-nearly-full', 'change-refused'],
    );
    assert.match(findings[1]?.cause ?? '', /with SERVFAIL/);
    const { status, body } = saidIn('the disk is full, by HTTP');
    assert.equal(status, 502);
    assert.match(
      body,
      /^CHECK_ERROR: The update check of the zone 'dyndns\.example\.com\.' failed: There is no room left to write .*Free space/,
    );
    assert.deepEqual(codesIn('the disk has room again'), []);
  });

  await t.test('the service is stopped: that is the fault, and the rest is looked at all the same', () => {
    const { works, findings } = foundIn('the service is stopped');
    assert.equal(works, false);
    assert.deepEqual(codesIn('the service is stopped'), ['service-not-running']);
    assert.match(findings[0]?.cause ?? '', /nobody answers at 192\.0\.2\.53 port 53 and 127\.0\.0\.53 port 53/);
    assert.match(findings[0]?.remedy ?? '', /systemctl start dyndns/);
  });

  await t.test('the database is read-only', () => {
    const { findings } = foundIn('the database is read-only');
    assert.deepEqual(codesIn('the database is read-only'), ['service-not-running', 'database-fault']);
    assert.match(findings[1]?.cause ?? '', /dyndns\.db cannot be written: EROFS/);
  });
});

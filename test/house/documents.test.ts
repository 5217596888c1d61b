import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { exitCodeMeanings } from '../../src/cli/exit-code.ts';
import { commonOptions } from '../../src/cli/options.ts';
import { commands } from '../../src/cli/commands.ts';
import { acmeDnsFields } from '../../src/config/acme-dns-section.ts';
import { dnsFields } from '../../src/config/dns-schema.ts';
import {
  httpFields,
  laterHttpKeys,
  laterTopKeys,
  laterZoneKeys,
  throttleFields,
  topFields,
  ttlFields,
  zoneFields,
} from '../../src/config/schema.ts';
import { defaultDoorLimits } from '../../src/door/limits.ts';
import { defaultRegistryLimits } from '../../src/registry/limits.ts';
import { defaultDoctorLimits } from '../../src/doctor/limits.ts';
import { defaultHttpLimits } from '../../src/http/limits.ts';
import { defaultNameserverLimits } from '../../src/nameserver/limits.ts';
import { defaultResponseRateLimits } from '../../src/nameserver/response-rate-limiter.ts';
import { defaultTransferLimits } from '../../src/nameserver/transfer-places.ts';
import { defaultHostedZoneLimits, defaultPrimaryLimits } from '../../src/primary/limits.ts';
import { runCommand } from '../support/run-command.ts';
import { linkComplaints, mapComplaints, readDocuments, strayWordComplaints, tableRows } from './documents.ts';
import { readSourceFiles } from './source-files.ts';
import { repositoryRoot } from './walk-through.ts';

const documents = readDocuments();
const read = (path: string) => readFileSync(join(repositoryRoot, path), 'utf8');
const firstColumn = (text: string) => tableRows(text).map(([cell = '']) => cell);

test('every link of a document leads somewhere', () => {
  assert.ok(documents.length > 15, `only ${documents.length} documents were found`);
  assert.deepEqual(documents.flatMap(linkComplaints), []);
  const wrong = 'See [this](nowhere.md), [that](../README.md#nowhere) and [here](#nowhere), not `[code](x.md)`.';
  assert.equal(linkComplaints({ path: 'docs/rfc-map.md', text: wrong }).length, 3);
});

test('no file tells of where it was written, or of what is not finished', async (t) => {
  const { exitCode, stdout } = await runCommand('git', ['ls-files', '-z'], { directory: repositoryRoot });
  if (exitCode !== 0) return t.skip('this is no clone, so nobody knows which files belong to it');
  const files = stdout
    .split('\0')
    .filter((path) => /\.(?:ts|js|json|md|yml|conf|service|txt|py|sh)$|^[^.]+$/.test(path));
  assert.ok(files.length > 200, `only ${files.length} files were found`);
  assert.deepEqual(
    files.flatMap((path) =>
      existsSync(join(repositoryRoot, path)) ? strayWordComplaints({ path, text: read(path) }) : [],
    ),
    [],
  );
  const wrong = ['cd /ho', 'me/ann/dyndns\n// TO', 'DO: finish\n--home /nonexistent http://a/home/x'].join('');
  assert.equal(strayWordComplaints({ path: 'a.md', text: wrong }).length, 2);
});

test('every row of the RFC map names functions and tests that there are', () => {
  const map = { path: 'docs/rfc-map.md', text: read('docs/rfc-map.md') };
  assert.ok(tableRows(map.text).length > 60, `only ${tableRows(map.text).length} rows were found`);
  assert.deepEqual(mapComplaints(map), []);
  const wrong = `| a | b | c | d |
| --- | --- | --- | --- |
| none | RFC 1 | | |
| no file | RFC 1 | \`src/dns/nothing.ts#equals\` | \`src/dns/name.test.ts#there is one root\` |
| no function | RFC 1 | \`src/dns/name.ts#nothing\` | \`src/dns/name.test.ts#there is one root\` |
| no test | RFC 1 | \`src/dns/name.ts#equals\` | \`src/dns/name.test.ts#there are two roots\` |
| right | RFC 1 | \`src/dns/name.ts#equals\` | \`src/dns/name.test.ts#there is one root\` |
`;
  assert.equal(mapComplaints({ path: 'x.md', text: wrong }).length, 5);
});

test('every decision is listed, and has the parts that a decision has', () => {
  const list = read('docs/decisions/README.md');
  const files = globSync('docs/decisions/[0-9]*.md', { cwd: repositoryRoot }).map(
    (path) => path.split('/').at(-1) ?? '',
  );
  assert.ok(files.length >= 10);
  for (const file of files) {
    const text = read(`docs/decisions/${file}`);
    const title = /^# (\d{4}): (.+)$/m.exec(text);
    assert.ok(file.startsWith(`${title?.[1]}-`), `${file} begins with another number`);
    assert.ok(list.includes(`[${title?.[1]}](${file})`), `${file} is not in docs/decisions/README.md`);
    assert.ok(list.includes(title?.[2] ?? file), `${file} has another title in docs/decisions/README.md`);
    for (const part of ['## The question', '## The decision', '## What follows'])
      assert.ok(text.includes(part), `${file} has no part "${part}"`);
    assert.ok(text.split('\n').length <= 80, `${file} is longer than a page`);
  }
  assert.deepEqual(
    files.map((file) => Number(file.slice(0, 4))).sort((a, b) => a - b),
    files.map((_, index) => index + 1),
  );
});

test("every key of the configuration is in the operators' table, and no other", () => {
  const text = read('docs/operator/configuration.md');
  const keys = [
    ...Object.keys(topFields),
    ...Object.keys(httpFields).map((key) => `http.${key}`),
    ...Object.keys(dnsFields).map((key) => `dns.${key}`),
    'dns.transfer_keys',
    ...Object.keys(ttlFields).map((key) => `ttl.${key}`),
    ...Object.keys(throttleFields).map((key) => `throttle.${key}`),
    ...Object.keys(acmeDnsFields).map((key) => `acme_dns.${key}`),
    'zones',
    ...Object.keys(zoneFields).map((key) => `zones[].${key}`),
  ];
  const documented = tableRows(text).flatMap(([cell = '']) => /^`([a-z_.[\]]+)`$/.exec(cell)?.[1] ?? []);
  assert.deepEqual(documented.sort(), keys.sort());
  const later = [...Object.keys(laterTopKeys), ...Object.keys(laterHttpKeys), ...Object.keys(laterZoneKeys)];
  const section = text.split('## Keys of later versions')[1] ?? '';
  for (const key of later) assert.match(section, new RegExp(`\`(?:http\\.)?${key}\``), key);
});

test('commands, options and exit codes are in the table of the command line', () => {
  const text = read('docs/operator/cli.md');
  const first = firstColumn(text);
  for (const { name, operands } of commands)
    assert.ok(first.includes(`\`${`dyndns ${name} ${operands}`.trim()}\``), `${name} is missing`);
  for (const [name, { value, short }] of [
    ...Object.entries(commonOptions),
    ...commands.flatMap(({ options }) => Object.entries(options)),
  ]) {
    const long = value === undefined ? `\`--${name}\`` : `\`--${name} ${value}\``;
    assert.ok(first.includes(short === undefined ? long : `${long}, \`-${short}\``), `${long} is missing`);
  }
  for (const [code, meaning] of exitCodeMeanings)
    assert.ok(
      tableRows(text).some(([cell, words]) => cell === String(code) && words === meaning),
      `exit code ${code} is not there as it is in --help`,
    );
});

test('every metric is documented, and none that there is not', () => {
  const source = readSourceFiles('src/**/*.ts')
    .filter(({ path }) => !path.endsWith('.test.ts'))
    .map(({ text }) => text)
    .join('\n');
  const named = (text: string) => [...new Set(text.match(/\bdyndns_[a-z]+_[a-z_]+\b/g))].sort();
  assert.deepEqual(named(firstColumn(read('docs/operator/metrics.md')).join('\n')), named(metricsIn(source)));
});

/** Names of metrics stand in quotes as a whole; the variable that names the configuration has capitals. */
function metricsIn(source: string): string {
  return (source.match(/'dyndns_[a-z_]+'/g) ?? []).join('\n');
}

test('every limit is in the table, with its value', () => {
  const text = read('docs/operator/limits.md');
  const [, http = '', primary = '', hosted = '', doctor = '', nameserver = '', door = '', registry = ''] =
    text.split(/^## /m);
  for (const [section, limits] of [
    [http, defaultHttpLimits],
    [primary, defaultPrimaryLimits],
    [hosted, defaultHostedZoneLimits],
    [doctor, defaultDoctorLimits],
    [nameserver, { ...defaultNameserverLimits, ...defaultTransferLimits, ...defaultResponseRateLimits }],
    [door, defaultDoorLimits],
    [registry, defaultRegistryLimits],
  ] as const) {
    const rows = tableRows(section).map(([, bound = '', name = '']) => [
      name.replaceAll('`', ''),
      inUnits(bound, name),
    ]);
    assert.deepEqual(new Set(rows), new Set(numbersIn(limits)));
  }
});

function numbersIn(limits: object): [string, number][] {
  return Object.entries(limits).flatMap(([name, value]: [string, unknown]): [string, number][] =>
    typeof value === 'number' ? [[name, value]] : typeof value === 'object' && value ? numbersIn(value) : [],
  );
}

function inUnits(bound: string, name: string): number {
  const [number = '', unit] = bound.split(' ');
  const factor = { KiB: 1024, MiB: 1024 * 1024, s: 1000, ms: 1 }[unit ?? ''] ?? 1;
  if (/Ms`?$/.test(name)) assert.ok(unit === 's' || unit === 'ms', `${name} has no unit`);
  return Number(number) * factor;
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import type { Config } from './config.ts';
import { parseConfig } from './parse.ts';
import { redactedConfig, redactedConfigYaml } from './redact.ts';

const written = `secret: [FirstSecret, SecondSecret]
nameserver: 127.0.0.1
dyndns_domain: Dyndns.Example.com
http: {listen: ['127.0.0.1:8080', '[::1]:8080'], trusted_proxies: 10.0.0.0/8}
zones:
  - {name: example.com., tsig_key: U2VjcmV0U2VjcmV0, tsig_key_name: k, tsig_algorithm: HMAC-SHA256, port: 5353}
  - {name: bücher.example, tsig_key: U2VjcmV0U2VjcmV0, nameserver: '::1'}
`;

const shown = {
  secret: ['<redacted>', '<redacted>'],
  dyndns_domain: 'dyndns.example.com',
  log_level: 20,
  http: { listen: ['127.0.0.1:8080', '[::1]:8080'], trusted_proxies: ['10.0.0.0/8'] },
  ttl: { default: 300, min: 30, max: 86_400 },
  throttle: { burst: 60, per_name: 10 },
  database: 'sqlite:/var/lib/dyndns/dyndns.db',
  token_key_file: '/var/lib/dyndns/token.key',
  zones: [
    {
      name: 'example.com',
      nameserver: '127.0.0.1',
      port: 5353,
      tsig_key: '<redacted>',
      tsig_key_name: 'k',
      tsig_algorithm: 'hmac-sha256',
    },
    {
      name: 'xn--bcher-kva.example',
      nameserver: '::1',
      port: 53,
      tsig_key: '<redacted>',
      tsig_key_name: 'xn--bcher-kva.example',
      tsig_algorithm: 'hmac-sha512',
    },
  ],
};

async function read(text: string): Promise<Config> {
  const readFile = () => {
    throw new Error('no file is named');
  };
  const parsed = await parseConfig(text, '/etc/dyndns.yml', readFile, '/var/lib/dyndns');
  assert.ok(parsed.kind === 'config', JSON.stringify(parsed));
  return parsed.config;
}

test('the configuration in force, with every default and without a secret', async () => {
  const config = await read(written);
  assert.deepEqual(redactedConfig(config), shown);
  const yaml = redactedConfigYaml(config);
  assert.deepEqual(parse(yaml), shown);
  assert.match(yaml, /^# \/etc\/dyndns\.yml\n/);
  assert.doesNotMatch(yaml + JSON.stringify(redactedConfig(config)), /FirstSecret|SecondSecret|U2Vjcm/);
});

const hosting = `secret: FirstSecret
database: sqlite:zones.db
token_key_file: keys/token.key
throttle: {burst: 0, per_name: 3}
acme_dns: {zone: acme.example.com, registration: networks, networks: [10.0.0.0/8, '2001:db8::1']}
ttl: {min: 60}
dns:
  listen: 192.0.2.53:53
  ns: [ns1.example.com 192.0.2.53 2001:db8::53, ns2.elsewhere.net]
  transfer_keys: [{tsig_key_name: t, tsig_key: U2VjcmV0U2VjcmV0}]
  transfer_networks: 192.0.2.0/24
  notify: 192.0.2.54
zones:
  - {name: example.com, tsig_key: U2VjcmV0U2VjcmV0, addresses: public, records: "@ A 192.0.2.1\\n* TXT \\"a b\\""}
  - {name: example.net}
  - {name: example.org, nameserver: 192.0.2.1, tsig_key: U2VjcmV0U2VjcmV0}
`;

for (const text of [written, hosting])
  test(`what is shown is a configuration that says the same: ${text.split('\n')[1]}`, async () => {
    const config = await read(text);
    // Only secrets are to be put in again, which are of one form for HTTP and of another for DNS.
    let count = 0;
    const shownAgain = (yaml: string) =>
      yaml.replaceAll(/(?<=tsig_key: )<redacted>/g, 'a2V5').replaceAll('<redacted>', () => `TheSecret${(count += 1)}`);
    const once = redactedConfigYaml(config);
    const again = await read(shownAgain(once));
    assert.equal(redactedConfigYaml(again), once);
    assert.deepEqual(withoutSecrets(again), withoutSecrets(config));
  });

/** Secrets, whether the database has been written, and records, which are shown in the zone's order. */
const unlike = new Set(['secret', 'secrets', 'isWritten', 'records']);

function withoutSecrets(config: Config): unknown {
  const text = JSON.stringify(config, (key, value: unknown) => (unlike.has(key) ? '' : value));
  return JSON.parse(text);
}

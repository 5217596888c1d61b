import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
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

test('the configuration in force, with every default and without a secret', async () => {
  const parsed = await parseConfig(written, '/etc/dyndns.yml', () => {
    throw new Error('no file is named');
  });
  assert.ok(parsed.kind === 'config');
  assert.deepEqual(redactedConfig(parsed.config), shown);
  const yaml = redactedConfigYaml(parsed.config);
  assert.deepEqual(parse(yaml), shown);
  assert.match(yaml, /^# \/etc\/dyndns\.yml\n/);
  assert.doesNotMatch(yaml + JSON.stringify(redactedConfig(parsed.config)), /FirstSecret|SecondSecret|U2Vjcm/);
});

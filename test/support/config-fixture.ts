import assert from 'node:assert/strict';

import type { EmbeddedConfig, PrimaryConfig, Rfc2136Config } from '../../src/config/config.ts';
import { parseConfig, type ParsedConfig } from '../../src/config/parse.ts';
import type { SecretFile } from '../../src/config/secret-file.ts';

export const fixtureFile = '/etc/dyndns.yml';

/** The files with secrets that the configurations below name. */
const secretFiles: Readonly<Record<string, SecretFile>> = {
  '/etc/bare.key': { kind: 'text', text: 'Zm9vYmFy\n', isReadableByOthers: false },
  '/etc/bad.key': { kind: 'text', text: 'Zm9vYmF\n', isReadableByOthers: false },
  '/etc/one.key': {
    kind: 'text',
    text: 'key "other" { algorithm hmac-sha256; secret "Zm9v YmFy"; };',
    isReadableByOthers: true,
  },
  '/etc/two.key': {
    kind: 'text',
    text: 'key "A.example.com" { algorithm hmac-sha1; secret "Zm9v"; };\nkey "b" { algorithm HMAC-MD5.SIG-ALG.REG.INT.; secret "Zm9v"; };',
    isReadableByOthers: false,
  },
  '/etc/broken.key': { kind: 'text', text: '# mine\nkey "a" {', isReadableByOthers: false },
  '/etc/strange.key': {
    kind: 'text',
    text: 'key "a..b" {\n algorithm hmac-sha3; secret "S3cretS3cret!"; };',
    isReadableByOthers: false,
  },
  '/etc/a.zone': {
    kind: 'text',
    text: '$TTL 60\n@ SOA m r 7 1 2 3 4\n@ NS elsewhere.example.\nwww A 192.0.2.1\n',
    isReadableByOthers: true,
  },
  '/etc/wrong.zone': { kind: 'text', text: 'www A 192.0.2.1\nmail A 192.0.2\n', isReadableByOthers: true },
  '/etc/one.secret': { kind: 'text', text: 'abcdefgh', isReadableByOthers: false },
  '/etc/three.secret': { kind: 'text', text: 'abcdefgh\n\nabcdefg2\nabcdefg3\n', isReadableByOthers: false },
  '/etc/short.secret': { kind: 'text', text: '\nabcdefgh\nS3cret\n', isReadableByOthers: false },
  '/etc/empty.secret': { kind: 'text', text: '\n', isReadableByOthers: false },
};

/** Parses a text as if it stood in {@link fixtureFile}. */
export async function parseFixture(text: string): Promise<ParsedConfig> {
  return await parseConfig(text, fixtureFile, (path) =>
    Promise.resolve(secretFiles[path] ?? { kind: 'unreadable', reason: 'there is no such file' }),
  );
}

/** One zone that is right. */
export const zonesLine = 'zones: [{name: a.example.com, tsig_key: tPyvZA==}]';

/** What a zone on another nameserver says of it. */
export function externalOf(zone: { readonly primary: PrimaryConfig } | undefined): Rfc2136Config {
  assert.equal(zone?.primary.kind, 'rfc2136');
  return zone.primary;
}

export function embeddedOf(zone: { readonly primary: PrimaryConfig } | undefined): EmbeddedConfig {
  assert.equal(zone?.primary.kind, 'embedded');
  return zone.primary;
}

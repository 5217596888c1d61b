import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Name } from '../dns/name.ts';
import { TokenDirectory } from './token-directory.ts';
import type { Token, TokenSecret } from './token.ts';

test('a token is known by its ID, each of its secrets and its key', () => {
  const directory = new TokenDirectory();
  const token = tokenOf('a', digest('1'), digest('2'), key('a.token.dyndns.'));
  directory.put(token);
  assert.equal(directory.get('a'), token);
  assert.equal(directory.withDigest('1'), token);
  assert.equal(directory.withDigest('2'), token);
  assert.equal(directory.withKeyName(Name.parse('A.Token.DYNDNS')), token);
  assert.deepEqual([...directory], [token]);
});

test('after a rotation it is known by the secrets it has now, and by no others', () => {
  const directory = new TokenDirectory();
  directory.put(tokenOf('a', digest('1'), key('old.')));
  const rotated = tokenOf('a', digest('2'), key('new.'));
  directory.put(rotated);
  assert.equal(directory.size, 1);
  assert.equal(directory.withDigest('1'), undefined);
  assert.equal(directory.withKeyName(Name.parse('old.')), undefined);
  assert.equal(directory.withDigest('2'), rotated);
  assert.equal(directory.withKeyName(Name.parse('new.')), rotated);
});

test('one that is removed is unknown, and others stay', () => {
  const directory = new TokenDirectory();
  const other = tokenOf('b', digest('2'), key('b.'));
  directory.put(tokenOf('a', digest('1'), key('a.')));
  directory.put(other);
  directory.remove('a');
  directory.remove('nobody');
  assert.equal(directory.get('a'), undefined);
  assert.equal(directory.withDigest('1'), undefined);
  assert.equal(directory.withKeyName(Name.parse('a.')), undefined);
  assert.equal(directory.withDigest('2'), other);
  assert.equal(directory.withKeyName(Name.parse('b.')), other);
});

test('a hundred thousand tokens are found one by one', () => {
  const directory = new TokenDirectory();
  for (let index = 0; index < 100_000; index += 1) directory.put(tokenOf(`t${index}`, digest(`d${index}`)));
  assert.equal(directory.size, 100_000);
  for (let index = 0; index < 100_000; index += 1) {
    if (directory.withDigest(`d${index}`)?.id !== `t${index}`) assert.fail(`token ${index}`);
    if (directory.get(`t${index}`)?.id !== `t${index}`) assert.fail(`token ${index}`);
  }
});

function digest(sha256: string): TokenSecret {
  return { kind: 'digest', sha256, expiresAtSeconds: undefined };
}

function key(keyName: string): TokenSecret {
  return { kind: 'tsig', keyName, algorithm: 'hmac-sha256', encrypted: '', expiresAtSeconds: undefined };
}

function tokenOf(id: string, ...secrets: TokenSecret[]): Token {
  return {
    id,
    description: '',
    scope: {
      patterns: [],
      types: [],
      allowsAcme: false,
      networks: [],
      allowsPlainHttp: true,
      publicAddressesOnly: false,
    },
    secrets,
    expiresAtSeconds: undefined,
    revokedAtSeconds: undefined,
    isBlocked: false,
    maxNames: 100,
    madeAtSeconds: 0,
    version: 1,
  };
}

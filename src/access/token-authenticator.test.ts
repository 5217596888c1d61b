import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Type } from '../dns/codes.ts';
import { Name } from '../dns/name.ts';
import { type Address, parseAddress } from '../updates/address.ts';
import type { Asker } from '../updates/asker.ts';
import type { Origin } from './authenticator.ts';
import { GuessGuard } from './guess-guard.ts';
import { parseNetwork, parsePattern, type ScopePiece } from './scope-text.ts';
import type { Scope } from './scope.ts';
import { SecretSet } from './secrets.ts';
import { TokenAuthenticator } from './token-authenticator.ts';
import { TokenDirectory } from './token-directory.ts';
import { digestOf, secretText } from './token-secret.ts';
import type { Token } from './token.ts';

const now = 1_700_000_000;
const secret = secretText(new Uint8Array(20).fill(1));
const older = secretText(new Uint8Array(20).fill(2));
const origin: Origin = { source: addressOf('192.0.2.1'), isEncrypted: true };
const home = Name.parse('home.example.com');

test('the administrator and the holder of a token are known, each as who they are', () => {
  const { authenticator } = setUp(tokenOf());
  assert.deepEqual(knownBy(authenticator, 'administrator1').credential, { kind: 'administrator' });
  const asker = knownBy(authenticator, secret);
  assert.deepEqual(asker.credential, { kind: 'token', id: 'aaaaaaaaaa', description: 'router' });
  assert.equal(asker.source, origin.source);
  assert.deepEqual(asker.permission(home, Type.A, 'set'), { kind: 'granted' });
  assert.equal(asker.permission(Name.parse('other.example.com'), Type.A, 'set').kind, 'refused');
  assert.deepEqual(knownBy(authenticator, 'administrator1').permission(Name.parse('b.'), Type.NS, 'set'), {
    kind: 'granted',
  });
});

test('nothing but the secret itself is one', () => {
  const { authenticator } = setUp(tokenOf());
  for (const text of [
    '',
    ' ',
    secret.toLowerCase(),
    `${secret} `,
    secret.slice(0, -1),
    digestOf(secret),
    'administrator',
    'aaaaaaaaaa',
  ])
    assert.equal(reasonFor(setUp(tokenOf()).authenticator, text), 'wrong', text);
  assert.equal(authenticator.areSame(secret, secret), true);
  assert.equal(authenticator.areSame(secret, older), false);
});

test('the administrator may have a secret longer than any token', () => {
  const long = 'a1'.repeat(400);
  const { authenticator } = setUp(tokenOf(), long);
  assert.deepEqual(knownBy(authenticator, long).credential, { kind: 'administrator' });
});

test('each reason why a token is refused has its word', () => {
  const reason = (changes: Partial<Token>, from: Origin = origin) =>
    reasonFor(setUp({ ...tokenOf(), ...changes }).authenticator, secret, from);
  const networks = [valueOf(parseNetwork('192.0.2.0/24'))];
  assert.equal(reason({ expiresAtSeconds: now }), 'expired');
  assert.equal(reason({ revokedAtSeconds: now }), 'revoked');
  assert.equal(reason({ isBlocked: true }), 'blocked');
  assert.equal(reason({ scope: { ...scope, networks } }), undefined);
  assert.equal(reason({ scope: { ...scope, networks } }, { ...origin, source: addressOf('198.51.100.1') }), 'network');
  assert.equal(reason({ scope: { ...scope, networks } }, { ...origin, source: undefined }), 'network');
  assert.equal(
    reason({ scope: { ...scope, allowsPlainHttp: false } }, { ...origin, isEncrypted: false }),
    'plain-http',
  );
  assert.equal(reason({ scope: { ...scope, allowsPlainHttp: false } }), undefined);
  assert.equal(reason({}, { ...origin, isEncrypted: false }), undefined);
});

test('after a rotation the old secret works until its own end, and the new one goes on', () => {
  const { authenticator, clock } = setUp({
    ...tokenOf(),
    secrets: [
      { kind: 'digest', sha256: digestOf(secret), expiresAtSeconds: undefined },
      { kind: 'digest', sha256: digestOf(older), expiresAtSeconds: now + 60 },
    ],
  });
  const { credential } = knownBy(authenticator, older);
  assert.deepEqual(credential, { kind: 'token', id: 'aaaaaaaaaa', description: 'router', isOutgoing: true });
  assert.ok(!('isOutgoing' in knownBy(authenticator, secret).credential));
  clock.seconds = now + 59;
  assert.equal(reasonFor(authenticator, older), undefined);
  clock.seconds = now + 60;
  assert.equal(reasonFor(authenticator, older), 'expired');
  assert.equal(reasonFor(authenticator, secret), undefined);
});

test('what is under way ends with a revocation, a narrower scope, a deletion, and the time', () => {
  const { authenticator, tokens, clock } = setUp({ ...tokenOf(), expiresAtSeconds: now + 60 });
  const asker = knownBy(authenticator, secret);
  const kind = () => asker.permission(home, Type.A, 'set').kind;
  assert.equal(kind(), 'granted');
  clock.seconds = now + 60;
  assert.equal(kind(), 'refused');
  tokens.put(tokenOf());
  assert.equal(kind(), 'granted');
  tokens.put({ ...tokenOf(), scope: { ...scope, types: [Type.AAAA], publicAddressesOnly: true } });
  assert.equal(kind(), 'refused');
  assert.equal(asker.addressPermission(addressOf('192.168.1.1')).kind, 'refused');
  tokens.put({ ...tokenOf(), revokedAtSeconds: now });
  assert.deepEqual(asker.permission(home, Type.A, 'set'), { kind: 'refused', reason: 'it has been revoked' });
  tokens.remove('aaaaaaaaaa');
  assert.deepEqual(asker.permission(home, Type.A, 'set'), { kind: 'refused', reason: 'it has been deleted' });
  assert.equal(reasonFor(authenticator, secret), 'wrong');
});

test('names are listed where all patterns are names, and addresses may be changed', () => {
  const listed = (changes: Partial<Scope>) =>
    knownBy(setUp({ ...tokenOf(), scope: { ...scope, ...changes } }).authenticator, secret).listedNames?.map(String);
  const patternsOf = (...texts: string[]) => texts.map((text) => valueOf(parsePattern(text)));
  assert.deepEqual(listed({}), ['home.example.com.']);
  assert.deepEqual(listed({ patterns: patternsOf('a.example', 'b.example') }), ['a.example.', 'b.example.']);
  assert.equal(listed({ patterns: patternsOf('a.example', '*.b.example') }), undefined);
  assert.equal(listed({ patterns: patternsOf('zone:example') }), undefined);
  assert.equal(listed({ types: [], allowsAcme: true }), undefined);
});

test('where only public addresses are wanted, others are refused, and those of documentation are public', () => {
  const { authenticator } = setUp({ ...tokenOf(), scope: { ...scope, publicAddressesOnly: true } });
  const asker = knownBy(authenticator, secret);
  for (const text of ['192.0.2.1', '203.0.113.9', '8.8.8.8', '2001:db8::1'])
    assert.equal(asker.addressPermission(addressOf(text)).kind, 'granted', text);
  for (const text of ['10.0.0.1', '192.168.1.1', '100.64.0.1', '127.0.0.1', 'fd00::1', 'fe80::1', '::1'])
    assert.equal(asker.addressPermission(addressOf(text)).kind, 'refused', text);
  const other = knownBy(setUp(tokenOf()).authenticator, secret);
  assert.equal(other.addressPermission(addressOf('10.0.0.1')).kind, 'granted');
});

test('who tries secrets is slowed down and refused, and the owner comes in from elsewhere', () => {
  const { authenticator } = setUp(tokenOf());
  const answers = Array.from({ length: 20 }, (_, index) => authenticator.authenticate(`guess ${index}`, origin));
  assert.deepEqual(answers[0], { kind: 'refused', reason: 'wrong' });
  assert.deepEqual(answers[18], { kind: 'refused', reason: 'wrong', delayMs: 2000 });
  assert.deepEqual(answers[19], { kind: 'refused', reason: 'guessing', retryAfterSeconds: 600 });
  assert.deepEqual(authenticator.authenticate(secret, origin), answers[19]);
  assert.deepEqual(authenticator.authenticate('administrator1', origin), answers[19]);
  assert.equal(reasonFor(authenticator, secret, { ...origin, source: addressOf('198.51.100.1') }), undefined);
});

test('registrations by one token are trusted as one, and not in the place of their registrar', () => {
  const { authenticator, tokens } = setUp(tokenOf());
  const secrets = Array.from({ length: 300 }, (_, index) =>
    secretText(Uint8Array.from({ length: 20 }, (_each, at) => (at === 0 ? index >> 8 : at === 1 ? index & 255 : 7))),
  );
  for (const [index, text] of secrets.entries()) {
    const kept = { kind: 'digest', sha256: digestOf(text), expiresAtSeconds: undefined } as const;
    tokens.put({ ...tokenOf(), id: `r${index}`, secrets: [kept], registrar: index < 298 ? 'aaaaaaaaaa' : 'secret' });
  }
  for (const text of [secret, ...secrets]) assert.equal(reasonFor(authenticator, text), undefined);
  const elsewhere = { ...origin, source: addressOf('198.51.100.1') };
  assert.equal(reasonFor(authenticator, secrets[0]!, elsewhere), undefined);
  assert.equal(reasonFor(authenticator, secrets[299]!, elsewhere), undefined);
  for (let index = 0; index < 20; index += 1)
    for (const from of [origin, elsewhere]) authenticator.authenticate(`guess ${index}`, from);
  assert.equal(reasonFor(authenticator, secret), undefined);
  assert.equal(reasonFor(authenticator, secrets[1]!, elsewhere), undefined);
  assert.equal(reasonFor(authenticator, secret, elsewhere), 'guessing');
  assert.equal(reasonFor(authenticator, 'administrator1', elsewhere), 'guessing');
});

test('empty and absurdly long texts count as one wrong secret', () => {
  const { authenticator } = setUp(tokenOf());
  for (let index = 0; index < 100; index += 1) {
    const text = index % 2 === 0 ? '' : `${index}${'x'.repeat(513)}`;
    assert.deepEqual(authenticator.authenticate(text, origin), { kind: 'refused', reason: 'wrong' });
  }
});

test('a revoked token that goes on asking is told so, and is no guess', () => {
  const { authenticator } = setUp({ ...tokenOf(), revokedAtSeconds: 1 });
  for (let index = 0; index < 100; index += 1) assert.equal(reasonFor(authenticator, secret), 'revoked');
});

const scope: Scope = {
  patterns: [valueOf(parsePattern('home.example.com'))],
  types: [Type.A, Type.AAAA],
  allowsAcme: true,
  networks: [],
  allowsPlainHttp: true,
  publicAddressesOnly: false,
};

function tokenOf(): Token {
  return {
    id: 'aaaaaaaaaa',
    description: 'router',
    scope,
    secrets: [{ kind: 'digest', sha256: digestOf(secret), expiresAtSeconds: undefined }],
    expiresAtSeconds: undefined,
    revokedAtSeconds: undefined,
    isBlocked: false,
    maxNames: 100,
    madeAtSeconds: 0,
    version: 1,
  };
}

function setUp(token: Token, administrators = 'administrator1') {
  const clock = { seconds: now, unixSeconds: () => clock.seconds, monotonicMs: () => 0 };
  const tokens = new TokenDirectory();
  tokens.put(token);
  const guard = new GuessGuard(new Uint8Array(32));
  return {
    authenticator: new TokenAuthenticator({ secrets: new SecretSet([administrators]), tokens, guard, clock }),
    tokens,
    clock,
  };
}

function knownBy(authenticator: TokenAuthenticator, presented: string): Asker {
  const answer = authenticator.authenticate(presented, origin);
  assert.ok(answer.kind === 'known', JSON.stringify(answer));
  return answer.asker;
}

function reasonFor(authenticator: TokenAuthenticator, presented: string, from: Origin = origin): string | undefined {
  const answer = authenticator.authenticate(presented, from);
  return answer.kind === 'refused' ? answer.reason : undefined;
}

function valueOf<Value>(piece: ScopePiece<Value>): Value {
  assert.ok(piece.kind === 'value');
  return piece.value;
}

function addressOf(text: string): Address {
  const address = parseAddress(text);
  assert.ok(address);
  return address;
}

import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as fc from 'fast-check';

import { peerKind } from './peer-kind.ts';

const cases: readonly [string, RegExp][] = [
  ['HTTP/1.1 400 Bad Request\r\nConnection: close\r\n', /^a web server \(HTTP\) \("HTTP\/1\.1 400 Bad Request"\)$/],
  ['<html><head>', /web server/],
  ['SSH-2.0-OpenSSH_9.2p1\r\n', /an SSH server/],
  ['220 mail.example.test ESMTP Postfix\r\n', /SMTP/],
  ['220 ftp.example.test FTP ready\r\n', /FTP/],
  ['* OK IMAP4rev1 ready', /IMAP/],
  ['+OK POP3 ready', /POP3/],
  ['\x15\x03\x01\x00\x02\x02\x46', /TLS/],
  ['ERR unknown command', /^something that says "ERR unknown command"$/],
  ['\xde\xad\xbe\xef', /no DNS messages/],
  ['', /no DNS messages/],
];

for (const [octets, kind] of cases)
  test(`${JSON.stringify(octets)} is recognised`, () => {
    assert.match(peerKind(Buffer.from(octets, 'latin1')), kind);
  });

test('nothing that a peer sends gets onto a terminal but short printable text', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (octets) => {
      assert.match(peerKind(octets), /^[\x20-\x7e]{1,120}$/);
    }),
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listenAddressText, parseListenAddress, networkAsWritten } from './network-address.ts';

const listening: readonly (readonly [text: string, host: string, port: number])[] = [
  ['127.0.0.1:54321', '127.0.0.1', 54321],
  ['0.0.0.0:80', '0.0.0.0', 80],
  ['127.0.0.1:0', '127.0.0.1', 0],
  ['[::1]:54321', '::1', 54321],
  ['[2001:db8::1]:65535', '2001:db8::1', 65535],
];
for (const [text, host, port] of listening) {
  test(`${text} is an address to listen on, and prints as it was written`, () => {
    const address = parseListenAddress(text);
    assert.deepEqual(address, { host, port });
    assert.equal(address && listenAddressText(address), text);
  });
}

const notListening = [
  '',
  ':80',
  '80',
  '127.0.0.1',
  '::1:80',
  '[::1]',
  '[127.0.0.1]:80',
  '127.0.0.1:65536',
  '127.0.0.1:x',
  'localhost:80',
  '1.2.3:80',
  '127.0.0.1:',
  '[::1',
  '127.0.0.1:80 ',
];
for (const text of notListening) {
  test(`${JSON.stringify(text)} is none`, () => {
    assert.equal(parseListenAddress(text), undefined);
  });
}

for (const text of ['127.0.0.1', '::1', '10.0.0.0/8', '0.0.0.0/0', 'fd00::/8', '192.0.2.1/32', '2001:db8::/128']) {
  test(`${text} is an address or a network`, () => {
    assert.equal(networkAsWritten(text), text);
  });
}

for (const text of [
  '',
  'proxy',
  '10.0.0.0/33',
  '10.0.0.0/',
  '10.0.0.0/08',
  '10.0.0/8',
  '::/129',
  '10.0.0.0/8/8',
  'fe80::1%eth0',
  '10.0.0.0/-1',
]) {
  test(`${JSON.stringify(text)} is neither`, () => {
    assert.equal(networkAsWritten(text), undefined);
  });
}

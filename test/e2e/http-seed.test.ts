import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Type } from '../../src/dns/codes.ts';
import { Name } from '../../src/dns/name.ts';
import type { Rdata } from '../../src/dns/rdata.ts';
import { buildHttpServer } from '../../src/http/server.ts';
import { parseAddress } from '../../src/updates/address.ts';
import { type Exchange, faults, seedSecret, updates } from '../vectors/seed-exchanges.ts';
import { exchangeRaw, type Fixture, listenFixture, makeFixture, parseAnswer } from './http-fixture.ts';

function place({ primaries }: Fixture, records: Exchange['before']): void {
  for (const [host, texts] of Object.entries(records ?? {})) {
    const name = Name.parse(host);
    const byFamily = Object.groupBy(texts, (text) => (text.includes(':') ? 'AAAA' : 'A'));
    for (const [kind, same = []] of Object.entries(byFamily)) {
      const rdatas = same.map((text): Rdata => {
        const address = parseAddress(text);
        assert.ok(address);
        return { kind: kind === 'A' ? 'A' : 'AAAA', address: address.octets };
      });
      zoneOf(primaries, name).place({ name, type: kind === 'A' ? Type.A : Type.AAAA, ttlSeconds: 300, rdatas });
    }
  }
}

function zoneOf(primaries: Fixture['primaries'], name: Name) {
  const [innermost] = primaries
    .filter(({ zone }) => name.isAtOrBelow(zone))
    .toSorted((a, b) => b.zone.labelCount - a.zone.labelCount);
  assert.ok(innermost);
  return innermost;
}

function assertRecords({ primaries }: Fixture, after: Exchange['after']): void {
  for (const [host, texts] of Object.entries(after ?? {})) {
    const name = Name.parse(host);
    const zone = zoneOf(primaries, name);
    assert.deepEqual([...zone.lookUp(name, Type.A), ...zone.lookUp(name, Type.AAAA)], texts, host);
  }
}

function prepare(fixture: Fixture, { before, fault }: Exchange): void {
  place(fixture, before);
  for (const primary of fixture.primaries) primary.fault = fault;
}

for (const exchange of [...updates, ...faults]) {
  test(`${exchange.name} (injected)`, async () => {
    const fixture = makeFixture({ secrets: [seedSecret] });
    prepare(fixture, exchange);
    await using app = buildHttpServer(fixture.services);
    const { method = 'GET', target, headers, body } = exchange;
    const answer = await app.inject({
      method: method === 'POST' ? 'POST' : 'GET',
      url: target,
      ...(headers && { headers }),
      ...(body !== undefined && { payload: body }),
    });
    assert.deepEqual(
      { status: answer.statusCode, text: answer.body },
      { status: exchange.status, text: exchange.text },
    );
    assertRecords(fixture, exchange.after);
  });

  test(`${exchange.name} (on a socket)`, async () => {
    await using fixture = await listenFixture({ secrets: [seedSecret] });
    prepare(fixture, exchange);
    const { method = 'GET', target, headers = {}, body = '' } = exchange;
    const lines = Object.entries({ ...headers, 'Content-Length': String(body.length) }).map(
      ([name, value]) => `${name}: ${value}\r\n`,
    );
    const octets = `${method} ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${lines.join('')}\r\n${body}`;
    const answer = parseAnswer(await exchangeRaw(fixture.port, octets));
    assert.deepEqual({ status: answer.status, text: answer.body }, { status: exchange.status, text: exchange.text });
    assert.deepEqual(Object.fromEntries([...answer.headers].filter(([name]) => name !== 'date')), {
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'content-length': String(Buffer.byteLength(exchange.text)),
      connection: 'close',
    });
    assertRecords(fixture, exchange.after);
  });
}

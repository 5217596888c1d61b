import assert from 'node:assert/strict';

import { launchService, type ServiceAnswer, type ServiceUnderTest } from '../support/launch-service.ts';
import type { NameserverUnderTest } from '../support/nameserver/primary-server.ts';
import type { TestKey } from '../support/test-key.ts';

export const secret = 'Sec3retOfTheTests';

/** Where the service's client says that it is, through the proxy 127.0.0.1, which is trusted. */
export const clientAddress = '198.51.100.77';

/** A zone as the configuration has it: where its primary is, and with which key it is changed. */
export interface ZoneSettings {
  readonly name: string;
  readonly nameserver: string;
  readonly port: number;
  readonly tsig_key: string;
  readonly tsig_key_name?: string;
  readonly tsig_algorithm?: string;
}

/** The zone of a nameserver, reached there or, where there is one, through the proxy that stands before it. */
export function zoneOf(
  nameserver: NameserverUnderTest,
  zone: string,
  { port = nameserver.port, key = nameserver.key(zone) }: { port?: number; key?: TestKey } = {},
): ZoneSettings {
  return {
    name: zone,
    nameserver: nameserver.address,
    port,
    tsig_key: key.secret,
    tsig_key_name: key.name,
    tsig_algorithm: key.algorithm,
  };
}

export function configurationOf(zones: readonly object[], more: object = {}): object {
  return { secret, http: { trusted_proxies: ['127.0.0.1'] }, ...more, zones };
}

/** The real service, ready to change these zones. */
export function serveZones(zones: readonly object[], more: object = {}): Promise<ServiceUnderTest> {
  return launchService({ configuration: configurationOf(zones, more), readyWhen: 'ready' });
}

/** A client behind the trusted proxy; every answer has to be text that no cache keeps. */
export async function ask(service: ServiceUnderTest, path: string, init: RequestInit = {}): Promise<ServiceAnswer> {
  const headers = new Headers(init.headers);
  if (!headers.has('x-forwarded-for')) headers.set('x-forwarded-for', clientAddress);
  const answer = await service.get(path, { ...init, headers });
  assert.equal(answer.headers.get('content-type'), 'text/plain; charset=utf-8', path);
  assert.equal(answer.headers.get('content-length'), String(Buffer.byteLength(answer.body)), path);
  assert.equal(answer.headers.get('cache-control'), 'no-store', path);
  assert.equal(answer.headers.get('referrer-policy'), 'no-referrer', path);
  return answer;
}

/** Asks, and compares the whole answer, octet for octet. */
export async function expectAnswer(
  service: ServiceUnderTest,
  path: string,
  lines: readonly string[],
  { status = 200, init = {} }: { status?: number; init?: RequestInit } = {},
): Promise<void> {
  const answer = await ask(service, path, init);
  const body = lines.map((line) => `${line}\n`).join('');
  assert.deepEqual({ path, status: answer.status, body: answer.body }, { path, status, body });
}

export function updatePath(name: string, ...addresses: readonly string[]): string {
  return `/update-by-path/${[secret, name, ...addresses].join('/')}`;
}

export function updateQuery(values: Readonly<Record<string, string>>): string {
  return `/update-by-query?${new URLSearchParams({ secret, ...values }).toString()}`;
}

export function deletePath(name: string): string {
  return `/delete-by-path/${secret}/${name}`;
}

/** The records of a name are these, as dig sees them; a family that is not named has none. */
export async function expectAddresses(
  nameserver: NameserverUnderTest,
  name: string,
  expected: { readonly ipv4?: readonly string[]; readonly ipv6?: readonly string[] },
): Promise<void> {
  const [ipv4, ipv6] = await Promise.all([nameserver.values(name, 'A'), nameserver.values(name, 'AAAA')]);
  assert.deepEqual({ name, ipv4, ipv6 }, { name, ipv4: expected.ipv4 ?? [], ipv6: expected.ipv6 ?? [] });
}

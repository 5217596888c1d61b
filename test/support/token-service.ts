import assert from 'node:assert/strict';

import type { CreatedTokenView, HostView } from '../../src/door/administration-orders.ts';
import { dyndns } from '../e2e/cli-process.ts';
import { configurationOf, zoneOf } from '../interop/seed-service.ts';
import { digValues } from './dig.ts';
import { freePort } from './free-port.ts';
import { launchService, type ServiceUnderTest } from './launch-service.ts';
import { startNameserver } from './nameserver/primary-server.ts';

export const primaryKinds = ['embedded', 'BIND'] as const;
export type PrimaryKind = (typeof primaryKinds)[number];

/** The real service with tokens, on one kind of primary or the other. */
export interface TokenService extends AsyncDisposable {
  readonly kind: PrimaryKind;
  readonly service: ServiceUnderTest;
  readonly zone: string;
  /** Where the zone's primary answers. */
  readonly dnsPort: number;
  /** Runs a command of the program beside the service, and reads the JSON that it tells. */
  readonly cli: <Told>(...args: readonly string[]) => Promise<Told>;
  /** @param args  further options of `dyndns token create` */
  readonly token: (...args: readonly string[]) => Promise<CreatedTokenView>;
  readonly host: (name: string, ...args: readonly string[]) => Promise<HostView>;
  /** What the primary answers, in its order. */
  readonly values: (name: string, type: string) => Promise<readonly string[]>;
}

export async function launchTokenService(kind: PrimaryKind, zone: string, more: object = {}): Promise<TokenService> {
  await using stack = new AsyncDisposableStack();
  const nameserver =
    kind === 'BIND' ? stack.use(await startNameserver('bind', { zones: [{ name: zone }] })) : undefined;
  const dnsPort = nameserver?.port ?? (await freePort());
  const zones = nameserver ? [zoneOf(nameserver, zone)] : [{ name: zone }];
  const dns = nameserver ? {} : { dns: { listen: `127.0.0.1:${dnsPort}` } };
  const configuration = configurationOf(zones, { ...dns, database: 'sqlite:dyndns.db', log_level: 0, ...more });
  const service = stack.use(await launchService({ configuration, readyWhen: 'ready' }));
  const cli = async <Told>(...args: readonly string[]): Promise<Told> => {
    const { configurationFile, directory } = service;
    const { exitCode, stdout, stderr } = await dyndns([...args, '-c', configurationFile, '--json'], { directory });
    assert.equal(exitCode, 0, `${args.join(' ')}: ${stdout}${stderr}`);
    return JSON.parse(stdout) as Told;
  };
  const opened = stack.move();
  return {
    kind,
    service,
    zone,
    dnsPort,
    cli,
    token: (...args) => cli<CreatedTokenView>('token', 'create', ...args),
    host: (name, ...args) => cli<HostView>('host', 'set', name, ...args),
    values: (name, type) => digValues({ port: dnsPort, name, type }),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

import { digSerial } from '../../test/support/dig.ts';
import { freePort } from '../../test/support/free-port.ts';
import { launchService, type ServiceUnderTest } from '../../test/support/launch-service.ts';
import { createTemporaryDirectory } from '../../test/support/temporary-directory.ts';
import { makeTestKey, type TestKey } from '../../test/support/test-key.ts';
import { storeCredentials } from '../dialects/stored-credentials.ts';
import type { Pinning } from '../pinning.ts';
import type { ZoneUnderLoad } from '../update/arena.ts';
import { namesHolding } from '../update/names-holding.ts';
import { type StoredAddress, storeZone } from './stored-zone.ts';

export const embeddedZone = 'bench.example';

export interface EmbeddedTestbedOptions {
  readonly pinning: Pinning;
  /** What the zone holds before the service starts. */
  readonly addresses?: Iterable<StoredAddress>;
  /** So many tokens and hosts besides the one token of {@link EmbeddedTestbed.tokenSecret}; absent: not even that. */
  readonly credentials?: number;
  /** For the service, such as NODE_OPTIONS. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** The service with a zone of its own, on its own nameserver, in a database on the disk. */
export class EmbeddedTestbed implements ZoneUnderLoad, AsyncDisposable {
  readonly zone = embeddedZone;
  readonly stepMetric = 'dyndns_commit_updates';
  readonly service: ServiceUnderTest;
  readonly dnsPort: number;
  readonly key: TestKey;
  /** Of a token that may change all names of the zone; empty where there is none. */
  readonly tokenSecret: string;
  readonly #secret: string;
  readonly #resources: AsyncDisposableStack;

  private constructor(
    service: ServiceUnderTest,
    dnsPort: number,
    key: TestKey,
    secret: string,
    tokenSecret: string,
    resources: AsyncDisposableStack,
  ) {
    this.service = service;
    this.dnsPort = dnsPort;
    this.key = key;
    this.#secret = secret;
    this.tokenSecret = tokenSecret;
    this.#resources = resources;
  }

  static async open({
    pinning,
    addresses = [],
    credentials,
    environment = {},
  }: EmbeddedTestbedOptions): Promise<EmbeddedTestbed> {
    await using resources = new AsyncDisposableStack();
    const directory = resources.use(await createTemporaryDirectory('bench-embedded'));
    const database = join(directory.path, 'dyndns.db');
    await storeZone(database, embeddedZone, addresses);
    const tokenSecret = credentials === undefined ? '' : await storeCredentials(database, embeddedZone, credentials);
    const [key, secret, dnsPort] = [makeTestKey(embeddedZone), randomBytes(16).toString('hex'), await freePort()];
    const configuration = {
      secret,
      // All queries of a bench come from one network.
      dns: { listen: `127.0.0.1:${dnsPort}`, rate_limit: 0 },
      database: `sqlite:${database}`,
      // A load changes names more often than is fair.
      throttle: { burst: 0 },
      zones: [{ name: embeddedZone, tsig_key: key.secret }],
    };
    const service = resources.use(
      await launchService({ configuration, environment, under: pinning.service, readyWhen: 'ready' }),
    );
    return new EmbeddedTestbed(service, dnsPort, key, secret, tokenSecret, resources.move());
  }

  path(label: string): string {
    return `/update-by-path/${this.#secret}/${label}`;
  }

  serial(): Promise<number> {
    return digSerial({ port: this.dnsPort, name: this.zone });
  }

  namesHolding(firstNumber: number, count: number): Promise<number> {
    return namesHolding(this, firstNumber, count);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#resources.disposeAsync();
  }
}

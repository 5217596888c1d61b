import { randomBytes } from 'node:crypto';

import { launchService, type ServiceUnderTest } from '../../test/support/launch-service.ts';
import { type NameserverUnderTest, startNameserver } from '../../test/support/nameserver/primary-server.ts';
import type { TestKey } from '../../test/support/test-key.ts';
import type { Pinning } from '../pinning.ts';
import type { ZoneUnderLoad } from './arena.ts';
import { type ChangingLabel, initialRecords, type stillLabel } from './numbered-names.ts';
import { namesHolding } from './names-holding.ts';

const zone = 'bench.example';

export interface TestbedOptions {
  readonly pinning: Pinning;
  /** For {@link UpdateTestbed.service}, such as NODE_OPTIONS. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A real BIND with its zone on disk, and the service that changes it. */
export class UpdateTestbed implements ZoneUnderLoad, AsyncDisposable {
  readonly zone = zone;
  readonly stepMetric = 'dyndns_update_message_transactions';
  readonly nameserver: NameserverUnderTest;
  readonly service: ServiceUnderTest;
  /**
   * A second service, for one client at a time. It never had more to do, and so has no more connections to the nameserver
   * than that needs: a service that was under load before may answer a lone client sooner.
   */
  readonly loneService: ServiceUnderTest;
  readonly #secret: string;
  readonly #resources: AsyncDisposableStack;

  private constructor(
    nameserver: NameserverUnderTest,
    services: readonly [ServiceUnderTest, ServiceUnderTest],
    secret: string,
    resources: AsyncDisposableStack,
  ) {
    this.nameserver = nameserver;
    [this.service, this.loneService] = services;
    this.#secret = secret;
    this.#resources = resources;
  }

  static async open({ pinning, environment = {} }: TestbedOptions): Promise<UpdateTestbed> {
    await using resources = new AsyncDisposableStack();
    const records = initialRecords();
    const nameserver = resources.use(
      await startNameserver('bind', { zones: [{ name: zone, records }], under: pinning.nameserver }),
    );
    const secret = randomBytes(16).toString('hex');
    const configuration = configurationFor(nameserver, secret);
    const launch = async (variables: Readonly<Record<string, string>>) =>
      resources.use(
        await launchService({ configuration, environment: variables, under: pinning.service, readyWhen: 'ready' }),
      );
    const services = [await launch(environment), await launch({})] as const;
    return new UpdateTestbed(nameserver, services, secret, resources.move());
  }

  get dnsPort(): number {
    return this.nameserver.port;
  }

  get key(): TestKey {
    return this.nameserver.key(zone);
  }

  path(label: ChangingLabel | typeof stillLabel): string {
    return `/update-by-path/${this.#secret}/${label}`;
  }

  serial(): Promise<number> {
    return this.nameserver.serial(zone);
  }

  namesHolding(firstNumber: number, count: number): Promise<number> {
    return namesHolding(this, firstNumber, count);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#resources.disposeAsync();
  }
}

function configurationFor(nameserver: NameserverUnderTest, secret: string): object {
  const { address, port } = nameserver;
  return { secret, nameserver: address, port, zones: [{ name: zone, tsig_key: nameserver.key(zone).secret }] };
}
